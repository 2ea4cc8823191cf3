import { expect, test } from 'vitest'
import { parseNotebook } from './notebook'
import { changeTracks, foundFacts, type TrackEdit, withEdit } from './track-edits'

const french: TrackEdit = { path: 'scene.fr.wav', track: 0, language: 'fr', offsetMs: -700 }

test('a change adds to what is said of a track, and null takes it back', () => {
  const kept: TrackEdit = { path: 'scene.mp4', track: 2, kind: 'ignored' }
  const of = { path: french.path, track: 0 }
  expect(changeTracks([french], [{ ...of, kind: 'background' }, kept])).toEqual([
    { ...french, kind: 'background' },
    kept,
  ])
  expect(changeTracks([french, kept], [{ ...of, language: null }])).toEqual([{ ...of, offsetMs: -700 }, kept])
  expect(changeTracks([french, kept], [{ ...of, language: null, offsetMs: 0 }])).toEqual([kept])
})

test('languages are brought to their shortest tag; what is none, or an offset beyond an hour, is refused', () => {
  const of = { path: 'a.mp4', track: 1 }
  expect(changeTracks([], [{ ...of, language: 'Japanese' }])).toEqual([{ ...of, language: 'ja' }])
  expect(() => changeTracks([], [{ ...of, language: 'Japanish' }])).toThrow('"Japanish" is no language.')
  expect(() => changeTracks([], [{ ...of, offsetMs: 4e6 }])).toThrow('from -3600000 to 3600000')
  expect(() => changeTracks([], [{ ...of, offsetMs: Number.NaN }])).toThrow('An offset is a number of milliseconds')
})

test('a stem has no language, speech of a stem an unknown one, and an offset moves the start', () => {
  const found = foundFacts('zxx', 0.2)
  expect(withEdit(found)).toEqual({ language: 'zxx', kind: 'background', startS: 0.2 })
  expect(withEdit(found, { kind: 'speech' }).language).toBe('und')
  expect(withEdit(found, { language: 'fr' })).toMatchObject({ language: 'fr', kind: 'speech' })
  expect(withEdit(foundFacts('fr', 0), { kind: 'background' }).language).toBe('zxx')
  expect(withEdit(foundFacts('fr', 0), { language: 'zxx' }).kind).toBe('background')
  expect(withEdit(found, { offsetMs: -700 }).startS).toBeCloseTo(-0.5, 12)
})

test('a notebook keeps what is said of tracks, in its shortest form, and names what cannot be', () => {
  const notebook = (tracks: unknown) => ({
    version: 1,
    title: '',
    seed: 0,
    cells: [{ id: 'corpus', kind: 'corpus', media: [], tracks }],
  })
  const read = parseNotebook(notebook([{ ...french, language: 'French' }]))
  expect(read.cells[0]?.tracks).toEqual([french])
  expect(parseNotebook(JSON.parse(JSON.stringify(notebook(undefined)))).cells[0]).not.toHaveProperty('tracks')
  expect(() => parseNotebook(notebook([{ ...french, language: 'Frensh' }]))).toThrow(
    'cells[0].tracks[0].language: "Frensh" is no language.',
  )
  expect(() => parseNotebook(notebook([{ path: 'a', track: 0, kind: 'noise' }]))).toThrow('cells[0].tracks[0].kind')
})
