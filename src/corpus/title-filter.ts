/** Which titles a run trains on: the paper's corpora differ in original languages and numbers of dubs (Table 1). */
import { backgroundTag } from '../schema/track-edits'
import { allows, isLanguage, type LanguageList } from './language-list'
import type { LanguageTrack } from './views'

export interface TitleFilter {
  readonly original: LanguageList
  /** Least number of languages that a title must have, its original included. */
  readonly minTracks: number
  /** Languages that a title must have, all of them. */
  readonly has: readonly string[]
}

/** A title's languages, original first, each once, without background stems. */
export const spokenLanguages = (audio: readonly Pick<LanguageTrack, 'language'>[]): readonly string[] => [
  ...new Set(audio.map(({ language }) => language).filter((language) => language !== backgroundTag)),
]

/** Whether a title with these tracks, original first, passes a filter. */
export function passes({ original, minTracks, has }: TitleFilter, audio: readonly LanguageTrack[]): boolean {
  const spoken = spokenLanguages(audio)
  const [first] = spoken
  // A title without speech, a background stem alone, has no original language to ask for.
  const isAllowed = first === undefined ? original.languages.length === 0 : allows(original, first)
  return (
    isAllowed &&
    (minTracks <= 1 || spoken.length >= minTracks) &&
    has.every((named) => spoken.some((language) => isLanguage(language, named)))
  )
}

/** The filter in words, for messages. */
export function describeFilter({ original, minTracks, has }: TitleFilter): string {
  const listed = original.languages.join(', ')
  const parts = [
    ...(listed === '' ? [] : [`whose original language is ${original.excluded ? 'not ' : 'one of '}${listed}`]),
    ...(minTracks > 1 ? [`with at least ${minTracks} languages`] : []),
    ...(has.length > 0 ? [`in ${has.join(', ')}`] : []),
  ]
  return `titles ${parts.join(' and ')}`.trim()
}
