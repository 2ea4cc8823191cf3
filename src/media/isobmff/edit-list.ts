/**
 * Edit lists (ISO/IEC 14496-12, 8.6.6): which media is shown when. Where the standard and ffmpeg differ we follow ffmpeg,
 * because the authors read through it: the first frame at or after an edit's start is shown at its start, frames before it are
 * decoded but not shown, and in fragmented files an edit list only shifts.
 */
import type { FrameTable, PacketTable, Segment } from '../demuxed'

/** One entry; `mediaTime` in media ticks, -1 for an empty edit; `duration` in movie ticks. */
interface Edit {
  readonly duration: number
  readonly mediaTime: number
}

/** Everything an edit list means for one track, times in media ticks. */
export interface Edits {
  readonly entries: readonly Edit[]
  readonly movieTimescale: number
  readonly timescale: number
  readonly fragmented: boolean
}

const end = (packets: PacketTable, i: number): number => (packets.pts[i] ?? 0) + (packets.duration[i] ?? 0)

/** The non-empty edits as stretches of media, and how long the empty edits before them are. */
function stretches(packets: PacketTable, edits: Edits): { stretches: Segment[]; leadingEmpty: number } {
  const ticks = (movieTicks: number): number => Math.round((movieTicks * edits.timescale) / edits.movieTimescale)
  if (edits.fragmented || edits.entries.length === 0) {
    let delay = 0
    let mediaStart = 0
    for (const { duration, mediaTime } of edits.entries) {
      if (mediaTime >= 0) {
        mediaStart = mediaTime
        break
      }
      delay += ticks(duration)
    }
    let first = Number.POSITIVE_INFINITY
    for (let i = 0; i < packets.count; i++) first = Math.min(first, packets.pts[i] ?? 0)
    if (packets.count === 0) return { stretches: [], leadingEmpty: 0 }
    const presentationStart = first - mediaStart + delay
    return {
      stretches: [{ mediaStart: first, mediaEnd: Number.POSITIVE_INFINITY, presentationStart }],
      leadingEmpty: 0,
    }
  }
  let mediaEnd = 0
  for (let i = 0; i < packets.count; i++) mediaEnd = Math.max(mediaEnd, end(packets, i))
  const result: Segment[] = []
  let presentation = 0
  let leadingEmpty = 0
  for (const { duration, mediaTime } of edits.entries) {
    const length = ticks(duration)
    if (mediaTime < 0) {
      if (result.length === 0) leadingEmpty += length
    } else {
      const stop = duration === 0 ? Number.POSITIVE_INFINITY : mediaTime + length
      // A duration rounded to the movie's coarser clock must not cost the last samples.
      const whole = mediaEnd - stop < edits.timescale / edits.movieTimescale
      result.push({
        mediaStart: mediaTime,
        mediaEnd: whole ? Number.POSITIVE_INFINITY : stop,
        presentationStart: presentation,
      })
    }
    presentation += length
  }
  return { stretches: result, leadingEmpty }
}

/** Where the presentation ends by the edit list, in media ticks; infinite where it does not say. */
export function presentationEnd({ entries, movieTimescale, timescale, fragmented }: Edits): number {
  if (fragmented || entries.length === 0 || entries.at(-1)?.duration === 0) return Number.POSITIVE_INFINITY
  return (entries.reduce((sum, { duration }) => sum + duration, 0) * timescale) / movieTimescale
}

/** Sound: the first edit begins inside a packet; later ones at their first whole packet, as in ffmpeg. */
export function audioSegments(packets: PacketTable, edits: Edits): Segment[] {
  let mediaEnd = 0
  for (let i = 0; i < packets.count; i++) mediaEnd = Math.max(mediaEnd, end(packets, i))
  return stretches(packets, edits).stretches.map((edit, index) => {
    // The last packet's duration says where its padding begins.
    const stretch = { ...edit, mediaEnd: Math.min(edit.mediaEnd, mediaEnd) }
    let first = 0
    while (first < packets.count && (packets.pts[first] ?? 0) < stretch.mediaStart) first++
    const whole = packets.pts[first] ?? stretch.mediaStart
    const before = first > 0 && end(packets, first - 1) > stretch.mediaStart
    if (index > 0) return { ...stretch, mediaStart: whole }
    // Media that begins after the edit's start is not delayed by the hole.
    return before ? stretch : { ...stretch, mediaStart: Math.max(whole, stretch.mediaStart) }
  })
}

/** Pictures: every frame whose presentation time lies in an edit, with its place in the presentation. */
export function videoFrames(packets: PacketTable, edits: Edits): FrameTable {
  const plan = stretches(packets, edits)
  const shown: { time: number; packet: number }[] = []
  const shift = edits.fragmented || edits.entries.length === 0
  for (const { mediaStart, mediaEnd, presentationStart } of plan.stretches) {
    let decodeTime = 0
    let origin: number | null = null
    for (let packet = 0; packet < packets.count; packet++) {
      const pts = packets.pts[packet] ?? 0
      if (pts >= mediaStart && pts < mediaEnd) {
        // Later edits begin with their first frame in decode order, so its reordering delay stays.
        origin ??= shift ? mediaStart : decodeTime
        shown.push({ time: presentationStart + pts - origin, packet })
      }
      decodeTime += packets.duration[packet] ?? 0
    }
  }
  let surplus = 0
  if (!shift) {
    surplus = Number.POSITIVE_INFINITY
    for (const { time } of shown) surplus = Math.min(surplus, time - plan.leadingEmpty)
    if (!(surplus > 0) || shown.length === 0) surplus = 0
  }
  // What comes before the first key frame has its place in time, but no decoder shows it.
  const firstKey = Math.max(0, packets.key.indexOf(1))
  const decodable = shown.filter(({ packet }) => packet >= firstKey).sort((a, b) => a.time - b.time)
  return {
    time: Float64Array.from(decodable, ({ time }) => time - surplus),
    packet: Uint32Array.from(decodable, ({ packet }) => packet),
  }
}
