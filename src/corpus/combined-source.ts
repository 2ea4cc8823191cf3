/** A video and the sound files that belong to it as one source: their tracks follow on from the video's own. */
import type { MediaSource, Track } from '../media/types'

/** A track, and where it is from. */
export interface FoundTrack extends Track {
  /** The file that holds it, with its folders, and its id there. */
  readonly origin: { readonly path: string; readonly track: number }
}

export interface CombinedSource extends MediaSource {
  readonly tracks: readonly FoundTrack[]
}

/** A sound file that counts from the same moment as the video. */
export interface SidecarSource {
  /** What to call the file. */
  readonly file: string
  /** With its folders. */
  readonly path: string
  readonly source: MediaSource
  /** BCP-47, for tracks that do not say themselves; `und` when names do not say either. */
  readonly language: string
  /** What its name says beside the language; may be empty. */
  readonly label: string
}

interface Route {
  readonly source: MediaSource
  readonly trackId: number
}

/** What a name says counts more than a tag inside: people rename files more readily than they retag them. */
function sidecarTrack(track: Track, id: number, { file, language, label }: SidecarSource): Track {
  const name = [label, track.name].filter((text) => text).join(' ')
  const { isDefault: _, ...rest } = track
  return { ...rest, id, file, language: language === 'und' ? track.language : language, ...(name && { name }) }
}

/**
 * Closing the combination closes all its sources.
 * @param path Of the video, with its folders.
 */
export function combineSources(
  path: string,
  video: MediaSource,
  sidecars: readonly SidecarSource[] = [],
): CombinedSource {
  const tracks: FoundTrack[] = video.tracks.map((track) => ({ ...track, origin: { path, track: track.id } }))
  const routes = new Map<number, Route>(video.tracks.map(({ id }) => [id, { source: video, trackId: id }]))
  let next = Math.max(-1, ...routes.keys()) + 1
  const problems = [...video.problems]
  for (const sidecar of sidecars) {
    for (const track of sidecar.source.tracks) {
      if (track.kind !== 'audio') continue
      routes.set(next, { source: sidecar.source, trackId: track.id })
      tracks.push({ ...sidecarTrack(track, next, sidecar), origin: { path: sidecar.path, track: track.id } })
      next++
    }
    problems.push(...sidecar.source.problems.map(({ message }) => ({ message })))
  }
  const route = (trackId: number): Route => routes.get(trackId) ?? { source: video, trackId }
  return {
    path: video.path,
    container: video.container,
    durationS: Math.max(video.durationS, ...sidecars.map(({ source }) => source.durationS)),
    tracks,
    problems,
    frameTimes: (trackId, startS, endS, signal) => video.frameTimes(trackId, startS, endS, signal),
    readAudio(trackId, startS, endS, signal) {
      const { source, trackId: inner } = route(trackId)
      return source.readAudio(inner, startS, endS, signal)
    },
    readFrames: (trackId, timesS, signal) => video.readFrames(trackId, timesS, signal),
    close() {
      for (const source of [video, ...sidecars.map((sidecar) => sidecar.source)]) source.close()
    },
  }
}
