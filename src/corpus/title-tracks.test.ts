import { expect, test } from 'vitest'
import type { TitleTrack } from './edited-source'
import { fillLanguages } from './fill-languages'
import { titleSoundtracks } from './title-tracks'

let nextId = 0
const sound = (language: string, more: Partial<TitleTrack> = {}): TitleTrack => ({
  id: nextId++,
  kind: 'audio',
  codec: 'opus',
  language,
  startS: 0,
  durationS: 10,
  decodable: true,
  ...more,
})
const languages = (tracks: readonly TitleTrack[], original?: string, written?: readonly string[]) =>
  titleSoundtracks({ tracks: fillLanguages(tracks, written) }, original).map(({ language }) => language)

test('the original is the language that is said, else the only default track, else the first', () => {
  const tracks = [sound('fr'), sound('en', { isDefault: true }), sound('ja')]
  expect(languages(tracks, 'ja')).toEqual(['ja', 'fr', 'en'])
  expect(languages(tracks)).toEqual(['en', 'fr', 'ja'])
  expect(languages(tracks.map((track) => ({ ...track, isDefault: true })))).toEqual(['fr', 'en', 'ja'])
  expect(languages(tracks, 'ko')).toEqual(['en', 'fr', 'ja'])
})

test('a commentary comes last and is never the original, even as the default', () => {
  const name = "Director's Commentary"
  const refs = titleSoundtracks({ tracks: [sound('en', { name, isDefault: true }), sound('en'), sound('fr')] }, 'en')
  expect(refs.map(({ language, name: called }) => [language, called])).toEqual([
    ['en', undefined],
    ['fr', undefined],
    ['en', name],
  ])
})

test('languages that a table gives fill what the file leaves open, by position', () => {
  const tracks = [sound('und'), sound('fr'), sound('und', { decodable: false }), sound('und')]
  expect(languages(tracks, 'ja', ['en', 'de', 'es', 'ja'])).toEqual(['ja', 'en', 'fr'])
  expect(languages([sound('und'), sound('und')])).toEqual(['und', 'und'])
})

test('what cannot be decoded is no soundtrack', () => {
  expect(languages([sound('en', { decodable: false }), { ...sound('und'), kind: 'video' }])).toEqual([])
})

test('the track that somebody calls the original is it, and one that is called speech is no commentary', () => {
  const name = 'Commentary'
  const tracks = [sound('fr', { isDefault: true }), sound('en'), sound('ja', { name, said: { kind: 'speech' } })]
  expect(languages(tracks, 'fr')).toEqual(['fr', 'en', 'ja'])
  const chosen = [sound('fr', { isDefault: true }), sound('en'), sound('ja', { name, said: { original: true } })]
  expect(languages(chosen, 'fr')).toEqual(['ja', 'fr', 'en'])
})

test('what is ignored is no soundtrack', () => {
  expect(languages([sound('en', { said: { kind: 'ignored' } }), sound('fr')])).toEqual(['fr'])
})
