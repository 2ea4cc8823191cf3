/** Lets tests on the page call this folder's functions in a worker, where they run in earnest. */
import { openSeries } from './atomic-file'
import { loadBytes, loadResult, saveBytes, saveResult } from './result-store'

const calls = {
  write: (directory: string, parts: Uint8Array[]) => openSeries(directory).write(parts),
  readNewest: (directory: string) => openSeries(directory).readNewest(),
  clear: (directory: string) => openSeries(directory).clear(),
  saveResult,
  loadResult,
  saveBytes,
  loadBytes,
}
export type Calls = typeof calls

self.onmessage = async ({ data: [name, args] }: MessageEvent<[keyof Calls, unknown[]]>) => {
  try {
    // The page sends arguments by the type of `Calls`.
    const call = calls[name] as (...args: unknown[]) => Promise<unknown>
    self.postMessage({ result: await call(...args) })
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) })
  }
}
