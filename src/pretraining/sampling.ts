/** From a run's settings and its corpus to the plan by which batches are sampled. */

import { parseLanguageNames, parseLanguages } from '../corpus/language-list'
import type { OpenCorpus } from '../corpus/open-corpus'
import { type BatchPlan, planBatch, type SamplerTitle } from '../corpus/sampler'
import { describeFilter, passes, type TitleFilter } from '../corpus/title-filter'
import type { Settings } from '../schema/notebook'

export interface Sampling {
  readonly plan: BatchPlan
  /** All titles of the corpus; those that are not trained on have no snippets. */
  readonly titles: readonly SamplerTitle[]
}

/** Steps of an epoch: one pass over titles with k snippets each, or over all snippets (spec/pretraining.md section 2). */
export function stepsPerEpoch({ sampler, usable, snippetsPerTitle, batch }: BatchPlan): number {
  const perTitle = usable.map(({ length }) => (sampler === 'uniform' ? length : Math.min(length, snippetsPerTitle)))
  return Math.ceil(perTitle.reduce((a, b) => a + b, 0) / batch)
}

/** Settings are complete and checked, so what is not the first choice is the other one. */
const oneOf = <T extends string>(value: unknown, choices: readonly [T, ...T[]]): T =>
  choices.find((choice) => choice === value) ?? choices[0]

/**
 * @throws when a language setting names none, no title passes the filter, or fewer than two snippets are left.
 */
export function planSampling(corpus: Pick<OpenCorpus, 'titles'>, settings: Settings): Sampling {
  const filter: TitleFilter = {
    original: parseLanguages(String(settings.originalLanguages), 'Original language'),
    minTracks: Number(settings.minTracks),
    has: parseLanguageNames(String(settings.hasLanguages), 'Has all of'),
  }
  const titles = corpus.titles.map(({ snippets, audio }) => ({
    snippets: passes(filter, audio) ? snippets : [],
    audio,
  }))
  const used = titles.filter(({ snippets }) => snippets.length > 0).length
  const wanted = describeFilter(filter)
  if (used === 0)
    throw new Error(
      `None of the ${titles.length} titles is left to train on: this run takes ${wanted}. Add such titles, or change "Original language", "Languages at least" or "Has all of".`,
    )
  const dubLanguages = parseLanguageNames(String(settings.dubLanguages), 'Dub languages')
  const dub = oneOf(settings.dub, ['on', 'off', 'pair', 'set'])
  if (dub === 'pair' && dubLanguages.length !== 2)
    throw new Error(`Dub languages: a pair is two languages, such as en+es; "${settings.dubLanguages}" is not.`)
  const plan = planBatch(titles, {
    sampler: oneOf(settings.sampler, ['hierarchical', 'uniform']),
    batch: Number(settings.batch),
    snippetsPerTitle: Number(settings.snippetsPerTitle),
    // A set without names is that of all languages.
    dub: dub === 'set' && dubLanguages.length === 0 ? 'on' : dub,
    dubLanguages,
    primary: oneOf(settings.primary, ['original', 'random']),
    temporalJitterS: Number(settings.temporalJitterS),
    soundtrack: oneOf(settings.soundtrack, ['speech', 'background']),
  })
  const left = titles.length - used
  const notes = left > 0 ? [`${left} of ${titles.length} titles are left out: this run takes ${wanted}.`] : []
  return { plan: { ...plan, notes: [...notes, ...plan.notes] }, titles }
}
