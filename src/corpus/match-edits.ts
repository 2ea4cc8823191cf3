/** Which track of which opened file an edit of the notebook means, also where a folder was given from further up or down. */
import type { TrackEdit } from '../schema/track-edits'
import type { FoundTrack } from './combined-source'

type Origin = FoundTrack['origin']

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const keyOf = ({ path, track }: Origin): string => `${track} ${path}`

/** The file that a path means: the one of that path, else the only one where one path ends with the other. */
export function fileFinder(files: readonly string[]): (path: string) => string | undefined {
  const exact = new Set(files)
  const byName = Map.groupBy(files, baseName)
  return (path) => {
    if (exact.has(path)) return path
    const near = (byName.get(baseName(path)) ?? []).filter(
      (file) => path.endsWith(`/${file}`) || file.endsWith(`/${path}`),
    )
    return near.length === 1 ? near[0] : undefined
  }
}

/**
 * Finds what is said of a track.
 * @param files Paths of all opened files.
 */
export function editFinder(
  edits: readonly TrackEdit[],
  files: readonly string[],
): (origin: Origin) => TrackEdit | undefined {
  const fileOf = fileFinder(files)
  const byTrack = new Map<string, TrackEdit>()
  for (const edit of edits) {
    const path = fileOf(edit.path)
    if (path !== undefined) byTrack.set(keyOf({ path, track: edit.track }), edit)
  }
  return (origin) => byTrack.get(keyOf(origin))
}

/** Messages, one for each file, about edits that no soundtrack is there for. */
export function unusedEdits(
  edits: readonly TrackEdit[],
  used: ReadonlySet<TrackEdit>,
): { readonly file: string; readonly message: string }[] {
  const unused = Map.groupBy(
    edits.filter((edit) => !used.has(edit)),
    ({ path }) => path,
  )
  return [...unused].map(([file, all]) => {
    const tracks = all.map(({ track }) => track).join(', ')
    return {
      file,
      message: `What was edited of track ${tracks} in ${file} has no effect: there is no such soundtrack among the clips.`,
    }
  })
}
