/** Movie fragments (ISO/IEC 14496-12, 8.8): packets of every track gathered from `tfhd`, `tfdt` and `trun`. */
import type { PacketTable } from '../demuxed'
import { childBoxes } from './box-walk'
import type { Moof, Traf, Trex } from './boxes'

/** Packets of one track as they are found, in decode order. */
interface Growing {
  readonly offset: number[]
  readonly size: number[]
  readonly pts: number[]
  readonly duration: number[]
  readonly key: number[]
  nextDecodeTime: number
  /** How far the earliest picture is shown before its time of decoding. */
  shownBefore: number
}

const nonSync = 0x1_0000

/** Optional fields of `tfhd` and `trun`, by flag. */
const has = (flags: number, bit: number): boolean => (flags & bit) !== 0

/**
 * Looks at every `trun` of a fragment before mp4box does.
 * @throws when one claims more samples than its box can hold.
 */
export function checkFragment(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const visit = (from: number, to: number): void => {
    for (const box of childBoxes(bytes, from, to)) {
      if (box.type === 'moof' || box.type === 'traf') visit(box.body, box.end)
      if (box.type !== 'trun') continue
      if (box.end - box.body < 8) throw new Error('one of its trun tables is cut off')
      const flags = view.getUint32(box.body)
      const count = view.getUint32(box.body + 4)
      const head = 8 + (has(flags, 1) ? 4 : 0) + (has(flags, 4) ? 4 : 0)
      const entry = [0x100, 0x200, 0x400, 0x800].filter((bit) => has(flags, bit)).length * 4
      const room = box.end - box.body - head
      if (count * entry > room || (entry === 0 && room > 0))
        throw new Error(`one of its trun tables claims ${count} entries but holds fewer`)
    }
  }
  visit(0, bytes.length)
}

export class FragmentCollector {
  readonly #tracks = new Map<number, Growing>()

  constructor(
    private readonly defaults: ReadonlyMap<number, Trex>,
    private readonly fileSize: number,
  ) {}

  /** @param moofStart where the fragment begins in the file. */
  add(moof: Moof, moofStart: number): void {
    let previousEnd = moofStart
    for (const traf of moof.trafs) previousEnd = this.#addTrack(traf, moofStart, previousEnd)
  }

  #addTrack(traf: Traf, moofStart: number, previousEnd: number): number {
    const { tfhd } = traf
    if (!tfhd) return previousEnd
    const defaults = this.defaults.get(tfhd.track_id)
    const own = (bit: number, value: number, fallback: number | undefined): number =>
      has(tfhd.flags, bit) ? value : (fallback ?? 0)
    const duration = own(0x8, tfhd.default_sample_duration, defaults?.default_sample_duration)
    const size = own(0x10, tfhd.default_sample_size, defaults?.default_sample_size)
    const flags = own(0x20, tfhd.default_sample_flags, defaults?.default_sample_flags)
    const relative = has(tfhd.flags, 0x2_0000) ? moofStart : previousEnd
    const base = has(tfhd.flags, 1) ? tfhd.base_data_offset : relative
    const track = this.#track(tfhd.track_id)
    let time = traf.tfdt?.baseMediaDecodeTime ?? track.nextDecodeTime
    let position = base
    for (const run of traf.truns ?? []) {
      if (has(run.flags, 1)) position = base + run.data_offset
      // One size for all and no table: only the file's size bounds the count.
      if (!has(run.flags, 0x200) && (size === 0 || run.sample_count * size > this.fileSize)) continue
      for (let i = 0; i < run.sample_count; i++) {
        const bytes = run.sample_size[i] ?? size
        const length = run.sample_duration[i] ?? duration
        const first = i === 0 && has(run.flags, 4) ? run.first_sample_flags : undefined
        const sampleFlags = first ?? run.sample_flags[i] ?? flags
        // Version 0 calls offsets unsigned, but writers put negative ones there too.
        const shift = (run.sample_composition_time_offset[i] ?? 0) | 0
        track.shownBefore = Math.max(track.shownBefore, -shift)
        track.offset.push(position)
        track.size.push(bytes)
        track.pts.push(time + shift)
        track.duration.push(length)
        track.key.push(has(sampleFlags, nonSync) ? 0 : 1)
        position += bytes
        time += length
      }
    }
    track.nextDecodeTime = time
    return position
  }

  #track(id: number): Growing {
    const known = this.#tracks.get(id)
    if (known) return known
    const track: Growing = { offset: [], size: [], pts: [], duration: [], key: [], nextDecodeTime: 0, shownBefore: 0 }
    this.#tracks.set(id, track)
    return track
  }

  /**
   * @param trackId as in `tkhd`.
   * @param fromDecoding no picture may come before it is decoded, as ffmpeg has it in files without a table of segments.
   */
  table(trackId: number, fromDecoding: boolean): PacketTable {
    const track = this.#track(trackId)
    const delay = fromDecoding ? track.shownBefore : 0
    return {
      count: track.offset.length,
      offset: Float64Array.from(track.offset),
      size: Uint32Array.from(track.size),
      pts: Float64Array.from(track.pts, (ticks) => ticks + delay),
      duration: Float64Array.from(track.duration),
      key: Uint8Array.from(track.key),
    }
  }
}
