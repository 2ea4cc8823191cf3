/**
 * Soundtracks that come as files of their own beside a video, one per language: `scene.fr.m4a`, `scene_fra.wav`,
 * `fr/scene.wav`, `scene [French].opus`. Which belong to which video, and in which language, is read from names and folders.
 */
import { languageInName } from '../schema/language'

export interface Sidecar {
  readonly sound: string
  readonly video: string
  /** BCP-47; `und` when neither name nor folder says. */
  readonly language: string
  /** What else the name says (`commentary`); may be empty. */
  readonly label: string
}

export interface SidecarMatches {
  readonly sidecars: readonly Sidecar[]
  readonly unmatched: readonly { readonly sound: string; readonly reason: 'no-video' | 'several-videos' }[]
}

/** Folders that only say that sound is in them. */
const soundFolders = new Set([
  'audio',
  'audios',
  'sound',
  'sounds',
  'soundtracks',
  'tracks',
  'dub',
  'dubs',
  'languages',
])

interface NamedPath {
  readonly path: string
  readonly folders: readonly string[]
  /** Without folders and extension, in one case and one way of composing accents. */
  readonly stem: string
}

function parse(path: string): NamedPath {
  const parts = path.normalize().split('/')
  const name = parts.pop() ?? ''
  const dot = name.lastIndexOf('.')
  return { path, folders: parts, stem: (dot > 0 ? name.slice(0, dot) : name).toLowerCase() }
}

/** Words of what is left of a name; a tag with a region (`pt-BR`) stays one word, and so does what brackets hold together. */
function words(text: string): string[] {
  const bare = (part: string): string => part.replace(/^[\s_-]+|[\s_-]+$/g, '')
  const pieces = text.split(/[[\](){}]/).flatMap((part) => {
    if (languageInName(bare(part)) !== null) return [bare(part)]
    return part
      .split(/[\s.,+]+|_(?![a-z]{2}\b)/i)
      .map(bare)
      .flatMap((piece) => (languageInName(piece) === null ? piece.split(/[-_]/) : [piece]))
  })
  return pieces.filter((word) => word !== '')
}

function readTag(text: string): { language: string | null; label: string } {
  let language: string | null = null
  const rest: string[] = []
  for (const word of words(text)) {
    const known: string | null = language === null ? languageInName(word) : null
    if (known === null) rest.push(word)
    else language = known
  }
  return { language, label: rest.join(' ') }
}

/** What follows `stem` in the name of a sound; null when the name is another. */
function remainder(sound: string, stem: string): string | null {
  if (!sound.startsWith(stem)) return null
  const rest = sound.slice(stem.length)
  // `scene 1` does not begin `scene 10`.
  return rest === '' || !/^[\p{L}\p{N}]/u.test(rest) ? rest : null
}

/** A video may say its own language: `scene.en.mp4` beside `scene.fr.wav`. */
function ownLanguage(stem: string): { bare: string; language: string } | null {
  const parts = /^(.+?)[\s._-]*[[({\s._-]([^\s._[\](){}]+)[\])}]?$/.exec(stem)
  const language = languageInName(parts?.[2] ?? '')
  return parts?.[1] && language !== null ? { bare: parts[1], language } : null
}

function sharedFolders(a: readonly string[], b: readonly string[]): number {
  let shared = 0
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++
  return shared
}

interface Candidate {
  readonly video: NamedPath
  readonly tag: string
  /** Higher is better, from the first on: how much of the name, how near in the tree. */
  readonly rank: readonly [nameLength: number, shared: number, distance: number]
}

/** Ways in which a sound can belong to a video. */
function candidate(sound: NamedPath, video: NamedPath, videosInFolder: number): Candidate | null {
  const shared = sharedFolders(sound.folders, video.folders)
  const away = sound.folders.length - shared + (video.folders.length - shared)
  const rank = (length: number): Candidate['rank'] => [length, shared, -away]
  const tag = remainder(sound.stem, video.stem)
  if (tag !== null) return { video, tag, rank: rank(video.stem.length) }
  const own = ownLanguage(video.stem)
  const bareTag = own && remainder(sound.stem, own.bare)
  if (own && bareTag !== null) return { video, tag: bareTag, rank: rank(own.bare.length) }
  // The name is the language alone: in a folder called as the video, or beside the only video.
  if (readTag(sound.stem).label !== '' || readTag(sound.stem).language === null) return null
  const folder = sound.folders.at(-1)?.toLowerCase()
  if (folder === video.stem) return { video, tag: sound.stem, rank: rank(1) }
  return away === 0 && videosInFolder === 1 ? { video, tag: sound.stem, rank: rank(0) } : null
}

function compare(a: Candidate, b: Candidate): number {
  for (const [i, value] of a.rank.entries()) if (value !== b.rank[i]) return (b.rank[i] ?? 0) - value
  return 0
}

/** The language that a folder between the two files names, the innermost first. */
function folderLanguage(sound: NamedPath, video: NamedPath): string | null {
  for (const folder of sound.folders.slice(sharedFolders(sound.folders, video.folders)).reverse()) {
    if (soundFolders.has(folder.toLowerCase())) continue
    const { language } = readTag(folder)
    if (language !== null) return language
  }
  return null
}

/**
 * Matches sounds to videos by their paths (with `/`). A sound belongs to the video whose name begins its own, the longest such
 * name first, then the nearest in the tree of folders; where two are equally good, to none.
 * @param byHand Videos by sound, as somebody has said: names are not asked then, but for the language.
 */
export function matchSidecars(
  videos: readonly string[],
  sounds: readonly string[],
  byHand: ReadonlyMap<string, string> = new Map(),
): SidecarMatches {
  const named = videos.map(parse)
  const folderOf = ({ folders }: NamedPath): string => folders.join('/')
  const counts = new Map<string, number>()
  for (const video of named) counts.set(folderOf(video), (counts.get(folderOf(video)) ?? 0) + 1)
  const sidecars: Sidecar[] = []
  const unmatched: { sound: string; reason: 'no-video' | 'several-videos' }[] = []
  for (const sound of sounds.map(parse)) {
    const chosen = named.find(({ path }) => path === byHand.get(sound.path))
    if (chosen) {
      const { language, label } = readTag(remainder(sound.stem, chosen.stem) ?? sound.stem)
      const spoken = language ?? folderLanguage(sound, chosen) ?? 'und'
      sidecars.push({ sound: sound.path, video: chosen.path, language: spoken, label })
      continue
    }
    const [best, second] = named
      .map((video) => candidate(sound, video, counts.get(folderOf(video)) ?? 0))
      .filter((found) => found !== null)
      .sort(compare)
    if (!best) unmatched.push({ sound: sound.path, reason: 'no-video' })
    else if (second && compare(best, second) === 0) unmatched.push({ sound: sound.path, reason: 'several-videos' })
    else {
      const { language, label } = readTag(best.tag)
      const { stem } = best.video
      const ofVideo = sound.stem.startsWith(stem) ? ownLanguage(stem)?.language : undefined
      const spoken = language ?? folderLanguage(sound, best.video) ?? ofVideo ?? 'und'
      sidecars.push({ sound: sound.path, video: best.video.path, language: spoken, label })
    }
  }
  return { sidecars, unmatched }
}
