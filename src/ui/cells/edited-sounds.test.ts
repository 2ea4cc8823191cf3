import { expect, test } from 'vitest'
import type { TitleSummary } from '../../engine/api'
import { changeTracks, foundFacts, type TrackEdit } from '../../schema/track-edits'
import { changesOfAll, editsByTrack, parseMs, shownMs, soundsOf } from './edited-sounds'

const title = (file: string, languages: readonly string[]): TitleSummary => ({
  file,
  durationS: 10,
  originalLanguage: languages[0] ?? 'und',
  originalTrack: 1,
  segments: [],
  snippets: [],
  still: null,
  tracks: languages.map((language, i) => ({
    id: i + 1,
    kind: 'audio',
    codec: 'flac',
    language,
    startS: 0,
    durationS: 10,
    decodable: true,
    sound: { path: `${file}_${language}.flac`, track: i, kind: 'speech', offsetMs: 0, found: foundFacts(language, 0) },
  })),
})
const titles = [title('a', ['en', 'und', 'fra']), title('b', ['und', 'und'])]
const sounds = (edits: readonly TrackEdit[]) => titles.map((one) => soundsOf(one, editsByTrack(edits)))
const languages = (edits: readonly TrackEdit[]) => sounds(edits).map((all) => all.map(({ language }) => language))

test('undetermined tracks, a track by its number, and tracks by their name are changed in all titles at once', () => {
  const edit = (choice: Parameters<typeof changesOfAll>[1], saying: Parameters<typeof changesOfAll>[2]) =>
    changeTracks([], changesOfAll(sounds([]), choice, saying))
  expect(languages(edit({ which: { language: 'und' }, named: '' }, { language: 'German' }))).toEqual([
    ['en', 'de', 'fra'],
    ['de', 'de'],
  ])
  expect(languages(edit({ which: { number: 2 }, named: '' }, { language: 'fr' }))).toEqual([
    ['en', 'fr', 'fra'],
    ['und', 'fr'],
  ])
  expect(languages(edit({ which: 'all', named: '_FRA' }, { language: 'fre' }))).toEqual([
    ['en', 'und', 'fr'],
    ['und', 'und'],
  ])
})

test('a title has one original: what is called so by hand, in place of another', () => {
  const originals = (edits: readonly TrackEdit[]) =>
    sounds(edits).map((all) => all.filter(({ isOriginal }) => isOriginal).map(({ number }) => number))
  expect(originals([])).toEqual([[1], [1]])
  const second = changeTracks([], changesOfAll(sounds([]), { which: { number: 2 }, named: '' }, { original: true }))
  expect(originals(second)).toEqual([[2], [2]])
  const third = changeTracks(
    second,
    changesOfAll(sounds(second), { which: { number: 3 }, named: '' }, { original: true }),
  )
  expect(originals(third)).toEqual([[3], [2]])
})

test('milliseconds are read as people write them', () => {
  expect(['−700', '-700 ms', '12,5', '', '0'].map(parseMs)).toEqual([-700, -700, 12.5, 0, 0])
  expect(parseMs('soon')).toBeNaN()
  expect([-700, 12.5, 1234].map(shownMs)).toEqual(['−700 ms', '+12.5 ms', '+1 234 ms'])
})
