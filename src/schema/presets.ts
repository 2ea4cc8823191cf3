/** Sizes of the networks: the paper's S and B, and two of ours that smaller machines can train. */
import type { MVitConfig, StrideEntry } from './mvit'
import type { Settings } from './notebook'
import { chosenPooling } from './pooling'

export interface ModelPreset {
  readonly videoFrames: number
  readonly videoSize: number
  readonly patch: 'overlap' | 'non-overlap'
  readonly embedDim: number
  readonly numHeads: number
  readonly depth: number
  /** Blocks in which the width doubles and queries are pooled by 2. */
  readonly widenAt: readonly number[]
  readonly videoDropPath: number
  readonly audioDropPath: number
  readonly headHidden: number
  readonly headDim: number
}

const paper = {
  videoFrames: 16,
  videoSize: 224,
  patch: 'non-overlap',
  embedDim: 96,
  numHeads: 1,
  headHidden: 768,
  headDim: 128,
} as const

export const modelPresets: Readonly<Record<string, ModelPreset>> & { readonly tiny: ModelPreset } = {
  tiny: {
    videoFrames: 4,
    videoSize: 64,
    patch: 'non-overlap',
    embedDim: 24,
    numHeads: 1,
    depth: 4,
    widenAt: [1, 3],
    videoDropPath: 0,
    audioDropPath: 0,
    headHidden: 96,
    headDim: 64,
  },
  small: {
    videoFrames: 8,
    videoSize: 112,
    patch: 'non-overlap',
    embedDim: 48,
    numHeads: 1,
    depth: 8,
    widenAt: [1, 3, 7],
    videoDropPath: 0.05,
    audioDropPath: 0.05,
    headHidden: 384,
    headDim: 128,
  },
  S: { ...paper, depth: 16, widenAt: [1, 3, 14], videoDropPath: 0.2, audioDropPath: 0.1 },
  B: { ...paper, depth: 24, widenAt: [2, 5, 21], videoDropPath: 0.3, audioDropPath: 0.3 },
}

export interface HeadConfig {
  /** Output width of each linear layer. */
  readonly layers: readonly number[]
  readonly activation: 'relu'
  readonly norm: 'none' | 'batch' | 'layer'
}

export interface NetworkConfig {
  readonly video: MVitConfig
  readonly audio: MVitConfig
  readonly head: HeadConfig
}

/** Networks for inference: weights from elsewhere may be of one modality, and have no heads. */
export interface FrozenConfig {
  readonly video?: MVitConfig
  readonly audio?: MVitConfig
  readonly head?: HeadConfig
}

/** Mel bands and frames of a 3 s clip at 48 kHz (released config). */
export const melShape = { bands: 96, frames: 288 } as const

/**
 * The two backbones and the heads that complete model settings describe (`spec/pretraining.md` section 5).
 * @throws when `widenAt` names a block that does not exist, or a pooling does not fit.
 */
export function networkConfig(settings: Settings): NetworkConfig {
  const preset = modelPresets[String(settings.preset)] ?? modelPresets.tiny
  const depth = Number(settings.depth)
  const text = String(settings.widenAt ?? '').trim()
  const widenAt = text === '' ? preset.widenAt.filter((block) => block < depth) : text.split(',').map(Number)
  for (const block of widenAt)
    if (!Number.isInteger(block) || block < 0 || block >= depth)
      throw new Error(`Widening block "${block}" is not one of the ${depth} blocks (0 to ${depth - 1}).`)
  const overlap = settings.patch === 'overlap'
  const strideAt = (block: number) => (widenAt.includes(block) ? 2 : 1)
  const shared = {
    embedDim: Number(settings.embedDim),
    numHeads: Number(settings.numHeads),
    depth,
    mlpRatio: Number(settings.mlpRatio),
    dimMul: widenAt.map((block) => [block, 2] as const),
    headMul: widenAt.map((block) => [block, 2] as const),
    poolQStride: Array.from({ length: depth }, (_, block): StrideEntry => [block, 1, strideAt(block), strideAt(block)]),
  }
  // The authors list the audio key strides of S by block (4, 2, 2, then 1) and let those of B adapt.
  const audioKeyStride = Number(settings.audioKeyStride)
  const isS = settings.preset === 'S' && depth === 16 && audioKeyStride === 4
  const audioKv = isS
    ? {
        poolKvStride: Array.from({ length: depth }, (_, block): StrideEntry => {
          const s = [4, 2, 2][block] ?? 1
          return [block, 1, s, s]
        }),
      }
    : { poolKvStrideAdaptive: [1, audioKeyStride, audioKeyStride] as const }
  const size = Number(settings.videoSize)
  return {
    video: {
      modality: 'video',
      input: [3, Number(settings.videoFrames), size, size],
      patch: overlap
        ? { kernel: [3, 7, 7], stride: [2, 4, 4], padding: [1, 3, 3] }
        : { kernel: [3, 9, 9], stride: [2, 8, 8], padding: [1, 4, 4] },
      ...shared,
      poolKvStrideAdaptive: [1, Number(settings.videoKeyStride), Number(settings.videoKeyStride)],
      poolKernel: [3, 3, 3],
      clsToken: true,
      relPosTemporal: true,
      pooling: chosenPooling('video', settings, true),
      dropPath: Number(settings.videoDropPath),
    },
    audio: {
      modality: 'audio',
      input: [1, melShape.bands, melShape.frames],
      patch: overlap
        ? { kernel: [7, 7], stride: [4, 4], padding: [3, 3] }
        : { kernel: [7, 9], stride: [4, 8], padding: [3, 4] },
      ...shared,
      ...audioKv,
      poolKernel: [1, 3, 3],
      clsToken: false,
      relPosTemporal: false,
      pooling: chosenPooling('audio', settings, false),
      dropPath: Number(settings.audioDropPath),
    },
    head: headConfig(settings),
  }
}

/** The projection heads that complete model settings describe. */
export const headConfig = (settings: Settings): HeadConfig => ({
  layers: [
    ...Array.from({ length: Number(settings.headLayers) - 1 }, () => Number(settings.headHidden)),
    Number(settings.headDim),
  ],
  activation: 'relu',
  norm: settings.headNorm === 'none' || settings.headNorm === 'layer' ? settings.headNorm : 'batch',
})
