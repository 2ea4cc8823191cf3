/**
 * Matroska and WebM: mediabunny says what the tracks are, our own walk over clusters finds their frames where somebody looks.
 * Its own look-up would read from a track's end to the end of the file, once per cue.
 */
import { BlobSource, Input, MATROSKA, WEBM } from 'mediabunny'
import type { ByteReader } from '../byte-reader'
import type { Demuxed, DemuxedTrack } from '../demuxed'
import { openClusters } from './clusters'
import { readBytes } from './packets'
import { videoTrack } from './pictures'
import { readSegmentHead } from './segment'
import { audioTrack } from './sound'
import { unknownPictures, unknownSound } from './unknown'
import { unmasked } from './unmasked'

const cachedBytes = 8 * 2 ** 20

/** @throws with the cause alone when nothing of the file can be used; the caller names it. */
export async function demuxMatroska(file: Blob, reader: ByteReader): Promise<Demuxed> {
  const head = await readSegmentHead(reader)
  const clusters = await openClusters(head, reader.another(readBytes))
  const source = new BlobSource(unmasked(file, head), { maxCacheSize: cachedBytes })
  const input = new Input({ source, formats: [MATROSKA, WEBM] })
  const described = await input.getTracks()
  const media = described.filter((track) => track.isAudioTrack() || track.isVideoTrack())
  const edges = await clusters.edges(media.map(({ id }) => id))
  const timescale = 1e9 / head.timestampScale
  const tracks: DemuxedTrack[] = []
  const problems: string[] = []
  for (const [id, packed] of head.tracks.entries()) {
    const track = media.find((candidate) => candidate.id === packed.number)
    const known = edges.get(packed.number)
    if (!track || !known) continue
    const context = { id, packed, edges: known, clusters, reader: reader.another(readBytes), timescale }
    try {
      if (track.isAudioTrack()) tracks.push((await audioTrack(track, context)) ?? (await unknownSound(track, context)))
      else if (track.isVideoTrack())
        tracks.push((await videoTrack(track, context)) ?? (await unknownPictures(track, context)))
    } catch (error) {
      problems.push(`track ${id} is left out: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const container = (await input.getFormat()).name === 'WebM' ? 'webm' : 'matroska'
  return { container, tracks, problems, close: () => input.dispose() }
}
