/** Decodes packets that browsers leave out in a worker, which ends when nothing is to be decoded. */
import { startWorker } from '../blob-worker'
import type { DecodedPacket, LibraryCodec } from './decode'
import type { DecodeAnswer, DecodeRequest } from './decoder-worker'
import workerUrl from './decoder-worker?worker&url'

/** A worker with nothing to do is kept this long for the next packets. */
const idleMs = 5000

type Waiting = { resolve(decoded: readonly DecodedPacket[]): void; reject(error: Error): void }

let worker: Worker | null = null
let idle: ReturnType<typeof setTimeout> | undefined
let nextId = 1
const waiting = new Map<number, Waiting>()

function end(): void {
  worker?.terminate()
  worker = null
}

function running(): Worker {
  if (worker) return worker
  worker = startWorker(workerUrl, import.meta.url, 'decoder')
  worker.addEventListener('message', ({ data }: MessageEvent<DecodeAnswer>) => {
    const asker = waiting.get(data.id)
    if ('decoded' in data) asker?.resolve(data.decoded)
    else asker?.reject(new Error(data.error))
  })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    for (const asker of waiting.values()) asker.reject(new Error(`the decoder failed (${event.message})`))
    end()
  })
  return worker
}

/**
 * What each packet decodes to, in their order; damaged packets and those that give nothing are left out.
 * @throws when many packets in a row or all of them are damaged, and with the signal's reason when it fires.
 */
export async function decodePackets(
  packets: readonly Uint8Array[],
  codec: LibraryCodec,
  config: AudioDecoderConfig,
  signal?: AbortSignal,
): Promise<readonly DecodedPacket[]> {
  signal?.throwIfAborted()
  clearTimeout(idle)
  const id = nextId++
  try {
    const decoded = await new Promise<readonly DecodedPacket[]>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      running().postMessage({ id, packets, codec, config } satisfies DecodeRequest)
    })
    signal?.throwIfAborted()
    return decoded
  } finally {
    waiting.delete(id)
    if (waiting.size === 0) idle = setTimeout(end, idleMs)
  }
}
