/** The projection head of one modality: an MLP that only pretraining and cross-modal retrieval use. */
import type { Builder, Value } from '../gpu/operator'
import { dimension, only } from '../gpu/operator'
import { batchNorm, batchNormInference } from '../ops/batch-norm'
import { updateRunningStatistics } from '../ops/channel-statistics'
import { layerNorm } from '../ops/layer-norm'
import { linear } from '../ops/matmul'
import { relu } from '../ops/relu'
import type { HeadConfig } from '../schema/presets'
import type { TensorLookup } from './mvit'
import { headStride } from './parameters'

const eps = 1e-5
const momentum = 0.1

/** [N, D] -> [N, projection], before L2 normalisation. In `train` mode batch statistics span all N rows. */
export function buildHead(
  b: Builder,
  head: HeadConfig,
  embedding: Value,
  tensor: TensorLookup,
  mode: 'train' | 'eval',
): Value {
  const stride = headStride(head.norm)
  let x = embedding
  head.layers.forEach((_, layer) => {
    const at = `${layer * stride}`
    const weights = [x, tensor(`${at}.weight`), ...(head.norm === 'batch' ? [] : [tensor(`${at}.bias`)])]
    x = only(b.apply(linear, weights, null))
    const norm: TensorLookup = (name) => tensor(`${layer * stride + 1}.${name}`)
    if (head.norm === 'batch') x = normaliseBatch(b, x, norm, mode)
    if (head.norm === 'layer') x = only(b.apply(layerNorm, [x, norm('weight'), norm('bias')], { eps }))
    if (layer < head.layers.length - 1) x = only(b.apply(relu, [x], null))
  })
  return x
}

function normaliseBatch(b: Builder, x: Value, tensor: TensorLookup, mode: 'train' | 'eval'): Value {
  const affine = [tensor('weight'), tensor('bias')]
  const running = [tensor('running_mean'), tensor('running_var')]
  if (mode === 'eval') return only(b.apply(batchNormInference, [x, ...affine, ...running], { eps }))
  const outputs = b.apply(batchNorm, [x, ...affine], { eps })
  b.apply(updateRunningStatistics, [only(outputs, 1), only(outputs, 2), ...running], {
    momentum,
    count: dimension(x.type, 0),
  })
  return only(outputs)
}
