/** UMAP (McInnes, Healy and Melville, 2018) of rows of embeddings, in a worker that lives as long as the computation. */
import type { UmapAnswer, UmapRequest } from './umap-messages'
import workerUrl from './umap-worker?worker&url'

/** Fewer have no neighbourhoods to keep. */
const fewestRows = 4

/**
 * Coordinates [n, 2], centred; the same for the same rows and seed.
 * @throws for fewer than four rows, and when `signal` fires; the worker is ended then.
 */
export async function umapPlane(
  request: UmapRequest,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  if (request.n < fewestRows)
    throw new Error(
      `UMAP needs ${fewestRows} points at least; there are ${request.n}. The principal plane shows them all.`,
    )
  signal.throwIfAborted()
  // From a blob, as every worker, so that it inherits the page's Content-Security-Policy (design section 8).
  const absolute = new URL(workerUrl, import.meta.url).href
  const blob = URL.createObjectURL(new Blob([`import ${JSON.stringify(absolute)}`], { type: 'text/javascript' }))
  const worker = new Worker(blob, { type: 'module', name: 'umap' })
  try {
    const plane = await new Promise<Float32Array>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      worker.addEventListener('error', (event) => {
        event.preventDefault()
        reject(new Error(`UMAP could not be computed: ${event.message || 'its worker did not start'}.`))
      })
      worker.addEventListener('message', ({ data }: MessageEvent<UmapAnswer>) => {
        if ('fraction' in data) onProgress(data.fraction)
        else if ('plane' in data) resolve(data.plane)
        else reject(new Error(`UMAP could not be computed: ${data.error}.`))
      })
      worker.postMessage(request)
    })
    return centred(plane)
  } finally {
    worker.terminate()
    URL.revokeObjectURL(blob)
  }
}

function centred(plane: Float32Array): Float32Array<ArrayBuffer> {
  const mean = [0, 0]
  for (const [at, value] of plane.entries()) mean[at % 2] = (mean[at % 2] ?? 0) + (2 * value) / plane.length
  return Float32Array.from(plane, (value, at) => value - (mean[at % 2] ?? 0))
}
