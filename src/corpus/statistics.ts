/** Counts a corpus as the paper does: instances and dubs (Table 1), languages, originals and genres (Figure 3). */
import type { CorpusStatistics, LanguageShare, Share } from '../schema/corpus-statistics'
import type { Snippet } from './snippets'
import { spokenLanguages } from './title-filter'
import type { LanguageTrack } from './views'

export interface CountedTitle {
  readonly durationS: number
  readonly snippets: readonly Snippet[]
  /** Original first. */
  readonly audio: readonly LanguageTrack[]
  readonly genre?: string
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length

function shares(names: readonly string[]): Share[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, titles]) => ({ name, titles }))
    .sort((a, b) => b.titles - a.titles || (a.name < b.name ? -1 : 1))
}

/** Background stems (tagged zxx) are no language. */
export function corpusStatistics(titles: readonly CountedTitle[]): CorpusStatistics {
  const spoken = titles.map(({ audio }) => spokenLanguages(audio))
  const dubs = spoken.map((languages) => Math.max(0, languages.length - 1))
  const originals = shares(spoken.flatMap(([original]) => original ?? []))
  const hoursIn = (language: string) =>
    titles.reduce((sum, { durationS }, index) => sum + (spoken[index]?.includes(language) ? durationS / 3600 : 0), 0)
  const languages = shares(spoken.flat()).map(
    ({ name, titles: count }): LanguageShare => ({
      language: name,
      titles: count,
      originals: originals.find((original) => original.name === name)?.titles ?? 0,
      hours: hoursIn(name),
    }),
  )
  return {
    instances: titles.reduce((sum, { snippets }) => sum + snippets.length, 0),
    hours: titles.reduce((sum, { durationS }) => sum + durationS / 3600, 0),
    averageDubs: mean(dubs),
    averageDubsOfDubbed: mean(dubs.filter((count) => count > 0)),
    languages,
    originals,
    genres: shares(titles.flatMap(({ genre }) => genre ?? [])),
  }
}
