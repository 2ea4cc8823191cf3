/**
 * The plain vision transformer that all sides train (design: "The GPU engine", section 4): x [8, 196, 96]; 4 blocks of
 * h += attention(norm(h)) Wp; h += gelu(norm(h) Wf) Wg with one head of width 96, (q, k, v) = norm(h) Wq in three parts,
 * scale 96^-0.5, no biases, layer norm without affine part, exact GELU; loss = mean(square(mean over tokens of h)); plain
 * gradient descent on all weights.
 */
import { normals } from '../numbers'

export const vitSize = {
  batch: 8,
  tokens: 196,
  width: 96,
  hidden: 384,
  depth: 4,
  eps: 1e-6,
  learningRate: 0.01,
} as const

/** Weights of a block, each [inputs, outputs]: tokens are rows, y = x W. */
export const weightShapes = {
  wq: [vitSize.width, 3 * vitSize.width],
  wp: [vitSize.width, vitSize.width],
  wf: [vitSize.width, vitSize.hidden],
  wg: [vitSize.hidden, vitSize.width],
} as const
export type WeightName = keyof typeof weightShapes
const weightNames = ['wq', 'wp', 'wf', 'wg'] as const satisfies readonly WeightName[]

export type BlockWeights = Readonly<Record<WeightName, Float32Array<ArrayBuffer>>>
export interface VitNumbers {
  /** [batch, tokens, width] */
  readonly x: Float32Array<ArrayBuffer>
  readonly blocks: readonly BlockWeights[]
}

/** What every side starts from; weights of variance 1 / inputs. */
export function vitNumbers(): VitNumbers {
  const { batch, tokens, width, depth } = vitSize
  const blocks = Array.from({ length: depth }, (_, block) => {
    const weights = weightNames.map((name, index): [WeightName, Float32Array<ArrayBuffer>] => {
      const [inputs, outputs] = weightShapes[name]
      return [name, normals(inputs * outputs, 1 + block * weightNames.length + index, inputs ** -0.5)]
    })
    return Object.fromEntries(weights) as BlockWeights
  })
  return { x: normals(batch * tokens * width, 0), blocks }
}

/**
 * Operations of a step: the products of tokens with weights and of tokens with tokens (scores, and values weighted), a
 * multiply-add as two, forward once and backward twice; 5.58e9.
 */
export function vitFlops(): number {
  const { batch, tokens, width, hidden, depth } = vitSize
  const rows = batch * tokens
  const weights = rows * (width * 3 * width + width * width + 2 * width * hidden)
  const attention = 2 * rows * tokens * width
  return 3 * 2 * depth * (weights + attention)
}

/** One side's training: every call makes a step on the same input and gives the loss before its update. */
export interface VitTrainer {
  step(): Promise<number>
  close(): void
}
