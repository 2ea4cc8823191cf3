import { expect, test } from 'vitest'
import { normaliseLanguage } from './language'

test('three-letter codes become the shortest tag, both spellings alike', () => {
  const codes = ['eng', 'spa', 'fra', 'fre', 'jpn', 'deu', 'ger', 'ita', 'kor', 'chi', 'zho']
  expect(codes.map(normaliseLanguage)).toEqual(['en', 'es', 'fr', 'fr', 'ja', 'de', 'de', 'it', 'ko', 'zh', 'zh'])
})

test('tags keep their region, unknown codes stay, and nothing is und', () => {
  expect(['pt-BR', 'es_419', 'und', 'qaa', 'mis'].map(normaliseLanguage)).toEqual([
    'pt-BR',
    'es-419',
    'und',
    'qaa',
    'mis',
  ])
  expect([undefined, '', '```', '\0\0\0'].map(normaliseLanguage)).toEqual(['und', 'und', 'und', 'und'])
})
