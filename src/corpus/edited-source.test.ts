import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchFixture } from '../media/fixtures.testing'
import type { TrackEdit } from '../schema/track-edits'
import { type CorpusFile, closeCorpus, type OpenTitle, openCorpus } from './open-corpus'

const fixture = async (name: string, path: string): Promise<CorpusFile> => ({
  path,
  file: new File([await fetchFixture(name)], name),
})
let files: readonly CorpusFile[]
const opened: OpenTitle[] = []
async function open(edits: readonly TrackEdit[] = []): Promise<OpenTitle> {
  const corpus = await openCorpus(files, 10, () => undefined, new AbortController().signal, edits)
  const [title] = corpus.titles
  if (!title) throw new Error(corpus.problems.map(({ message }) => message).join(' '))
  opened.push(title)
  return title
}
beforeAll(async () => {
  files = await Promise.all([
    fixture('clip.mp4', 'film/scene.mp4'),
    fixture('sound.flac', 'film/scene.fr.flac'),
    fixture('sound.m4a', 'film/scene_ja.m4a'),
  ])
})
afterAll(() => closeCorpus({ titles: opened, problems: [] }))

const idOf = ({ source }: OpenTitle, path: string) =>
  source.tracks.find(({ sound }) => sound?.path === path)?.id ?? Number.NaN

/** How many samples differ; all when there are not as many. */
const differing = (actual: Float32Array | undefined, expected: Float32Array): number =>
  actual?.length === expected.length
    ? expected.reduce((count, sample, i) => count + (sample === actual[i] ? 0 : 1), 0)
    : expected.length

test('an offset moves the samples of its track, and only of it, by exactly so many', async () => {
  const plain = await open()
  for (const path of ['film/scene.mp4', 'film/scene.fr.flac', 'film/scene_ja.m4a'])
    for (const offsetMs of [700, -1234.56, 0.1]) {
      const track = plain.source.tracks.find(({ sound }) => sound?.path === path)?.sound?.track ?? 0
      const moved = await open([{ path, track, offsetMs }])
      const id = idOf(plain, path)
      const { sampleRate, channels } = await plain.source.readAudio(id, 0, 4)
      const shift = Math.round((offsetMs / 1000) * sampleRate)
      const read = await moved.source.readAudio(id, 0, 4)
      for (const [c, channel] of channels.entries()) {
        // What comes into the window from before the title's start is compared by a read from there.
        const from = Math.max(0, shift)
        const to = Math.min(channel.length, channel.length + shift)
        const expected = channel.subarray(from - shift, to - shift)
        expect(expected.some((sample) => sample !== 0)).toBe(true)
        expect(differing(read.channels[c]?.subarray(from, to), expected), `${path} ${offsetMs}`).toBe(0)
      }
      const later = await moved.source.readAudio(id, 1 + shift / sampleRate, 2 + shift / sampleRate)
      const same = await plain.source.readAudio(id, 1, 2)
      expect(same.channels.map((channel, c) => differing(later.channels[c], channel))).toEqual(channels.map(() => 0))
      expect(moved.audio.find(({ trackId }) => trackId === id)?.startS).toBeCloseTo(
        (plain.audio.find(({ trackId }) => trackId === id)?.startS ?? 0) + offsetMs / 1000,
        9,
      )
      const other = idOf(plain, path === 'film/scene.mp4' ? 'film/scene.fr.flac' : 'film/scene.mp4')
      const [mine, theirs] = await Promise.all([moved, plain].map(({ source }) => source.readAudio(other, 0, 1)))
      expect(differing(mine?.channels[0], theirs?.channels[0] ?? new Float32Array())).toBe(0)
    }
})

test('languages, kinds and the original are as somebody says, over names and tags', async () => {
  const { audio, source } = await open([
    { path: 'film/scene.fr.flac', track: 0, language: 'fr-CA', original: true },
    { path: 'film/scene_ja.m4a', track: 0, kind: 'background' },
  ])
  expect(audio.map(({ language }) => language)).toEqual(['fr-CA', expect.any(String), 'zxx'])
  const canadian = source.tracks.find(({ language }) => language === 'fr-CA')
  expect(canadian?.sound).toEqual({
    path: 'film/scene.fr.flac',
    track: 0,
    kind: 'speech',
    offsetMs: 0,
    found: { language: 'fr', kind: 'speech', startS: canadian?.startS },
  })
  const fewer = await open([{ path: 'film/scene.fr.flac', track: 0, kind: 'ignored' }])
  expect(fewer.audio.map(({ language }) => language)).not.toContain('fr')
  expect(fewer.source.tracks.some(({ language }) => language === 'fr')).toBe(true)
})

test('an edit of a track that is not there is told and changes nothing', async () => {
  const edits: TrackEdit[] = [{ path: 'film/scene.mp4', track: 0, language: 'de' }]
  const { problems, titles } = await openCorpus(files, 10, () => undefined, new AbortController().signal, edits)
  opened.push(...titles)
  expect(problems.map(({ message }) => message)).toEqual([
    'What was edited of track 0 in film/scene.mp4 has no effect: there is no such soundtrack among the clips.',
  ])
})
