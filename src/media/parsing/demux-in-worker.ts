/** Opens a file in the parser worker; what comes back behaves as if it had been parsed here. */
import type { ContainerKind } from '../container-kind'
import type { Demuxed, DemuxedTrack, Stretch } from '../demuxed'
import type { PlainDemuxed, PlainTrack } from './messages'
import { parser } from './parser'

let nextSource = 1

/** Contents of a stretch's packets: a read brings the following ones along. */
function contents(fetch: (row: number) => Promise<readonly Uint8Array<ArrayBuffer>[]>): Stretch['read'] {
  let first = 0
  let held: readonly Uint8Array<ArrayBuffer>[] = []
  return async (row) => {
    if (row < first || row >= first + held.length) {
      held = await fetch(row)
      first = row
    }
    return held[row - first] ?? new Uint8Array(0)
  }
}

/** One file in the worker, opened again where the worker that held it is gone. */
class RemoteFile {
  readonly #source = nextSource++
  #generation = -1
  #closed = false
  #held = false

  constructor(
    private readonly kind: ContainerKind,
    private readonly file: Blob,
  ) {}

  open(): Promise<PlainDemuxed> {
    return parser.inTurn(() => this.#open())
  }

  async #open(): Promise<PlainDemuxed> {
    const demuxed = await parser.request('open', this.#source, this.kind, this.file)
    this.#generation = parser.generation
    if (!this.#held && demuxed.tracks.some(({ onDemand }) => onDemand)) {
      this.#held = true
      parser.hold(1)
    }
    return demuxed
  }

  async #ensureOpen(): Promise<void> {
    if (this.#closed) throw new Error('it was closed meanwhile')
    if (!parser.holds(this.#generation)) await this.#open()
  }

  async stretch(track: number, fromTicks: number, toTicks: number, signal?: AbortSignal): Promise<Stretch> {
    const request = () =>
      parser.inTurn(async () => {
        signal?.throwIfAborted()
        await this.#ensureOpen()
        const found = await parser.request('stretch', this.#source, track, fromTicks, toTicks)
        return { ...found, generation: this.#generation }
      })
    let { stretch, generation, packets, frames } = await request()
    const read = contents((row) =>
      parser.inTurn(async () => {
        signal?.throwIfAborted()
        await this.#ensureOpen()
        if (!parser.holds(generation)) {
          const again = await parser.request('stretch', this.#source, track, fromTicks, toTicks)
          stretch = again.stretch
          generation = this.#generation
        }
        return parser.request('read', this.#source, stretch, row)
      }),
    )
    return { packets, frames, read }
  }

  close(): void {
    this.#closed = true
    if (!this.#held) return
    this.#held = false
    parser
      .inTurn(async () => {
        if (parser.holds(this.#generation)) await parser.request('close', this.#source)
      })
      .catch(() => {})
      .finally(() => parser.hold(-1))
  }
}

function revive(track: PlainTrack, file: RemoteFile): DemuxedTrack {
  const { onDemand, ...rest } = track
  const stretch: DemuxedTrack['stretch'] = (from, to, signal) => file.stretch(track.id, from, to, signal)
  return onDemand ? { ...rest, stretch } : rest
}

/**
 * Reads the index of a media file, whatever its container, where it can do no harm.
 * @throws with the cause alone when nothing of the file can be used, or when reading it takes longer than some seconds; the
 *   caller names the file.
 */
export async function demuxInWorker(kind: ContainerKind, blob: Blob): Promise<Demuxed> {
  const file = new RemoteFile(kind, blob)
  const { tracks, ...rest } = await file.open()
  return { ...rest, tracks: tracks.map((track) => revive(track, file)), close: () => file.close() }
}
