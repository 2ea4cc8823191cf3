/**
 * The origin private file system of a worker, real but for operations that fail, or that are the last thing its page does:
 * for tests of what survives. To be imported by the worker that writes.
 */

/** What changes the disk. A write that goes wrong has written half by then. */
export type Operation = 'open' | 'truncate' | 'write' | 'flush' | 'close' | 'remove'
/** `fail` as a full disk does; `stop` as the end of the page: nothing reaches the disk from there on, not even a clean-up. */
export type Verdict = 'go' | 'fail' | 'stop'

let judge: (operation: Operation) => Verdict = () => 'go'
let ended = false

/** From now on every operation is judged first. */
export function setFaults(next: typeof judge): void {
  judge = next
}

const full = () => new DOMException('There is no room left on this disk.', 'QuotaExceededError')
/** Files stay open and locked, as a page that is killed leaves them, until somebody terminates the worker. */
function stop(): never {
  ended = true
  throw new Error('This page has ended.')
}

interface SyncHandle {
  write(data: Uint8Array, options: { at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}
interface Handles {
  readonly FileSystemSyncAccessHandle: { prototype: SyncHandle }
  readonly FileSystemFileHandle: { prototype: { createSyncAccessHandle(): Promise<SyncHandle> } }
}
// The DOM's types leave these out; they exist in workers only.
const { FileSystemSyncAccessHandle, FileSystemFileHandle } = globalThis as unknown as Handles

/** @throws where the operation is to go wrong. */
function judgeNow(operation: Operation): void {
  if (ended) stop()
  const verdict = judge(operation)
  if (verdict === 'fail') throw full()
  if (verdict === 'stop') stop()
}

const sync = FileSystemSyncAccessHandle.prototype
const { write, truncate, flush, close } = sync
sync.write = function (data, options) {
  if (ended) stop()
  const verdict = judge('write')
  if (verdict === 'go') return write.call(this, data, options)
  write.call(this, data.subarray(0, data.length >> 1), options)
  if (verdict === 'fail') throw full()
  stop()
}
sync.truncate = function (size) {
  judgeNow('truncate')
  truncate.call(this, size)
}
sync.flush = function () {
  judgeNow('flush')
  flush.call(this)
}
sync.close = function () {
  // Closing fails on no disk; a page may end before it.
  if (ended || judge('close') === 'stop') stop()
  close.call(this)
}
const { createSyncAccessHandle } = FileSystemFileHandle.prototype
FileSystemFileHandle.prototype.createSyncAccessHandle = async function () {
  judgeNow('open')
  return createSyncAccessHandle.call(this)
}
const { removeEntry } = FileSystemDirectoryHandle.prototype
FileSystemDirectoryHandle.prototype.removeEntry = async function (name, options) {
  judgeNow('remove')
  return removeEntry.call(this, name, options)
}
