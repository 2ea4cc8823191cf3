/** Stores values on a disk that goes wrong at one operation, counted from the first of each call. */
import { openSeries } from './atomic-file'
import { type Operation, setFaults, type Verdict } from './faults.testing'

export interface FaultyWrite {
  readonly directory: string
  readonly parts: readonly Uint8Array[]
  /** Which operation goes wrong, from 0 on. */
  readonly at: number
  readonly how: Exclude<Verdict, 'go'>
}
export interface FaultyAnswer {
  readonly error: string | null
  /** Up to and with the one that went wrong. */
  readonly operations: readonly Operation[]
}

self.onmessage = async ({ data: { directory, parts, at, how } }: MessageEvent<FaultyWrite>) => {
  const operations: Operation[] = []
  setFaults((operation) => (operations.push(operation) - 1 === at ? how : 'go'))
  const error = await openSeries(directory)
    .write(parts)
    .then(
      () => null,
      (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
    )
  setFaults(() => 'go')
  self.postMessage({ error, operations } satisfies FaultyAnswer)
}
