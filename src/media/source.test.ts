import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AudioReference,
  fetchFixture,
  openFixture,
  referenceSamples,
  references,
  relativeError,
  type VideoReference,
} from './fixtures.testing'
import { openMedia } from './source'
import { still } from './still'
import type { MediaSource, PixelFrame } from './types'

const withAudio = [
  'clip.mp4',
  'clip.mov',
  'dubs.mp4',
  'cut.mp4',
  'late-cut.mp4',
  'edits.mp4',
  'variable.mp4',
  'fragments.mp4',
  'fragments-edits.mp4',
  'opus-vp9.mp4',
  'mp3.mp4',
  'flac-av1.mp4',
  'pcm.mov',
  'clip.mkv',
  'dubs.mkv',
  'live.mkv',
  'cut.mkv',
  'opus-vp9.webm',
  'vorbis-vp8.webm',
  'sounds.mkv',
  'sounds.mp4',
  'clip.mpegts',
  'clip.m2ts',
  'sounds.mpegts',
  'sound.wav',
  'sound-float.wav',
  'sound.mp3',
  'sound.flac',
  'sound.opus',
  'sound.ogg',
  'sound.aac',
  'sound.m4a',
]
const withVideo = [
  ...withAudio.filter((name) => !/^(mp3|pcm|sound)/.test(name)),
  'sounds.mpegts',
  'av1.mkv',
  'open-gop.mkv',
  'bt709.mkv',
  'alpha.webm',
  'annex-b.mkv',
  'late-key.mkv',
  'open-gop.mp4',
  'turned.mp4',
  'bt709.mp4',
  'full-range.mp4',
  'ten-bit.mp4',
]
/** ffmpeg has an Opus decoder of its own; Chromium uses the reference one. */
const audioTolerance = (name: string): number => (name.includes('opus') ? 1e-3 : 1e-5)

async function audioOf(name: string): Promise<AudioReference[]> {
  return (await references(name)).filter((stream) => stream.kind === 'audio')
}

async function videoOf(name: string): Promise<VideoReference> {
  const video = (await references(name)).find((stream) => stream.kind === 'video')
  if (!video) throw new Error(`${name} has no video`)
  return video
}

async function collect(frames: AsyncIterable<PixelFrame>): Promise<PixelFrame[]> {
  const all: PixelFrame[] = []
  for await (const frame of frames) all.push(frame)
  return all
}

const everyTime = (source: MediaSource, id: number) => source.frameTimes(id, 0, Number.POSITIVE_INFINITY)

function meanLuma({ data, layout, width, height }: PixelFrame): number {
  const { offset, stride } = layout[0] ?? { offset: 0, stride: 0 }
  let sum = 0
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) sum += data[offset + y * stride + x] ?? 0
  return sum / (width * height)
}

describe('sound', () => {
  test.each(withAudio)('%s: every sample is where ffmpeg puts it, and silence after the end', async (name) => {
    const source = await openFixture(name)
    for (const reference of await audioOf(name)) {
      const track = source.tracks.find(({ id }) => id === reference.index)
      expect(track).toMatchObject({ channels: reference.channels, sampleRate: reference.sampleRate })
      if (!track?.decodable) continue
      const rate = reference.sampleRate
      expect(Math.abs(track.startS * rate - reference.start)).toBeLessThanOrEqual(1)
      const samples = await referenceSamples(name, reference)
      const end = Math.round((track.startS + track.durationS) * rate)
      // ffmpeg keeps the whole packet in which an edit ends.
      expect(end).toBeLessThanOrEqual(reference.start + reference.samples)
      expect(end).toBeGreaterThan(reference.start + reference.samples - 1200)
      const { channels } = await source.readAudio(track.id, 0, end / rate + 0.5)
      for (const [channel, actual] of channels.entries()) {
        expect(relativeError(actual.subarray(0, end), samples(channel, 0, end))).toBeLessThan(audioTolerance(name))
        expect(actual.length - end).toBe(Math.round(rate / 2))
        expect(actual.subarray(end).some((sample) => sample !== 0)).toBe(false)
      }
    }
  })

  test.each(withAudio)('%s: a window anywhere holds the samples of the whole track', async (name) => {
    const source = await openFixture(name)
    for (const reference of (await audioOf(name)).slice(0, 3)) {
      const track = source.tracks.find(({ id }) => id === reference.index)
      if (!track) throw new Error(`track ${reference.index} is missing`)
      const samples = await referenceSamples(name, reference)
      const end = Math.round((track.startS + track.durationS) * reference.sampleRate)
      await fc.assert(
        fc.asyncProperty(
          fc.double({ min: -0.2, max: 3, noNaN: true }),
          fc.double({ min: 0, max: 0.4, noNaN: true }),
          async (at, length) => {
            const { channels, sampleRate } = await source.readAudio(track.id, at, at + length)
            const first = Math.round(at * sampleRate)
            const count = Math.round((at + length - at) * sampleRate)
            for (const [channel, actual] of channels.entries()) {
              expect(actual.length).toBe(count)
              const expected = samples(channel, first, count).map((sample, i) => (first + i < end ? sample : 0))
              // Absolute, because a window may hold next to nothing; full scale is 1.
              const worst = actual.reduce((most, sample, i) => Math.max(most, Math.abs(sample - (expected[i] ?? 0))), 0)
              expect(worst).toBeLessThan(audioTolerance(name))
            }
          },
        ),
        { numRuns: 8, seed: 5 },
      )
    }
  })
})

describe('pictures', () => {
  test.each(withVideo)('%s: the frames of ffmpeg, at its times', async (name) => {
    const source = await openFixture(name)
    const { index, times, luma } = await videoOf(name)
    const actual = await everyTime(source, index)
    expect(actual.length).toBe(times.length)
    for (const [i, time] of times.entries()) expect(actual[i]).toBeCloseTo(time, 5)
    const frames = await collect(source.readFrames(index, actual))
    expect(frames.map((frame) => frame.index)).toEqual([...actual.keys()])
    for (const [i, frame] of frames.entries()) expect(meanLuma(frame)).toBeCloseTo(luma[i] ?? 0, 6)
  })

  test('H.264 with start codes is read though the file describes it with lengths', async () => {
    const source = await openFixture('annex-b-record.mkv')
    const { times, luma } = await videoOf('clip.mkv')
    const frames = await collect(source.readFrames(0, times))
    for (const [i, frame] of frames.entries()) expect(meanLuma(frame)).toBeCloseTo(luma[i] ?? 0, 6)
    expect(frames).toHaveLength(times.length)
  })

  test('a key frame that got lost costs no other frame its place', async () => {
    const source = await openFixture('lost-key.mkv')
    const { times } = await videoOf('lost-key.mkv')
    const frames = await collect(source.readFrames(0, times))
    expect(frames.map(({ timeS }) => timeS.toFixed(3))).toEqual(times.map((timeS) => timeS.toFixed(3)))
  })

  test.each(['clip.mp4', 'clip.mkv', 'clip.mpegts', 'edits.mp4', 'open-gop.mp4', 'open-gop.mkv', 'cut.mp4'])(
    '%s: single frames anywhere equal those of a full read',
    async (name) => {
      const source = await openFixture(name)
      const { index, luma } = await videoOf(name)
      const wanted = [0, 3, 3, 11, 12, 26, luma.length - 2, luma.length - 1].filter((i) => i < luma.length)
      const times = await everyTime(source, index)
      const timesS = wanted.map((i) => times[i] ?? 0)
      const frames = await collect(source.readFrames(index, timesS))
      expect(frames.map((frame) => frame.timeS)).toEqual(timesS)
      for (const frame of frames) expect(meanLuma(frame)).toBeCloseTo(luma[wanted[frame.index] ?? 0] ?? 0, 6)
      for (const i of wanted) {
        const [alone] = await collect(source.readFrames(index, [times[i] ?? 0]))
        expect(alone && meanLuma(alone)).toBeCloseTo(luma[i] ?? 0, 6)
      }
    },
  )

  test('colour is what the file says, and BT.601 limited when it says nothing', async () => {
    const colour = async (name: string) => {
      const [frame] = await collect((await openFixture(name)).readFrames(0, [0]))
      return frame?.colour
    }
    expect(await colour('clip.mp4')).toEqual({ matrix: 'bt601', fullRange: false })
    expect(await colour('bt709.mp4')).toEqual({ matrix: 'bt709', fullRange: false })
    expect(await colour('full-range.mp4')).toEqual({ matrix: 'bt601', fullRange: true })
  })

  test('rotation and pixel aspect count in the displayed size, and frames come unrotated', async () => {
    const turned = await openFixture('turned.mp4')
    expect(turned.tracks[0]).toMatchObject({ width: 120, height: 160 })
    const [frame] = await collect(turned.readFrames(0, [0.2]))
    expect(frame).toMatchObject({ width: 160, height: 120, rotation: turned.tracks[0]?.rotation })
    expect([90, 270]).toContain(frame?.rotation)
    expect((await openFixture('bt709.mp4')).tracks[0]).toMatchObject({ width: 213, height: 120 })
  })

  test('a still is a JPEG of the asked width, upright', async () => {
    const blob = await still(await openFixture('turned.mp4'), 1.5, 60)
    expect(blob?.type).toBe('image/jpeg')
    const bitmap = await createImageBitmap(blob ?? new Blob())
    expect([bitmap.width, bitmap.height]).toEqual([60, 80])
    expect(await still(await openFixture('mp3.mp4'), 0, 60)).toBeNull()
  })

  test('leaving a read early, cancelling it and closing the source end it', async () => {
    const source = await openFixture('clip.mp4')
    const times = await everyTime(source, 0)
    for await (const frame of source.readFrames(0, times)) if (frame.index === 1) break
    const abort = new AbortController()
    const read = collect(source.readFrames(0, times, abort.signal))
    abort.abort()
    await expect(read).rejects.toMatchObject({ name: 'AbortError' })
    await expect(source.readAudio(1, 0, 1, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    source.close()
    await expect(source.readAudio(1, 0, 1)).rejects.toThrow('clip.mp4 was closed.')
  })
})

test('the bundled clips open without a problem, languages and all', async () => {
  for (let title = 0; title < 6; title++) {
    const name = `title0${title}.mp4`
    const source = await openMedia(name, await (await fetch(`/samples/${name}`)).blob())
    expect(source.problems).toEqual([])
    expect(source.tracks.filter(({ kind }) => kind === 'video')).toHaveLength(1)
    const languages = source.tracks.filter(({ kind }) => kind === 'audio').map(({ language }) => language)
    expect(languages.length).toBeGreaterThan(1)
    expect(languages).not.toContain('und')
  }
})

describe('what goes wrong', () => {
  test('a track that cannot be decoded is named, and the rest goes on', async () => {
    const source = await openFixture('hevc.mkv')
    const [picture, sound] = source.tracks
    expect(sound).toMatchObject({ id: 1, language: 'fr', decodable: true })
    expect((await source.readAudio(1, 0, 1)).channels[0]?.some((sample) => sample !== 0)).toBe(true)
    const { supported } = await VideoDecoder.isConfigSupported({ codec: picture?.codec ?? '' })
    expect(picture?.decodable).toBe(supported)
    if (supported) return
    const cause = `Track 0 (und) of hevc.mkv: ${picture?.codec} is not decodable in this browser`
    expect(source.problems).toEqual([{ track: 0, message: `${cause}; the other track is used.` }])
    await expect(collect(source.readFrames(0, [0]))).rejects.toThrow(cause)
  })

  test('languages are those of the file, in its order, whatever the container and the coding', async () => {
    for (const name of ['dubs.mp4', 'dubs.mkv']) {
      const source = await openFixture(name)
      expect(source.tracks.map(({ language }) => language)).toEqual(['und', 'en', 'fr', 'es', 'ja'])
      expect(source.tracks.map(({ decodable }) => decodable)).toEqual([true, true, true, true, true])
      expect(source.problems).toEqual([])
    }
    const { tracks } = await openFixture('sounds.mpegts')
    expect(tracks.map(({ language }) => language)).toEqual(['und', 'fr', 'en', 'und'])
  })

  test.each([
    ['text.mp4', 'text.mp4: this is neither video nor sound (it starts with "These are no"). Drop MP4'],
    ['clip.avi', 'ffmpeg -i clip.avi -map 0 -c copy clip.mkv'],
    ['no-index.mp4', 'no-index.mp4: its index (moov) is missing'],
  ])('%s has a message of its own', async (name, message) => {
    await expect(openFixture(name)).rejects.toThrow(message)
  })

  test('a file that was cut off gives what is there', async () => {
    const source = await openFixture('cut-off.mp4')
    expect(source.problems[0]?.message).toContain('cut-off.mp4: the file ends earlier than its index says')
    const whole = await openFixture('faststart.mp4')
    const times = await everyTime(source, 0)
    expect(times.length).toBeGreaterThan(20)
    expect(times.length).toBeLessThan(100)
    const all = new Set(await everyTime(whole, 0))
    expect([...times].every((time) => all.has(time))).toBe(true)
    expect(await collect(source.readFrames(0, times))).toHaveLength(times.length)
    const [left] = (await source.readAudio(1, 0, 1)).channels
    expect(left).toEqual((await whole.readAudio(1, 0, 1)).channels[0])
  })

  test.each(['stsz', 'stts', 'stco', 'stsc', 'ctts'])(
    'an absurd count in %s costs its track, not the memory',
    async (table) => {
      const bytes = new Uint8Array(await (await fetchFixture('clip.mp4')).arrayBuffer())
      const text = new TextDecoder('latin1').decode(bytes)
      new DataView(bytes.buffer).setUint32(text.indexOf(table) + (table === 'stsz' ? 12 : 8), 0xffff_ffff)
      await expect(openMedia('x.mp4', new Blob([bytes]))).rejects.toThrow(
        `x.mp4: its ${table} table claims 4294967295 entries but holds fewer.`,
      )
    },
  )

  test('damage anywhere in the index ends in a message or in a file that opens', async () => {
    const names = ['dubs.mp4', 'fragments-edits.mp4', 'pcm.mov']
    const files = await Promise.all(
      names.map(async (name) => new Uint8Array(await (await fetchFixture(name)).arrayBuffer())),
    )
    const damage = fc.record({
      file: fc.nat(files.length - 1),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, at, bytes }) => {
        const copy = files[file]?.slice() ?? new Uint8Array(0)
        const moov = new TextDecoder('latin1').decode(copy).lastIndexOf('moov') - 4
        const size = new DataView(copy.buffer).getUint32(moov)
        copy.set(bytes, moov + 8 + Math.floor(at * (size - 16)))
        const outcome = await openMedia('x.mp4', new Blob([copy])).then(
          (source) => source.tracks.length,
          (error: unknown) => String(error),
        )
        expect(outcome).toSatisfy((seen) => typeof seen === 'number' || /^Error: x\.mp4: /.test(String(seen)))
      }),
      { numRuns: 300, seed: 7 },
    )
  })
})
