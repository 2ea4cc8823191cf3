/**
 * The worker in which libraries decode. After a damaged packet they leave a rejection behind that nobody can handle and memory
 * that nobody can free; here it ends with the worker.
 */
import { type DecodedPacket, decodeWithLibrary, type LibraryCodec } from './decode'

export interface DecodeRequest {
  readonly id: number
  readonly packets: readonly Uint8Array[]
  readonly codec: LibraryCodec
  readonly config: AudioDecoderConfig
}

export type DecodeAnswer =
  | { readonly id: number; readonly decoded: readonly DecodedPacket[] }
  | { readonly id: number; readonly error: string }

/** Packets in a row that give nothing until a track counts as damaged. */
const mostFailures = 50

/** @throws when many packets in a row or all of them are damaged. */
async function decodeAll({ packets, codec, config }: DecodeRequest): Promise<DecodedPacket[]> {
  const decoded: DecodedPacket[] = []
  let failures = 0
  for (let start = 0; start < packets.length; ) {
    let reached = start - 1
    try {
      for await (const packet of decodeWithLibrary(packets.slice(start), codec, config)) {
        reached = start + packet.row
        decoded.push({ ...packet, row: reached })
      }
      break
    } catch (error) {
      failures = reached < start ? failures + 1 : 1
      // The one after the last that came out failed.
      start = reached + 2
      if (failures > mostFailures || (start >= packets.length && decoded.length === 0)) throw error
    }
  }
  return decoded
}

self.addEventListener('unhandledrejection', (event) => event.preventDefault())

self.addEventListener('message', async ({ data }: MessageEvent<DecodeRequest>) => {
  let answer: DecodeAnswer
  try {
    answer = { id: data.id, decoded: await decodeAll(data) }
  } catch (error) {
    answer = { id: data.id, error: error instanceof Error ? error.message : String(error) }
  }
  const transfer =
    'decoded' in answer ? answer.decoded.flatMap(({ channels }) => channels.map(({ buffer }) => buffer)) : []
  self.postMessage(answer, { transfer })
})
