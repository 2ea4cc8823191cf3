/**
 * Float16 storage of what the way back needs: activations are computed and used in float32, and wait in float16 in
 * between. Works on every adapter (`pack2x16float` needs no feature). Cotangents stay float32, so nothing underflows
 * and no loss scale is needed.
 */
import packSource from '../../shaders/half/pack.wgsl?raw'
import unpackSource from '../../shaders/half/unpack.wgsl?raw'
import type { NodeStretch } from '../gpu/differentiate'
import { baseOf, type GraphBuilder, type GraphNode } from '../gpu/graph'
import {
  elementCount,
  type Launch,
  type NodeView,
  type Operator,
  only,
  type Target,
  typeAt,
  type Value,
} from '../gpu/operator'
import { threads } from './elements'

const launchOf = (source: string, entryPoint: string, { inputs }: NodeView<null>, target: Target): Launch[] => {
  const count = elementCount(typeAt(inputs, 0, entryPoint))
  return [
    {
      source,
      entryPoint,
      uniforms: [count],
      bindings: [{ input: 0 }, { output: 0 }],
      workgroups: threads(Math.ceil(count / 2), target),
      flops: count,
    },
  ]
}

/** f32 -> f16 of the same shape, to nearest; beyond +-65504 the largest. */
export const packHalf: Operator<null> = {
  name: 'packHalf',
  infer: (inputs) => [{ shape: typeAt(inputs, 0, 'packHalf').shape, dtype: 'f16' }],
  launch: (node, target) => launchOf(packSource, 'pack_half', node, target),
}

/** f16 -> f32 of the same shape, exactly. */
export const unpackHalf: Operator<null> = {
  name: 'unpackHalf',
  infer: (inputs) => [{ shape: typeAt(inputs, 0, 'unpackHalf').shape, dtype: 'f32' }],
  launch: (node, target) => launchOf(unpackSource, 'unpack_half', node, target),
}

export interface HalfStorage {
  /** What stands for a value on the way back. */
  readonly recall: (value: Value) => Value
  /** Moves each rounding to right behind what it rounds, so that the float32 number is given up there. Call it last. */
  settle(): void
}

/**
 * Float16 storage for the values of some stretches of a graph; those an operator calls exact (statistics of a softmax)
 * and those of other nodes stay as they are.
 */
export function halfStorage(graph: GraphBuilder, stretches: readonly NodeStretch[]): HalfStorage {
  const makers = new Map<Value, GraphNode>()
  for (const { from, to } of stretches)
    for (const node of graph.nodes.slice(from, to))
      node.outputs.forEach((value, index) => {
        if (value.type.dtype === 'f32' && !node.operator.exact?.includes(index)) makers.set(value, node)
      })
  const recalled = new Map<Value, Value>()
  const behind = new Map<GraphNode, GraphNode[]>()
  return {
    recall(value) {
      const base = baseOf(value)
      const maker = makers.get(base)
      if (!maker) return value
      let twin = recalled.get(base)
      if (!twin) {
        const packed = graph.apply(packHalf, [base], null)
        const node = graph.nodes.pop()
        if (node) behind.set(maker, [...(behind.get(maker) ?? []), node])
        twin = only(graph.apply(unpackHalf, packed, null))
        recalled.set(base, twin)
      }
      return value === base ? twin : graph.reshape(twin, value.type.shape)
    },
    settle() {
      const nodes = graph.nodes.flatMap((node) => [node, ...(behind.get(node) ?? [])])
      graph.nodes.splice(0, graph.nodes.length, ...nodes)
    },
  }
}
