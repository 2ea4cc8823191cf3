/** Which two languages the audio views of a snippet speak: dub augmentation (spec/pretraining.md sections 4 and 9). */
import type { RandomStream } from '../schema/random'
import { isLanguage } from './language-list'

export interface DubSettings {
  /** `on`: any other language; `pair`: both of two; `set`: another one of several. */
  readonly dub: 'off' | 'on' | 'pair' | 'set'
  /** Languages of the pair or set. */
  readonly dubLanguages: readonly string[]
  readonly primary: 'original' | 'random'
}

/**
 * A pair of the languages that can be heard. Where the rule finds no second one, both views speak the original.
 * @param heard Not empty; the title's original language first where it is among them.
 */
export function drawLanguages(
  { dub, dubLanguages, primary }: DubSettings,
  heard: readonly [string, ...string[]],
  random: RandomStream,
): readonly [string, string] {
  const [original] = heard
  const pick = (languages: readonly string[]): string => languages[random.integer(languages.length)] ?? original
  const listed = dubLanguages.flatMap((named) => heard.filter((language) => isLanguage(language, named)))
  const isPair = dub === 'pair'
  if (dub === 'off' || (isPair && dubLanguages.some((named) => !heard.some((tag) => isLanguage(tag, named)))))
    return [original, original]
  const partners = dub === 'on' ? heard : [...new Set(listed)]
  // A fixed pair never speaks a third language, not even the original; a set leaves the original its place.
  const fixed = isPair && !partners.includes(original) ? (partners[0] ?? original) : original
  const first = primary === 'random' && partners.length > 0 ? pick(partners) : fixed
  // Two regions of one language, such as es-ES and es-MX, are no pair of en and es.
  const isOther = (language: string) =>
    isPair ? dubLanguages.some((named) => isLanguage(language, named) && !isLanguage(first, named)) : language !== first
  const others = partners.filter(isOther)
  return [first, others.length > 0 ? pick(others) : first]
}
