/**
 * Names, shapes and initial values of every tensor of a network, under the names of the authors' code
 * (`spec/pretraining.md` section 5), so that what follows `net.video.` and `net.audio.` loads there with strict=True.
 */
import type { BlockShape, Grid, MVitShape } from '../schema/mvit'
import type { HeadConfig } from '../schema/presets'

/** How a tensor starts: see {@link import('./initialise').initialValues}. */
export type Initial =
  | { readonly kind: 'truncated-normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'constant'; readonly value: number }

export interface TensorSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** Buffers are running statistics: saved with the weights, not trained. */
  readonly role: 'parameter' | 'buffer'
  readonly initial: Initial
}

const normal: Initial = { kind: 'truncated-normal', deviation: 0.02 }
const constant = (value: number): Initial => ({ kind: 'constant', value })
const parameter = (name: string, shape: readonly number[], initial: Initial): TensorSpec => ({
  name,
  shape,
  role: 'parameter',
  initial,
})
const buffer = (name: string, shape: readonly number[], value: number): TensorSpec => ({
  name,
  shape,
  role: 'buffer',
  initial: constant(value),
})
// The authors set the bias of every Linear and LayerNorm to 0.02.
const linear = (name: string, outputs: number, inputs: number): TensorSpec[] => [
  parameter(`${name}.weight`, [outputs, inputs], normal),
  parameter(`${name}.bias`, [outputs], constant(0.02)),
]
const layerNorm = (name: string, width: number): TensorSpec[] => [
  parameter(`${name}.weight`, [width], constant(1)),
  parameter(`${name}.bias`, [width], constant(0.02)),
]

/** Every tensor of one backbone in the authors' order; `prefix` is for instance `net.video.`. */
export function backboneTensors(shape: MVitShape, prefix: string): TensorSpec[] {
  const { config, channels } = shape
  const fanIn = channels * config.patch.kernel.reduce((a, b) => a * b, 1)
  const specs = [
    ...(config.clsToken ? [parameter('cls_token', [1, 1, config.embedDim], normal)] : []),
    buffer('patch_embed.norm.running_mean', [channels], 0),
    buffer('patch_embed.norm.running_var', [channels], 1),
    parameter('patch_embed.proj.weight', [config.embedDim, channels, ...config.patch.kernel], normal),
    // A convolution's bias keeps PyTorch's default.
    parameter('patch_embed.proj.bias', [config.embedDim], { kind: 'uniform', bound: fanIn ** -0.5 }),
    ...shape.blocks.flatMap((block) => blockTensors(block, config.mlpRatio)),
    ...layerNorm('norm', shape.outputDim),
  ]
  return specs.map((spec) => ({ ...spec, name: prefix + spec.name }))
}

function blockTensors(block: BlockShape, mlpRatio: number): TensorSpec[] {
  const { dimIn, dimOut, headDim, kernel, relPosRows, relPosTemporalRows } = block
  const poolShape: readonly [number, number, ...Grid] = [headDim, 1, ...kernel]
  const hidden = Math.trunc(dimOut * mlpRatio)
  const specs = [
    ...layerNorm('norm1', dimIn),
    parameter('attn.rel_pos_h', [relPosRows, headDim], normal),
    parameter('attn.rel_pos_w', [relPosRows, headDim], normal),
    ...(relPosTemporalRows > 0 ? [parameter('attn.rel_pos_t', [relPosTemporalRows, headDim], normal)] : []),
    ...linear('attn.qkv', 3 * dimOut, dimIn),
    ...linear('attn.proj', dimOut, dimOut),
    ...['q', 'k', 'v'].flatMap((which) => [
      parameter(`attn.pool_${which}.weight`, poolShape, normal),
      ...layerNorm(`attn.norm_${which}`, headDim),
    ]),
    ...layerNorm('norm2', dimOut),
    ...linear('mlp.fc1', hidden, dimOut),
    ...linear('mlp.fc2', dimOut, hidden),
    ...(dimIn === dimOut ? [] : linear('proj', dimOut, dimIn)),
  ]
  return specs.map((spec) => ({ ...spec, name: `blocks.${block.index}.${spec.name}` }))
}

/** Position of each linear layer in the head's sequence: linear, norm, ReLU with norms; linear, ReLU without. */
export const headStride = (norm: HeadConfig['norm']): number => (norm === 'none' ? 2 : 3)

/** Every tensor of one projection head; `prefix` is for instance `head.video.`. Not the authors': PyTorch's defaults. */
export function headTensors(head: HeadConfig, inputs: number, prefix: string): TensorSpec[] {
  const stride = headStride(head.norm)
  return head.layers.flatMap((outputs, layer) => {
    const width = layer === 0 ? inputs : (head.layers[layer - 1] ?? inputs)
    const initial: Initial = { kind: 'uniform', bound: width ** -0.5 }
    const at = prefix + layer * stride
    const norm = `${prefix}${layer * stride + 1}`
    // A batch norm takes the bias of the linear layer before it out again.
    const bias = head.norm === 'batch' ? [] : [parameter(`${at}.bias`, [outputs], initial)]
    const affine = [
      parameter(`${norm}.weight`, [outputs], constant(1)),
      parameter(`${norm}.bias`, [outputs], constant(0)),
    ]
    const running = [buffer(`${norm}.running_mean`, [outputs], 0), buffer(`${norm}.running_var`, [outputs], 1)]
    return [
      parameter(`${at}.weight`, [outputs, width], initial),
      ...bias,
      ...(head.norm === 'none' ? [] : affine),
      ...(head.norm === 'batch' ? running : []),
    ]
  })
}

/** SlowFast's rule `ZERO_WD_1D_PARAM`: no weight decay for 1-D tensors and biases. */
export const decays = (spec: TensorSpec): boolean => spec.shape.length > 1 && !spec.name.endsWith('.bias')
