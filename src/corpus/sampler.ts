/**
 * Batches of quadruplets (paper section 4.1; spec/pretraining.md sections 2 and 4): titles uniformly, several distinct
 * snippets of each, one window and a pair of languages per snippet. A batch is a function of (seed, step) alone.
 */
import { type RandomStream, randomStream, randomStreams } from '../schema/random'
import type { Snippet } from './snippets'
import { covers, type LanguageTrack, pointAt, usableStarts } from './views'

export interface SamplerTitle {
  /** They must not overlap. */
  readonly snippets: readonly Snippet[]
  /** Original language first; of several tracks in one language the first is used. */
  readonly audio: readonly LanguageTrack[]
}

export interface SamplerSettings {
  /** Items per batch, B. */
  readonly batch: number
  /** Snippets drawn of each title, k. */
  readonly snippetsPerTitle: number
  readonly dub: 'on' | 'off'
  readonly primary: 'original' | 'random'
}

/** Settings as the corpus allows them. */
export interface BatchPlan extends SamplerSettings {
  /** What was changed, and why: sentences to show. */
  readonly notes: readonly string[]
  /** Per title, the indices of the snippets in which a track can be heard. */
  readonly usable: readonly (readonly number[])[]
}

export interface BatchItem {
  readonly titleIndex: number
  readonly snippetIndex: number
  /** Start of the 3 s window that both views share, in title time. */
  readonly windowStartS: number
  readonly languagePrimary: string
  readonly languageSecondary: string
}

const tracksOf = ({ audio }: SamplerTitle): readonly LanguageTrack[] =>
  audio.filter(({ language }, index) => audio.findIndex((track) => track.language === language) === index)
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/**
 * Fits batch and snippets per title to a corpus: k is raised first, then B is lowered, so that a batch never holds a
 * snippet twice.
 * @throws when fewer than two snippets can be used: one has nothing to be told from.
 */
export function planBatch(titles: readonly SamplerTitle[], settings: SamplerSettings): BatchPlan {
  const usable = titles.map((title) =>
    title.snippets.flatMap((snippet, index) => (usableStarts(snippet, tracksOf(title)).length > 0 ? [index] : [])),
  )
  const counts = usable.map((indices) => indices.length)
  const all = sum(counts)
  const silent = sum(titles.map(({ snippets }) => snippets.length)) - all
  if (all < 2)
    throw new Error(
      `Pretraining needs at least 2 snippets with sound; the corpus has ${all}. Add clips or make snippets shorter.`,
    )
  const notes: string[] = []
  if (silent > 0) notes.push(`${silent} of ${all + silent} snippets are left out: no track has sound there.`)

  const longest = Math.max(...counts)
  const capacity = (k: number) => sum(counts.map((count) => Math.min(k, count)))
  const batch = Math.min(settings.batch, all)
  let snippetsPerTitle = Math.min(settings.snippetsPerTitle, longest)
  if (snippetsPerTitle < settings.snippetsPerTitle)
    notes.push(
      `Snippets per title lowered from ${settings.snippetsPerTitle} to ${longest}: no title has more than ${longest}.`,
    )
  const before = snippetsPerTitle
  while (capacity(snippetsPerTitle) < batch) snippetsPerTitle++
  const withSnippets = counts.filter((count) => count > 0).length
  if (snippetsPerTitle > before)
    notes.push(
      `Snippets per title raised from ${before} to ${snippetsPerTitle}: ${withSnippets} titles with ${before} each do not fill a batch of ${batch}.`,
    )
  if (batch < settings.batch)
    notes.push(
      `Batch lowered from ${settings.batch} to ${batch}: the corpus has ${all} snippets, and a batch holds each at most once.`,
    )
  if (settings.dub === 'on' && !titles.some((title) => tracksOf(title).length > 1))
    notes.push('No title has a second language: dub augmentation changes nothing.')
  return { ...settings, batch, snippetsPerTitle, notes, usable }
}

/**
 * The batch of one step: `plan.batch` items in random order, of distinct snippets; titles are drawn without replacement.
 * `plan` must come from {@link planBatch} for the same titles.
 */
export function sampleBatch(
  plan: BatchPlan,
  titles: readonly SamplerTitle[],
  seed: number,
  step: number,
): readonly BatchItem[] {
  const random = randomStream(seed, step, randomStreams.batch)
  const drawn: { title: SamplerTitle; titleIndex: number; snippetIndex: number }[] = []
  for (const titleIndex of random.shuffled([...titles.keys()])) {
    const title = titles[titleIndex]
    const usable = plan.usable[titleIndex]
    if (!title || !usable) throw new Error(`The batch plan is of another corpus: it does not know title ${titleIndex}.`)
    const take = Math.min(plan.snippetsPerTitle, plan.batch - drawn.length)
    for (const snippetIndex of random.shuffled(usable).slice(0, take)) drawn.push({ title, titleIndex, snippetIndex })
    if (drawn.length === plan.batch) break
  }
  return random.shuffled(drawn).map(({ title, titleIndex, snippetIndex }) => {
    const snippet = title.snippets[snippetIndex]
    if (!snippet) throw new Error(`The batch plan is of another corpus: title ${titleIndex} has no such snippet.`)
    const tracks = tracksOf(title)
    const windowStartS = pointAt(usableStarts(snippet, tracks), random.uniform())
    const heard = tracks.filter((track) => covers(track, snippet, windowStartS)).map(({ language }) => language)
    const [languagePrimary, languageSecondary] = drawLanguages(plan, heard, random)
    return { titleIndex, snippetIndex, windowStartS, languagePrimary, languageSecondary }
  })
}

/** A pair of the languages that can be heard, the original first where it is among them. */
function drawLanguages(
  { dub, primary }: BatchPlan,
  heard: readonly string[],
  random: RandomStream,
): readonly [string, string] {
  const [first] = heard
  if (first === undefined) throw new Error('The batch plan is of another corpus: no track has sound in a snippet.')
  if (dub === 'off') return [first, first]
  const pick = (languages: readonly string[]): string => languages[random.integer(languages.length)] ?? first
  const languagePrimary = primary === 'random' ? pick(heard) : first
  const others = heard.filter((language) => language !== languagePrimary)
  return [languagePrimary, others.length > 0 ? pick(others) : languagePrimary]
}
