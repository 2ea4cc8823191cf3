/** Small findings about an adapter that outlive the page, as JSON in the browser's storage. */
import { openSeries } from '../storage/atomic-file'

/** @returns null when nothing was kept. What is read is what {@link keepJson} wrote: it is sealed with a checksum. */
export async function keptJson<T>(directory: string): Promise<T | null> {
  const bytes = await openSeries(directory).readNewest()
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T)
}

/** @throws when storage is full. */
export const keepJson = (directory: string, value: unknown): Promise<void> =>
  openSeries(directory).write([new TextEncoder().encode(JSON.stringify(value))])
