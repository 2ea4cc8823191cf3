/**
 * Batches of quadruplets (paper section 4.1; spec/pretraining.md sections 2 and 4): titles uniformly, several distinct
 * snippets of each, one window and a pair of languages per snippet; or, as the paper argues against, snippets uniformly.
 * A batch is a function of (seed, step) alone.
 */
import { type RandomStream, randomStream, randomStreams } from '../schema/random'
import { backgroundTag } from '../schema/track-edits'
import { type DubSettings, drawLanguages } from './draw-languages'
import { isLanguage } from './language-list'
import type { Snippet } from './snippets'
import { covers, type LanguageTrack, pointAt, usableStarts } from './views'

export interface SamplerTitle {
  /** They must not overlap. */
  readonly snippets: readonly Snippet[]
  /** Original language first; of several tracks in one language the first is used. */
  readonly audio: readonly LanguageTrack[]
}

export interface SamplerSettings extends DubSettings {
  /** `uniform` draws from the snippets of all titles alike, without in-title negatives on purpose. */
  readonly sampler: 'hierarchical' | 'uniform'
  /** Items per batch, B. */
  readonly batch: number
  /** Snippets drawn of each title, k; not used by `uniform`. */
  readonly snippetsPerTitle: number
  /** `background` takes the stem without speech (tagged zxx) for both views: the speech-removal baseline. */
  readonly soundtrack: 'speech' | 'background'
  /** The second views' window starts up to so many seconds earlier or later, inside its snippet; 0: one window. */
  readonly temporalJitterS: number
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
  /** Start of the 3 s window of the first views, in title time. */
  readonly windowStartS: number
  /** That of the second views; the same, but for temporal jitter. */
  readonly secondStartS: number
  readonly languagePrimary: string
  readonly languageSecondary: string
}

/** The tracks that a run may use, one of each language. */
const tracksOf = ({ audio }: SamplerTitle, { soundtrack }: SamplerSettings): readonly LanguageTrack[] =>
  audio.filter(
    ({ language }, index) =>
      (language === backgroundTag) === (soundtrack === 'background') &&
      audio.findIndex((track) => track.language === language) === index,
  )
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/**
 * Fits batch and snippets per title to a corpus: k is raised first, then B is lowered, so that a batch never holds a
 * snippet twice.
 * @throws when fewer than two snippets can be used: one has nothing to be told from.
 */
export function planBatch(titles: readonly SamplerTitle[], settings: SamplerSettings): BatchPlan {
  const usable = titles.map((title) =>
    title.snippets.flatMap((snippet, index) =>
      usableStarts(snippet, tracksOf(title, settings)).length > 0 ? [index] : [],
    ),
  )
  const counts = usable.map((indices) => indices.length)
  const all = sum(counts)
  const silent = sum(titles.map(({ snippets }) => snippets.length)) - all
  if (all < 2)
    throw new Error(
      settings.soundtrack === 'background'
        ? `Speech removal needs background stems, soundtracks tagged ${backgroundTag} (no linguistic content); ${all} snippets have one. Add them beside the clips, or set "Soundtrack" to speech.`
        : `Pretraining needs at least 2 snippets with sound; the corpus has ${all}. Add clips or make snippets shorter.`,
    )
  const notes: string[] = []
  if (silent > 0) notes.push(`${silent} of ${all + silent} snippets are left out: ${whySilent(settings)}.`)
  const batch = Math.min(settings.batch, all)
  const fitted = settings.sampler === 'uniform' ? settings : fitSnippets(counts, settings, batch, notes)
  if (batch < settings.batch)
    notes.push(
      `Batch lowered from ${settings.batch} to ${batch}: the corpus has ${all} snippets, and a batch holds each at most once.`,
    )
  const missing = missingDubs(titles, settings)
  if (missing) notes.push(missing)
  return { ...fitted, batch, notes, usable }
}

const whySilent = ({ soundtrack }: SamplerSettings) =>
  soundtrack === 'background'
    ? `no background stem (a track tagged ${backgroundTag}) has sound there`
    : 'no track has sound there'

/** Fits k to a batch; says in `notes` what it changed. */
function fitSnippets(counts: readonly number[], settings: SamplerSettings, batch: number, notes: string[]) {
  const longest = Math.max(...counts)
  const capacity = (k: number) => sum(counts.map((count) => Math.min(k, count)))
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
  return { ...settings, snippetsPerTitle }
}

/** Says where dub augmentation cannot do what was asked for. */
function missingDubs(titles: readonly SamplerTitle[], settings: SamplerSettings): string | null {
  const { dub, dubLanguages, soundtrack } = settings
  if (dub === 'off' || soundtrack === 'background') return null
  const named = dubLanguages.join(' + ')
  const speaks = (tracks: readonly LanguageTrack[], tag: string) =>
    tracks.some((track) => isLanguage(track.language, tag))
  const used = titles.filter(({ snippets }) => snippets.length > 0).map((title) => tracksOf(title, settings))
  const dubbed = used.filter(
    (tracks) =>
      tracks.length > 1 &&
      (dub !== 'pair' || dubLanguages.every((tag) => speaks(tracks, tag))) &&
      (dub !== 'set' || dubLanguages.some((tag) => speaks(tracks, tag))),
  ).length
  const lacking = dub === 'on' ? 'a second language' : dub === 'pair' ? named : `any of ${named}`
  if (dubbed === 0) return `No title has ${lacking}: dub augmentation changes nothing.`
  if (dubbed === used.length) return null
  return `${used.length - dubbed} of ${used.length} titles lack ${lacking}: both of their audio views speak the original.`
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
  const drawn = plan.sampler === 'uniform' ? drawUniformly(plan, random) : drawByTitle(plan, random)
  return random.shuffled(drawn).map(({ titleIndex, snippetIndex }) => {
    const title = titles[titleIndex]
    const snippet = title?.snippets[snippetIndex]
    if (!title || !snippet)
      throw new Error(`The batch plan is of another corpus: title ${titleIndex} has no snippet ${snippetIndex}.`)
    const tracks = tracksOf(title, plan)
    const windowStartS = pointAt(usableStarts(snippet, tracks), random.uniform())
    const [first, ...others] = tracks
      .filter((track) => covers(track, snippet, windowStartS))
      .map(({ language }) => language)
    if (first === undefined) throw new Error('The batch plan is of another corpus: no track has sound in a snippet.')
    const [languagePrimary, languageSecondary] = drawLanguages(plan, [first, ...others], random)
    const secondTrack = tracks.find(({ language }) => language === languageSecondary)
    const second = secondTrack && plan.temporalJitterS > 0 ? [secondTrack] : []
    const secondStartS = pointNear(windowStartS, plan.temporalJitterS, usableStarts(snippet, second), random)
    return { titleIndex, snippetIndex, windowStartS, secondStartS, languagePrimary, languageSecondary }
  })
}

/** A point at most `distance` from another, of those that are allowed; that one itself where none is. */
function pointNear(
  startS: number,
  distance: number,
  allowed: ReturnType<typeof usableStarts>,
  random: RandomStream,
): number {
  const near = allowed
    .map(({ from, to }) => ({ from: Math.max(from, startS - distance), to: Math.min(to, startS + distance) }))
    .filter(({ from, to }) => from <= to)
  return near.length === 0 ? startS : pointAt(near, random.uniform())
}

interface DrawnSnippet {
  readonly titleIndex: number
  readonly snippetIndex: number
}

function drawByTitle({ usable, snippetsPerTitle, batch }: BatchPlan, random: RandomStream): DrawnSnippet[] {
  const drawn: DrawnSnippet[] = []
  for (const titleIndex of random.shuffled([...usable.keys()])) {
    const take = Math.min(snippetsPerTitle, batch - drawn.length)
    const snippets = random.shuffled(usable[titleIndex] ?? []).slice(0, take)
    drawn.push(...snippets.map((snippetIndex) => ({ titleIndex, snippetIndex })))
    if (drawn.length === batch) break
  }
  return drawn
}

const drawUniformly = ({ usable, batch }: BatchPlan, random: RandomStream): DrawnSnippet[] =>
  random
    .shuffled(usable.flatMap((indices, titleIndex) => indices.map((snippetIndex) => ({ titleIndex, snippetIndex }))))
    .slice(0, batch)
