/**
 * The probe of the HEAR benchmark as a graph over many probes at once (`spec/evaluation.md` section 2.4): per hidden layer
 * linear, batch norm, dropout, rectifier; then a linear layer to the labels. Without hidden layers it is a linear probe.
 */
import type { GraphBuilder } from '../gpu/graph'
import type { NamedType } from '../gpu/memory'
import { f32Tensor, only, type Value } from '../gpu/operator'
import { hiddenInference, hiddenNorm, updateHiddenRunning } from '../ops/hidden-norm'
import { matrixProduct } from '../ops/matmul'

export interface ProbeShape {
  /** Width of an embedding. */
  readonly inputs: number
  readonly classes: number
  readonly hiddenLayers: 0 | 1 | 2
  readonly hiddenUnits: number
}

/** PyTorch's defaults of BatchNorm1d. */
const eps = 1e-5
const momentum = 0.1

/** Kernels handle four numbers at once: widths are filled up with zeros, classes with columns that no loss counts. */
export const padded = (size: number): number => Math.ceil(size / 4) * 4

export interface ProbeTensor extends NamedType {
  /** `bias` of a hidden layer is not trained: the batch norm behind takes it out, so that its gradient is exactly zero. */
  readonly role: 'trained' | 'kept'
  /** Numbers into and out of a unit, for initial values; null for norms. */
  readonly fan: { readonly in: number; readonly out: number } | null
}

/**
 * Tensors of `probes` probes: `hidden.L.weight` [P, H, D], `.norm` [P, H, 2] (weight, bias), `.bias` [P, H], `.running`
 * [P, H, 2] (mean, variance); `output.weight` [P, H, C] (PyTorch's, transposed), `output.bias` [P, C].
 */
export function probeTensors(
  { inputs, classes, hiddenLayers, hiddenUnits }: ProbeShape,
  probes: number,
): ProbeTensor[] {
  const tensors: ProbeTensor[] = []
  const add = (name: string, shape: readonly number[], role: ProbeTensor['role'], fan: ProbeTensor['fan']) =>
    tensors.push({ name, type: f32Tensor(probes, ...shape), role, fan })
  let width = inputs
  for (let layer = 0; layer < hiddenLayers; layer++) {
    const fan = { in: width, out: hiddenUnits }
    add(`hidden.${layer}.weight`, [hiddenUnits, padded(width)], 'trained', fan)
    add(`hidden.${layer}.norm`, [hiddenUnits, 2], 'trained', null)
    add(`hidden.${layer}.bias`, [hiddenUnits], 'kept', fan)
    add(`hidden.${layer}.running`, [hiddenUnits, 2], 'kept', null)
    width = hiddenUnits
  }
  const fan = { in: width, out: classes }
  add('output.weight', [padded(width), padded(classes)], 'trained', fan)
  add('output.bias', [padded(classes)], 'trained', fan)
  return tensors
}

/** How a probe runs: in training by a batch's own statistics. */
export type ProbeMode =
  | { readonly train: true; readonly state: Value; readonly dropout: number }
  | { readonly train: false }

/**
 * Logits [P, N, C] before the output's bias, from embeddings [N, D] or, for probes with rows of their own, [P, N, D]. N is a
 * multiple of 4. @throws for a linear probe whose rows are shared.
 */
export function buildProbe(
  graph: GraphBuilder,
  { hiddenLayers }: ProbeShape,
  embeddings: Value,
  tensor: (name: string) => Value,
  mode: ProbeMode,
): Value {
  if (hiddenLayers === 0) return matrixProduct(graph, embeddings, tensor('output.weight'), 'nn')
  let hidden = embeddings
  for (let layer = 0; layer < hiddenLayers; layer++) {
    const of = (part: string) => tensor(`hidden.${layer}.${part}`)
    const x = matrixProduct(graph, of('weight'), hidden, layer === 0 ? 'nt' : 'nn')
    if (!mode.train) {
      hidden = only(graph.apply(hiddenInference, [x, of('norm'), of('bias'), of('running')], { eps }))
      continue
    }
    const attributes = { eps, dropout: mode.dropout, stream: layer }
    const outputs = graph.apply(hiddenNorm, [x, of('norm'), mode.state], attributes)
    hidden = only(outputs)
    graph.apply(updateHiddenRunning, [only(outputs, 1), of('bias'), mode.state, of('running')], { momentum })
  }
  return matrixProduct(graph, hidden, tensor('output.weight'), 'tn')
}
