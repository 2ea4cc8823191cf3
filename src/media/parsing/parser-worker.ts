/**
 * The worker in which containers are parsed. It may hang or run out of memory on a hostile file: whoever asks has a clock
 * running and ends it.
 */
import { demux } from '../demux'
import type { Demuxed, DemuxedTrack, Stretch } from '../demuxed'
import type { ParserAnswer, ParserMethods, ParserRequest, PlainStretch, PlainTrack } from './messages'

interface Source {
  readonly demuxed: Demuxed
  readonly stretches: Map<number, Stretch>
}

/** Reads that are still going on may look back this many stretches. */
const keptStretches = 16
const bytesAtOnce = 512 * 1024

const sources = new Map<number, Source>()
let nextStretch = 1

function plainTrack(track: DemuxedTrack): PlainTrack {
  const { stretch, ...rest } = track
  return { ...rest, onDemand: stretch !== undefined }
}

function find(source: number): Source {
  const found = sources.get(source)
  if (!found) throw new Error('it was closed meanwhile')
  return found
}

const methods: ParserMethods = {
  async open(source, kind, file) {
    const demuxed = await demux(kind, file)
    if (demuxed.tracks.some(({ stretch }) => stretch)) sources.set(source, { demuxed, stretches: new Map() })
    else demuxed.close?.()
    const { container, problems, tracks } = demuxed
    return { container, problems, tracks: tracks.map(plainTrack) }
  },
  async stretch(source, track, fromTicks, toTicks): Promise<PlainStretch> {
    const { demuxed, stretches } = find(source)
    const read = demuxed.tracks.find(({ id }) => id === track)?.stretch
    if (!read) throw new Error(`it has no track ${track}`)
    const found = await read(fromTicks, toTicks)
    const stretch = nextStretch++
    stretches.set(stretch, found)
    const [oldest] = stretches.keys()
    if (stretches.size > keptStretches && oldest !== undefined) stretches.delete(oldest)
    return { stretch, packets: found.packets, frames: found.frames }
  },
  async read(source, stretch, row) {
    const found = find(source).stretches.get(stretch)
    if (!found) throw new Error('too many parts of it are read at once')
    const contents: Uint8Array<ArrayBuffer>[] = []
    let bytes = 0
    for (let at = row; at < found.packets.count && bytes < bytesAtOnce; at++) {
      const content = (await found.read(at)).slice()
      contents.push(content)
      bytes += content.length
    }
    return contents
  },
  async close(source) {
    sources.get(source)?.demuxed.close?.()
    sources.delete(source)
    return null
  },
}

async function answer({ id, method, args }: ParserRequest): Promise<ParserAnswer> {
  try {
    // Both sides are built from the same types.
    const call = methods[method] as (...args: readonly unknown[]) => Promise<unknown>
    return { id, result: await call(...args) }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

/** Memory behind the tables of an answer; the tables of three hours with eight tracks have 80 MB. */
function memoryOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer && value.buffer.byteLength > 0) found.add(value.buffer)
  } else if (typeof value === 'object' && value !== null && !(value instanceof ArrayBuffer))
    for (const inner of Object.values(value)) memoryOf(inner, found)
  return found
}

self.addEventListener('message', async ({ data }: MessageEvent<ParserRequest>) => {
  const answered = await answer(data)
  // Tables on demand are kept here, so they are copied; all others move.
  self.postMessage(answered, { transfer: data.method === 'stretch' ? [] : [...memoryOf(answered)] })
})
