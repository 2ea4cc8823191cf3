/**
 * CLIP's loss (Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", figure 3):
 * a softmax over each row and one over each column, averaged, as a mean over i. The paper's own form is
 * `contrastive-loss.ts`; this one is the option that others know.
 */
import finishMean from '../../shaders/channel-norm/finish_mean.wgsl?raw'
import gradientSource from '../../shaders/loss/clip_gradient.wgsl?raw'
import rows from '../../shaders/loss/clip_rows.wgsl?raw'
import {
  dimension,
  f32,
  f32Tensor,
  type Launch,
  type Operator,
  only,
  type Target,
  type TensorType,
  typeAt,
} from '../gpu/operator'
import { requireCount, threads } from './elements'

/** B of S [B, B]. @throws when it is not square. */
function sizeOf(inputs: readonly TensorType[]): number {
  const similarity = typeAt(inputs, 0, 'clipLoss')
  const size = dimension(similarity, 0)
  if (similarity.shape.length !== 2 || size !== dimension(similarity, 1)) throw new Error('similarities must be square')
  return size
}

/** Workspace 0: logs of the denominators by row and by column; workspace 1: each term of the loss. */
const workspace = (inputs: readonly TensorType[]): TensorType[] => [
  f32Tensor(2, sizeOf(inputs)),
  f32Tensor(sizeOf(inputs)),
]

const termsLaunch = (size: number, target: Target): Launch => ({
  source: rows,
  entryPoint: 'clip_terms',
  constants: { VEC4: false },
  uniforms: [size],
  bindings: [{ input: 0 }, { workspace: 0 }, { workspace: 1 }],
  workgroups: threads(size, target),
  flops: 50 * size * size,
})

/** S [B, B] (cosines over the temperature) -> loss [1]. */
export const clipLoss: Operator<null> = {
  name: 'clipLoss',
  infer(inputs) {
    sizeOf(inputs)
    return [f32Tensor(1)]
  },
  workspace,
  launch({ inputs }, target) {
    const size = sizeOf(inputs)
    return [
      termsLaunch(size, target),
      {
        source: finishMean,
        entryPoint: 'finish_mean',
        uniforms: [1, size, f32(1 / size)],
        bindings: [{ workspace: 1 }, { output: 0 }],
        workgroups: [1, 1, 1],
      },
    ]
  },
  gradient(builder, { inputValues: [similarity] }, [dLoss]) {
    return [similarity && dLoss ? only(builder.apply(clipLossGradient, [similarity, dLoss], null)) : null]
  },
}

/** S [B, B], dloss [1] -> dS [B, B]. */
const clipLossGradient: Operator<null> = {
  name: 'clipLossGradient',
  infer(inputs) {
    const size = sizeOf(inputs)
    requireCount(typeAt(inputs, 1, 'clipLossGradient'), 1, 'the cotangent')
    return [f32Tensor(size, size)]
  },
  workspace,
  launch({ inputs }, target) {
    const size = sizeOf(inputs)
    return [
      termsLaunch(size, target),
      {
        source: gradientSource,
        entryPoint: 'clip_gradient',
        constants: { VEC4: false },
        uniforms: [size],
        bindings: [{ input: 0 }, { workspace: 0 }, { input: 1 }, { output: 0 }],
        workgroups: threads(size * size, target),
        flops: 50 * size * size,
      },
    ]
  },
}
