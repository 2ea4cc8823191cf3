import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMedia } from '../media/source'
import { type CorpusFile, closeCorpus, type OpenCorpus, openCorpus } from './open-corpus'
import { WindowReader } from './window-reader'

const signal = new AbortController().signal
async function sample(name: string): Promise<CorpusFile> {
  const response = await fetch(`/samples/${name}`)
  return { path: name, file: new File([await response.blob()], name) }
}

let corpus: OpenCorpus
beforeAll(async () => {
  const files = await Promise.all(
    ['title01.mp4', 'title00.mp4', 'labels.csv', 'titles.csv', 'utterances.csv'].map(sample),
  )
  const broken = { path: 'notes.mp4', file: new File(['These are notes, not a film.'], 'notes.mp4') }
  corpus = await openCorpus([...files, broken], 10, () => undefined, signal)
})
afterAll(() => closeCorpus(corpus))

describe('openCorpus', () => {
  it('makes titles of clips, in the order of their names, with tracks, snippets and labelled segments', () => {
    expect(corpus.titles.map(({ file }) => file)).toEqual(['title00.mp4', 'title01.mp4'])
    for (const { audio, snippets, segments, durationS } of corpus.titles) {
      expect(audio.map(({ language }) => language)).toEqual(['en', 'es', 'fr', 'ja'])
      expect(durationS).toBeCloseTo(30, 1)
      expect(snippets).toHaveLength(3)
      expect(segments.map(({ labels }) => labels.scene)).toHaveLength(3)
    }
  })

  it('calls a clip by its name, and by its folders too where two have one name', async () => {
    const { file } = await sample('title00.mp4')
    const twice = await openCorpus(
      ['a/one.mp4', 'a/two.mp4', 'b/two.mp4'].map((path) => ({ path, file })),
      10,
      () => undefined,
      signal,
    )
    expect(twice.titles.map((title) => title.file)).toEqual(['one.mp4', 'a/two.mp4', 'b/two.mp4'])
    closeCorpus(twice)
  })

  it('tells of a file that is no clip by name, and of rows about clips that were not given', () => {
    expect(corpus.problems.find(({ file }) => file === 'notes.mp4')?.message).toContain('notes.mp4')
    expect(corpus.problems.some(({ file, message }) => file === 'labels.csv' && message.includes('title02'))).toBe(true)
  })
})

const fixture = async (name: string, path: string): Promise<CorpusFile> => {
  const response = await fetch(`/.cache/fixtures/${name}`)
  return { path, file: new File([await response.blob()], path.slice(path.lastIndexOf('/') + 1)) }
}

describe('sound files beside a video', () => {
  it('become soundtracks of the video, in the languages that their names and folders say', async () => {
    const files = await Promise.all([
      fixture('clip.mkv', 'film/scene.mkv'),
      fixture('sound.m4a', 'film/scene.fr.m4a'),
      fixture('sound.flac', 'film/ja/scene.flac'),
      fixture('sound.opus', 'film/scene [Spanish] commentary.opus'),
      fixture('sound.wav', 'film/song.wav'),
    ])
    const { titles, problems } = await openCorpus(files, 10, () => undefined, signal)
    const [title] = titles
    expect(titles).toHaveLength(1)
    expect(title?.file).toBe('scene.mkv')
    expect(title?.audio.map(({ language, file }) => [language, file])).toEqual([
      ['und', undefined],
      ['ja', 'scene.flac'],
      ['fr', 'scene.fr.m4a'],
      ['es', 'scene [Spanish] commentary.opus'],
    ])
    expect(title?.source.tracks.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4])
    expect(problems.map(({ file }) => file)).toEqual(['song.wav'])
    expect(problems[0]?.message).toMatch(/^song\.wav: it has sound only, and no video here has its name/)

    const trackId = title?.audio[1]?.trackId ?? -1
    const alone = await openMedia('scene.flac', files[2]?.file ?? new Blob())
    expect(await title?.source.readAudio(trackId, 0.5, 0.7)).toEqual(await alone.readAudio(0, 0.5, 0.7))
    await expect(title?.source.readAudio(0, 0, 1)).rejects.toThrow('has no audio track 0')
    closeCorpus({ titles, problems })
    await expect(title?.source.readAudio(trackId, 0, 1)).rejects.toThrow('scene.flac was closed.')
  })

  it('belong to the video that an edit names, though the name of the sound is another', async () => {
    const files = await Promise.all([
      fixture('open-gop.mkv', 'film/scene.mkv'),
      fixture('open-gop.mkv', 'film/other.mkv'),
      fixture('sound.flac', 'film/music/take [fr].flac'),
    ])
    const without = await openCorpus(files, 10, () => undefined, signal)
    expect(without.problems).toContainEqual(
      expect.objectContaining({ file: 'take [fr].flac', unassigned: 'film/music/take [fr].flac' }),
    )
    closeCorpus(without)
    // From one folder further up, as another drop may have it.
    const edits = [{ path: 'film/music/take [fr].flac', track: 0, video: 'films/film/scene.mkv', language: 'ja' }]
    const { titles, problems } = await openCorpus(files, 10, () => undefined, signal, edits)
    expect(titles.map(({ file, audio }) => [file, audio.map(({ language }) => language)])).toEqual([
      ['scene.mkv', ['ja']],
    ])
    expect(problems.map(({ file }) => file)).toEqual(['other.mkv'])
    closeCorpus({ titles, problems })
  })

  it('give a voice to a video that has none', async () => {
    const files = await Promise.all([
      fixture('open-gop.mkv', 'scene.mkv'),
      fixture('sound.mp3', 'scene_fra.mp3'),
      fixture('sound.ogg', 'scene_eng.ogg'),
    ])
    const { titles, problems } = await openCorpus(files, 10, () => undefined, signal)
    expect(titles.map(({ audio }) => audio.map(({ language }) => language))).toEqual([['en', 'fr']])
    expect(problems).toEqual([])
    closeCorpus({ titles, problems })
  })
})

describe('WindowReader', () => {
  it('gives the same frames and samples whether it keeps everything decoded or decodes each window', async () => {
    const [title] = corpus.titles
    if (!title) throw new Error('There is a title.')
    const keeping = new WindowReader(corpus)
    const decoding = new WindowReader(corpus, 0)
    for (const startS of [0, 7.31, 26.9]) {
      const [kept, decoded] = await Promise.all([keeping, decoding].map((reader) => reader.clip(title, startS, 3, 4)))
      expect(kept?.map(({ timeS }) => timeS)).toEqual(decoded?.map(({ timeS }) => timeS))
      expect(kept).toHaveLength(4)
      kept?.forEach(({ data }, index) => {
        expect(data).toEqual(decoded?.[index]?.data)
      })
      const trackId = title.audio[1]?.trackId ?? 0
      const sounds = await Promise.all([keeping, decoding].map((reader) => reader.sound(title, trackId, startS, 3)))
      expect(sounds[0]?.channels[0]).toHaveLength(144_000)
      // AAC fills some bands with noise that depends on where decoding began, so the samples agree in all but that noise:
      // much better in place than one sample to either side.
      const [kept48k, decoded48k] = sounds.map(({ channels }) => channels[0] ?? new Float32Array())
      const difference = (lag: number) =>
        Math.hypot(
          ...Array.from({ length: 20_000 }, (_, i) => (kept48k?.[5000 + i] ?? 0) - (decoded48k?.[5000 + i + lag] ?? 0)),
        )
      expect(difference(0)).toBeLessThan(0.7 * difference(1))
      expect(difference(0)).toBeLessThan(0.7 * difference(-1))
    }
  })

  it('takes frames evenly from a window, both ends included', async () => {
    const [title] = corpus.titles
    if (!title) throw new Error('There is a title.')
    const frames = await new WindowReader(corpus).clip(title, 2, 3, 16)
    const expected = Array.from({ length: 16 }, (_, i) => (50 + 5 * i) / 25)
    for (const [i, timeS] of expected.entries()) expect(frames[i]?.timeS).toBeCloseTo(timeS, 6)
    expect(frames).toHaveLength(16)
  })
})
