/** The spaces in which embeddings are looked at, and the files in which their vectors are kept. */

/** `joint` is that of the projection heads, which both modalities share; the others are those of the backbones. */
export const embeddingSpaces = ['joint', 'audio', 'video'] as const
export type EmbeddingSpace = (typeof embeddingSpaces)[number]

const finalFiles: Readonly<Record<EmbeddingSpace, string>> = {
  joint: 'projections.npy',
  audio: 'embeddings-audio.npy',
  video: 'embeddings-video.npy',
}

/** @param step of a training that was looked at; null for an embed cell's own result */
export const vectorFile = (space: EmbeddingSpace, step: number | null): string =>
  step === null ? finalFiles[space] : `look-${step}-${space}.npy`
