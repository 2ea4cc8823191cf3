/** UMAP's own worker: it computes in one block for seconds, so it shares a thread with nothing (design section 3). */
import { UMAP } from 'umap-js'
import { randomStream, randomStreams } from '../schema/random'
import type { UmapAnswer, UmapRequest } from './umap-messages'

const reportEvery = 10

self.addEventListener('message', ({ data }: MessageEvent<UmapRequest>) => {
  const answer = (message: UmapAnswer) => postMessage(message)
  try {
    const { vectors, n, neighbours, minDistance, seed } = data
    const d = vectors.length / n
    const rows = Array.from({ length: n }, (_, row) => Array.from(vectors.subarray(row * d, (row + 1) * d)))
    const { uniform } = randomStream(seed, 0, randomStreams.umap)
    const umap = new UMAP({
      nComponents: 2,
      nNeighbors: Math.min(neighbours, n - 1),
      minDist: minDistance,
      random: uniform,
    })
    const epochs = umap.initializeFit(rows)
    for (let epoch = 1; epoch <= epochs; epoch++) {
      umap.step()
      if (epoch % reportEvery === 0) answer({ fraction: epoch / epochs })
    }
    answer({ plane: Float32Array.from(umap.getEmbedding().flatMap(([x = 0, y = 0]) => [x, y])) })
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) })
  }
})
