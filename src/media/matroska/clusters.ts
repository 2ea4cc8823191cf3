/**
 * Finds frames by time in clusters, reading no more than the neighbourhood: from the cue before a time up to the cluster behind
 * it. Where a track begins and ends far from the edges of the file is found by bisection.
 */
import type { ByteReader } from '../byte-reader'
import { type Frame, findCluster, walkClusters } from './blocks'
import type { Anchor, SegmentHead } from './segment'

interface ClusterLimits {
  /** Fetched at once: wide enough for many blocks. */
  readonly walkBytes: number
  /** What is read at most to see all tracks begin before they are looked for elsewhere. */
  readonly beginningBytes: number
}
const usualLimits: ClusterLimits = { walkBytes: 512 * 1024, beginningBytes: 48 * 2 ** 20 }
const sampleBytes = 64 * 1024
/** Places where a stream without cues is looked at, and how much reading they may cost together. */
const mostPlaces = 1024
const fewPlaces = 16
const listBytes = 96 * 2 ** 20
/** How far sound and pictures of one moment may lie apart in the file, and pictures from their order of decoding. */
const interleavingS = 1
/** How far back decoding may begin. */
const longestReachS = 120
/** What is read at most to look at one place. */
const probeBytes = 16 * 2 ** 20
/** Places looked at for a track that is neither at the beginning nor at the end. */
const mostProbes = 15

/** First and last frame of a track in order of presentation; `first` is where its time begins. */
export interface TrackEdges {
  readonly first: Frame
  readonly last: Frame
}

export interface Clusters {
  /**
   * Frames of a track in file order that cover `[fromTicks, toTicks]`; with `canBeginAt` from a key frame on for which it
   * holds and that is not after `fromTicks`, as far as there is one within two minutes.
   */
  frames(
    track: number,
    fromTicks: number,
    toTicks: number,
    canBeginAt: ((frame: Frame) => Promise<boolean>) | null,
    signal?: AbortSignal,
  ): Promise<Frame[]>
  /** Tracks without a frame are missing from the answer. */
  edges(tracks: readonly number[]): Promise<ReadonlyMap<number, TrackEdges>>
}

/** Last position in ascending anchors that is not after `ticks`; 0 when all are. */
function anchorBefore(anchors: readonly Anchor[], ticks: number): number {
  const after = anchors.findIndex((anchor) => anchor.ticks > ticks)
  return after < 0 ? anchors.length - 1 : Math.max(0, after - 1)
}

/** Clusters at evenly spaced places of `[from, end)`, found by their identifier, and how far it was to them on average. */
async function sampleClusters(reader: ByteReader, from: number, end: number, places: number) {
  const found: Anchor[] = []
  let distance = sampleBytes
  const step = Math.ceil((end - from) / places)
  for (let at = from + step; at < end; at += step) {
    const stop = Math.min(end, at + Math.min(step, probeBytes))
    const cluster = await findCluster(reader, at, stop)
    distance += (cluster?.position ?? stop) - at
    if (cluster) found.push(cluster)
  }
  return { found, cost: sampleBytes + distance / places }
}

/**
 * Files without cues get a list of some of their clusters instead: as many as a bounded amount of reading finds, and more
 * towards the end.
 */
async function listClusters({ anchors, end }: SegmentHead, reader: ByteReader): Promise<readonly Anchor[]> {
  const [first] = anchors
  if (!first || anchors.length > 1 || end - first.position < probeBytes) return anchors
  const own = reader.another(sampleBytes)
  const { cost } = await sampleClusters(own, first.position, end, fewPlaces)
  const listed = [first]
  let places = Math.min(mostPlaces, Math.max(fewPlaces, Math.floor(listBytes / cost)))
  for (let from = first.position; end - from > probeBytes; places = fewPlaces) {
    const { found } = await sampleClusters(own, from, end, places)
    for (const cluster of found) if (cluster.ticks >= (listed.at(-1)?.ticks ?? 0)) listed.push(cluster)
    const last = listed.at(-1)?.position ?? from
    if (last <= from) break
    from = last
  }
  return listed
}

function widen(edges: Map<number, TrackEdges>, frame: Frame): void {
  const known = edges.get(frame.track)
  if (!known) edges.set(frame.track, { first: frame, last: frame })
  else
    edges.set(frame.track, {
      first: frame.ticks < known.first.ticks ? frame : known.first,
      last: frame.ticks >= known.last.ticks ? frame : known.last,
    })
}

/** @param reader may be used by nobody else. */
export async function openClusters(
  head: SegmentHead,
  reader: ByteReader,
  limits: Partial<ClusterLimits> = {},
): Promise<Clusters> {
  const { walkBytes, beginningBytes } = { ...usualLimits, ...limits }
  const anchors = await listClusters(head, reader)
  const margin = (interleavingS * 1e9) / head.timestampScale
  const positionOf = (index: number): number => anchors[index]?.position ?? head.end

  /** Edges of what lies between two anchors, of which only the beginning is read if that is much. */
  async function edgesBetween(from: number, to: number, most = probeBytes): Promise<Map<number, TrackEdges>> {
    const edges = new Map<number, TrackEdges>()
    const start = positionOf(from)
    const stop = Math.min(positionOf(to), start + most)
    const frames = walkClusters(reader.another(walkBytes), start, head.end, ({ position }) =>
      position < stop ? 'frames' : 'stop',
    )
    for await (const frame of frames) {
      if (frame.offset >= start + most) break
      widen(edges, frame)
    }
    return edges
  }

  async function beginning(tracks: readonly number[]): Promise<Map<number, TrackEdges>> {
    const edges = new Map<number, TrackEdges>()
    let begin: number | null = null
    const start = positionOf(0)
    const enough = (ticks: number, position: number): boolean =>
      position - start > beginningBytes ||
      (begin !== null && ticks > begin + 2 * margin && tracks.every((track) => edges.has(track)))
    const frames = walkClusters(reader.another(walkBytes), start, head.end, ({ position, ticks }) => {
      begin ??= ticks
      return enough(ticks, position) ? 'stop' : 'frames'
    })
    for await (const frame of frames) {
      widen(edges, frame)
      if (enough(frame.ticks, frame.offset)) break
    }
    return edges
  }

  /** Some place in the middle where a track is heard or seen; -1: none that was looked at. */
  async function somewhere(track: number): Promise<number> {
    for (let parts = 2, probes = 0; probes < mostProbes; parts *= 2)
      for (let part = 1; part < parts && probes < mostProbes; part += 2, probes++) {
        const index = Math.floor((anchors.length * part) / parts)
        if ((await edgesBetween(index, index + 1)).has(track)) return index
      }
    return -1
  }

  /** Moves towards `absent` as far as the track reaches, and gives the edges of the last place where it is. */
  async function edgeTowards(track: number, present: number, absent: number): Promise<TrackEdges | undefined> {
    let [inside, outside] = [present, absent]
    while (Math.abs(outside - inside) > 1) {
      const middle = (inside + outside) >> 1
      if ((await edgesBetween(middle, middle + 1)).has(track)) inside = middle
      else outside = middle
    }
    return (await edgesBetween(inside, inside + 1)).get(track)
  }

  return {
    async frames(track, fromTicks, toTicks, canBeginAt, signal) {
      let index = anchorBefore(anchors, fromTicks - margin)
      const read = async (from: number, until: number): Promise<Frame[]> => {
        const found: Frame[] = []
        const walk = walkClusters(reader.another(walkBytes), from, head.end, ({ position, ticks }) =>
          position >= until || ticks > toTicks + margin ? 'stop' : 'frames',
        )
        for await (const frame of walk) {
          signal?.throwIfAborted()
          if (frame.track === track) found.push(frame)
        }
        return found
      }
      let found = anchors.length === 0 ? [] : await read(positionOf(index), Number.POSITIVE_INFINITY)
      if (!canBeginAt) return found
      const reach = fromTicks - (longestReachS * 1e9) / head.timestampScale
      for (let part = found, step = 1; index > 0; step *= 2) {
        let hasBeginning = false
        for (const frame of part) hasBeginning ||= frame.isKey && frame.ticks <= fromTicks && (await canBeginAt(frame))
        if (hasBeginning || (anchors[index]?.ticks ?? 0) < reach) break
        const before = Math.max(0, index - step)
        part = await read(positionOf(before), positionOf(index))
        found = [...part, ...found]
        index = before
      }
      return found
    },

    async edges(tracks) {
      const result = new Map<number, TrackEdges>()
      if (anchors.length === 0) return result
      const last = anchors.length - 1
      const begin = await beginning(tracks)
      const tail = new Map<number, TrackEdges>()
      // The last cue may stand well before the end.
      const frames = walkClusters(reader.another(walkBytes), positionOf(last), head.end, () => 'frames')
      for await (const frame of frames) widen(tail, frame)
      for (const track of tracks) {
        let first = begin.get(track)
        let end = tail.get(track)
        let known = first ? anchorBefore(anchors, first.last.ticks) : last
        if (!first && !end) {
          known = await somewhere(track)
          if (known < 0) continue
        }
        first ??= await edgeTowards(track, known, -1)
        end ??= (await edgeTowards(track, known, last)) ?? first
        if (first && end) result.set(track, { first: first.first, last: end.last })
      }
      return result
    },
  }
}
