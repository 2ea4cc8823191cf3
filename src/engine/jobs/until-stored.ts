/**
 * Storing what must not be lost: caches make room for it, and where even that is not enough the cell waits, with a
 * message, until somebody has made room and resumes it.
 */
import { makeRoom } from '../../storage/make-room'
import type { JobContext } from './job'

/**
 * Resolves once `write` has succeeded.
 * @param what Subject of the message: `The checkpoint of step 120`.
 * @param bytes That `write` needs, as far as is known.
 * @param write May be called again after it has failed.
 * @throws an `AbortError` when the cell is stopped before that.
 */
export async function untilStored(
  { signal, pauseWith }: Pick<JobContext, 'signal' | 'pauseWith'>,
  what: string,
  bytes: number,
  write: () => Promise<void>,
): Promise<void> {
  for (let needed = bytes; ; ) {
    await makeRoom(needed)
    try {
      return await write()
    } catch (cause) {
      signal.throwIfAborted()
      // The estimate was wrong, or something else has filled the disk.
      if (needed < Number.POSITIVE_INFINITY && (await makeRoom(Number.POSITIVE_INFINITY)) > 0) {
        needed = Number.POSITIVE_INFINITY
        continue
      }
      const reason = cause instanceof Error ? cause.message : String(cause)
      await pauseWith(
        `${what} could not be stored. ${reason} Paused: nothing is lost while this page stays open, and what was stored before is kept. Make room, then resume.`,
      )
      signal.throwIfAborted()
      needed = bytes
    }
  }
}
