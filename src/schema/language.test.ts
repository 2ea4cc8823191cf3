import fc from 'fast-check'
import { expect, test } from 'vitest'
import { languageInName, normaliseLanguage, parseLanguage } from './language'

test('codes of two and three letters become the shortest tag, both spellings alike', () => {
  const codes = ['eng', 'spa', 'fra', 'fre', 'FR', 'jpn', 'deu', 'ger', 'ita', 'kor', 'chi', 'zho', 'cmn']
  expect(codes.map(normaliseLanguage)).toEqual([
    ...['en', 'es', 'fr', 'fr', 'fr', 'ja', 'de', 'de', 'it', 'ko', 'zh', 'zh', 'zh'],
  ])
})

test('tags keep their region, unknown codes stay, and nothing is und', () => {
  expect(['pt-BR', 'es_419', 'fre-CA', 'und', 'qaa', 'mis'].map(normaliseLanguage)).toEqual([
    ...['pt-BR', 'es-419', 'fr-CA', 'und', 'qaa', 'mis'],
  ])
  expect([undefined, '', '```', '\0\0\0', 'Surround', 'x'].map(normaliseLanguage)).toEqual([
    ...['und', 'und', 'und', 'und', 'und', 'und'],
  ])
})

test('names are understood in English and in the language itself', () => {
  expect(
    ['French', 'français', 'FRANCAIS', 'Deutsch', '日本語', 'Brazilian Portuguese'].map(normaliseLanguage),
  ).toEqual([...['fr', 'fr', 'fr', 'de', 'ja', 'pt-BR']])
  expect(['Canadian French', 'Latin American Spanish', 'Castilian', 'Farsi'].map(normaliseLanguage)).toEqual([
    ...['fr-CA', 'es-419', 'es', 'fa'],
  ])
})

test('every language with a name is found by it', () => {
  const english = new Intl.DisplayNames(['en'], { type: 'language' })
  for (const tag of [
    'en',
    'es',
    'fr',
    'ja',
    'de',
    'it',
    'ko',
    'zh',
    'pt',
    'ru',
    'hi',
    'ar',
    'tr',
    'pl',
    'nl',
    'sv',
    'uk',
  ])
    expect(normaliseLanguage(english.of(tag))).toBe(tag)
})

test('normalising twice changes nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('fre', 'French', 'pt_br', 'zh-hant')),
      (text) => {
        const once = normaliseLanguage(text)
        expect(normaliseLanguage(once)).toBe(once)
      },
    ),
  )
})

test('in file names only what people use for languages counts', () => {
  expect(['fr', 'FRA', 'fre', 'pt-BR', 'pt_br', 'French', 'und', 'yue'].map(languageInName)).toEqual([
    ...['fr', 'fr', 'fr', 'pt-BR', 'pt-BR', 'fr', 'und', 'yue'],
  ])
  expect(['the', 'mix', 'new', 'dvd', 'x264', 'commentary', '5', 'xx'].map(languageInName)).toEqual(
    new Array(8).fill(null),
  )
})

test('what somebody types is a language in any of its forms, or refused with what would be one', () => {
  for (const text of ['fr', 'fra', 'fre', ' FR ', 'French', 'français']) expect(parseLanguage(text), text).toBe('fr')
  expect(parseLanguage('pt_BR')).toBe('pt-BR')
  expect(parseLanguage('background')).toBe('zxx')
  expect(parseLanguage('und')).toBe('und')
  for (const text of ['', 'Frensh', 'e!', 'x', 'xx', '12'])
    expect(() => parseLanguage(text), text).toThrow(`"${text}" is no language. Write a code such as fr`)
})
