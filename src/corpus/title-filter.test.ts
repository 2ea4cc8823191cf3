import { expect, test } from 'vitest'
import { parseLanguageNames, parseLanguages } from './language-list'
import { describeFilter, passes, type TitleFilter } from './title-filter'

const audio = (...languages: readonly string[]) => languages.map((language) => ({ language, startS: 0, endS: 30 }))
const filter = (original: string, minTracks = 1, has: readonly string[] = []): TitleFilter => ({
  original: parseLanguages(original, 'Original language'),
  minTracks,
  has,
})

test('original languages are a set, or all but a set, and a language stands for its regions', () => {
  expect(passes(filter('en+es+fr'), audio('es', 'en'))).toBe(true)
  expect(passes(filter('en, es'), audio('en-GB'))).toBe(true)
  expect(passes(filter('en'), audio('fr', 'en'))).toBe(false)
  expect(passes(filter('not en'), audio('fr', 'en'))).toBe(true)
  expect(passes(filter('not en'), audio('en-US'))).toBe(false)
  expect(passes(filter(''), audio('und'))).toBe(true)
})

test('languages are counted once, and a background stem is none', () => {
  expect(passes(filter('', 2), audio('en', 'zxx'))).toBe(false)
  expect(passes(filter('', 2), audio('en', 'en'))).toBe(false)
  expect(passes(filter('', 2), audio('en', 'ja'))).toBe(true)
  expect(passes(filter(''), audio('zxx'))).toBe(true)
})

test('the parity set has every language that is named', () => {
  const parity = filter('en', 1, ['en', 'es', 'fr', 'ja'])
  expect(passes(parity, audio('en', 'ja', 'fr', 'es', 'de'))).toBe(true)
  expect(passes(parity, audio('en', 'ja', 'fr'))).toBe(false)
  expect(describeFilter(parity)).toBe('titles whose original language is one of en and in en, es, fr, ja')
})

test('what is no language is refused by name', () => {
  expect(() => parseLanguages('en+e!', 'Dub languages')).toThrow('Dub languages: "e!" is no language tag.')
  expect(() => parseLanguages('not ', 'Dub languages')).toThrow(/no language after "not"/)
  expect(() => parseLanguageNames('not en', 'Has all of')).toThrow('Has all of: "not en" leaves languages out')
  expect(parseLanguageNames('en+es', 'Has all of')).toEqual(['en', 'es'])
})
