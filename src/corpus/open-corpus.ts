/**
 * The files of a corpus cell, opened: titles with their tracks, labels and snippets. A file that cannot be used becomes
 * a problem that names it; the rest goes on.
 */

import { openMedia } from '../media/source'
import type { MediaSource } from '../media/types'
import type { TrackEdit } from '../schema/track-edits'
import { type CombinedSource, combineSources } from './combined-source'
import { type EditedSource, editSource } from './edited-source'
import { folderLabels, type LabelledSegment, parseLabels } from './labels'
import { editFinder, fileFinder, unusedEdits } from './match-edits'
import { matchSidecars } from './sidecars'
import { cutSnippets, type Snippet } from './snippets'
import { type AudioTrackRef, titleSoundtracks } from './title-tracks'
import { parseTitles, type TitleFacts } from './titles'

export interface CorpusFile {
  /** With the folders it was dropped in. */
  readonly path: string
  readonly file: File
}

export interface CorpusProblem {
  readonly file: string
  readonly track?: number
  readonly message: string
  /** Path of a sound file that belongs to no video yet. */
  readonly unassigned?: string
}

export interface OpenTitle {
  /** File name with extension; with its folders where another clip has the same name. */
  readonly file: string
  readonly source: EditedSource
  readonly videoTrackId: number
  /** Decodable tracks of the file and of the sound files that belong to it, original language first. */
  readonly audio: readonly AudioTrackRef[]
  readonly durationS: number
  readonly snippets: readonly Snippet[]
  readonly segments: readonly LabelledSegment[]
  /** From `titles.csv`. */
  readonly genre?: string
}

export interface OpenCorpus {
  readonly titles: readonly OpenTitle[]
  readonly problems: readonly CorpusProblem[]
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const tables = { labels: 'labels.csv', titles: 'titles.csv' }
/** Tables of the corpus maker and files that every folder has: neither media nor worth a word. */
const ignored = /(^|\/)(\.[^/]*|utterances\.csv|thumbs\.db|desktop\.ini)$|\.dubbook\.json$/i

/**
 * Opens all files, one after the other.
 * @param onProgress Called before each file with how many are done.
 * @param edits What somebody says of soundtracks.
 */
export async function openCorpus(
  files: readonly CorpusFile[],
  snippetS: number,
  onProgress: (done: number, total: number, name: string) => void,
  signal: AbortSignal,
  edits: readonly TrackEdit[] = [],
): Promise<OpenCorpus> {
  const problems: CorpusProblem[] = []
  const media = files
    .filter(({ path }) => !ignored.test(path) && !Object.values(tables).includes(baseName(path)))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const nameOf = namesIn(media.map(({ path }) => path))
  const opened: OpenFile[] = []
  try {
    for (const [index, { path, file }] of media.entries()) {
      signal.throwIfAborted()
      const name = nameOf(path)
      onProgress(index, media.length, name)
      try {
        opened.push({ path, name, source: await openMedia(name, file) })
      } catch (error) {
        problems.push({ file: name, message: error instanceof Error ? error.message : String(error) })
      }
    }
    const videos = withSidecars(opened, problems, assignments(edits, opened))
    const find = editFinder(
      edits,
      media.map(({ path }) => path),
    )
    const used = new Set<TrackEdit>()
    const editOf: typeof find = (origin) => {
      const edit = find(origin)
      if (edit) used.add(edit)
      return edit
    }
    const names = videos.map(({ name }) => name)
    const tableText = async (name: string) => {
      const found = files.find(({ path }) => baseName(path) === name)
      return found ? await found.file.text() : null
    }
    const labelText = await tableText(tables.labels)
    const known = videos.map(({ name, path, source }) => ({
      file: name,
      path,
      durationS: pictureEnd(source) ?? source.durationS,
    }))
    const labels = labelText === null ? null : parseLabels(labelText, known)
    const segments = labels?.segments ?? folderLabels(known)
    const titleText = await tableText(tables.titles)
    const described = titleText === null ? null : parseTitles(titleText, names)
    problems.push(...(labels?.problems ?? []), ...(described?.problems ?? []))
    const titles: OpenTitle[] = []
    for (const { name, source: unedited } of videos) {
      const facts = described?.titles.get(name)
      const source = editSource(unedited, editOf, facts?.languages)
      problems.push(...source.problems.map((problem) => ({ file: name, ...problem })))
      const title = asTitle(name, source, snippetS, facts, segments.get(name))
      if (typeof title !== 'string') titles.push(title)
      else {
        problems.push({ file: name, message: title })
        source.close()
      }
    }
    problems.push(...unusedEdits(edits, used))
    return { titles, problems }
  } catch (error) {
    for (const { source } of opened) source.close()
    throw error
  }
}

interface OpenFile {
  /** With the folders it was dropped in. */
  readonly path: string
  readonly name: string
  readonly source: MediaSource
}

const unmatchedReasons = {
  'no-video':
    'it has sound only, and no video here has its name, so it is not used. ' +
    'Choose its video, or call it as its video with the language added, for instance scene.fr.wav beside scene.mp4.',
  'several-videos':
    'it has sound only, and several videos here have its name, so it is not used. Choose its video, or put it into the folder of its video.',
}

/** Videos by the sound files that somebody has said belong to them. */
function assignments(edits: readonly TrackEdit[], opened: readonly OpenFile[]): ReadonlyMap<string, string> {
  const fileOf = fileFinder(opened.map(({ path }) => path))
  return new Map(
    edits.flatMap(({ path, video }): (readonly [string, string])[] => {
      const [sound, belongsTo] = [fileOf(path), video === undefined ? undefined : fileOf(video)]
      return sound !== undefined && belongsTo !== undefined ? [[sound, belongsTo]] : []
    }),
  )
}

/** Videos together with the sound files that belong to them; those of no video are closed. */
function withSidecars(
  opened: readonly OpenFile[],
  problems: CorpusProblem[],
  byHand: ReadonlyMap<string, string>,
): (OpenFile & { readonly source: CombinedSource })[] {
  const hasPicture = ({ source }: OpenFile): boolean => source.tracks.some(({ kind }) => kind === 'video')
  const videos = opened.filter(hasPicture)
  const sounds = new Map(opened.filter((file) => !hasPicture(file)).map((file) => [file.path, file]))
  const { sidecars, unmatched } = matchSidecars(
    videos.map(({ path }) => path),
    [...sounds.keys()],
    byHand,
  )
  for (const { sound, reason } of unmatched) {
    const file = sounds.get(sound)
    file?.source.close()
    if (file)
      problems.push({ file: file.name, message: `${file.name}: ${unmatchedReasons[reason]}`, unassigned: file.path })
  }
  return videos.map((video) => {
    const own = sidecars.flatMap(({ sound, video: path, language, label }) => {
      const file = path === video.path ? sounds.get(sound) : undefined
      return file ? [{ file: file.name, path: sound, source: file.source, language, label }] : []
    })
    return { ...video, source: combineSources(video.path, video.source, own) }
  })
}

/** Calls files by their name alone where that is unambiguous. */
function namesIn(paths: readonly string[]): (path: string) => string {
  const counts = new Map<string, number>()
  for (const path of paths) counts.set(baseName(path), (counts.get(baseName(path)) ?? 0) + 1)
  return (path) => (counts.get(baseName(path)) === 1 ? baseName(path) : path)
}

export function closeCorpus({ titles }: OpenCorpus): void {
  for (const { source } of titles) source.close()
}

/** Where a title ends: a dub may run on after the picture, but views need both. */
function pictureEnd({ tracks }: MediaSource): number | undefined {
  const video = tracks.find(({ kind, decodable }) => kind === 'video' && decodable)
  return video && video.startS + video.durationS
}

/** A title, or why the file is none. */
function asTitle(
  name: string,
  source: OpenTitle['source'],
  snippetS: number,
  facts: TitleFacts | undefined,
  segments: readonly LabelledSegment[] | undefined,
): OpenTitle | string {
  const video = source.tracks.find(({ kind, decodable }) => kind === 'video' && decodable)
  const audio = titleSoundtracks(source, facts?.original)
  if (!video) return `${name}: it has no picture that this browser decodes, so it is not used.`
  if (audio.length === 0) return `${name}: it has no soundtrack that this browser decodes, so it is not used.`
  const durationS = pictureEnd(source) ?? source.durationS
  return {
    file: name,
    source,
    videoTrackId: video.id,
    audio,
    durationS,
    snippets: cutSnippets(durationS, snippetS),
    segments: segments ?? [],
    ...(facts?.genre !== undefined && { genre: facts.genre }),
  }
}
