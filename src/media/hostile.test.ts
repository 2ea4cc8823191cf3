/** Files that are damaged on purpose: each ends in a message or a result, and the good ones beside it still open. */
import { describe, expect, test } from 'vitest'
import { fetchFixture } from './fixtures.testing'
import { asGood, type Bytes, type Good, mutate, outcomeOf, seeded, trackList } from './hostile.testing'
import { openMedia } from './source'

/** One or more good files a container. */
const containers: Readonly<Record<string, readonly string[]>> = {
  MP4: ['dubs.mp4', 'edits.mp4', 'sounds.mp4'],
  MOV: ['clip.mov', 'pcm.mov'],
  'fragmented MP4': ['fragments.mp4', 'fragments-edits.mp4'],
  Matroska: ['dubs.mkv', 'sounds.mkv'],
  WebM: ['opus-vp9.webm', 'vorbis-vp8.webm'],
  'MPEG transport stream': ['clip.mpegts', 'sounds.mpegts'],
  'sound file': ['sound.wav', 'sound.mp3', 'sound.flac', 'sound.ogg', 'sound.opus', 'sound.aac', 'sound.m4a'],
}
/** The limit. */
const longestMs = 5000

const good = async (name: string): Promise<Good> => asGood(name, await fetchFixture(name))

/** A message names the file and says more than that. */
function expectMessages(name: string, messages: readonly string[]): void {
  for (const message of messages) {
    expect(message).toContain(name)
    expect(message.length).toBeGreaterThan(name.length + 10)
  }
}

async function expectEnds(name: string, bytes: Bytes): Promise<Awaited<ReturnType<typeof outcomeOf>>> {
  const outcome = await outcomeOf(name, bytes)
  expect(outcome.openMs).toBeLessThan(longestMs)
  expectMessages(name, outcome.messages)
  if (outcome.tracks === null || outcome.read === 0) expect(outcome.messages).not.toEqual([])
  return outcome
}

/** Damages files of one container `count` times. */
async function survives(names: readonly string[], count: number, firstSeed: number): Promise<void> {
  const files = await Promise.all(names.map(good))
  const whole = new Map<string, string>()
  for (const { name, bytes } of files) {
    const { tracks } = await expectEnds(name, bytes)
    whole.set(name, trackList(tracks ?? []))
  }
  let payloadOnly = 0
  let sameTracks = 0
  let decoded = 0
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const file = files[seed % files.length]
    if (!file) continue
    const { bytes, onlyPayload } = mutate(file, seeded(seed))
    const outcome = await expectEnds(file.name, bytes)
    if (!onlyPayload) continue
    payloadOnly++
    if (outcome.tracks && trackList(outcome.tracks) === whole.get(file.name)) sameTracks++
    if (outcome.read > 0) decoded++
  }
  // Damage to what is played leaves the list of tracks alone, and most of it can be decoded still.
  expect(sameTracks).toBeGreaterThanOrEqual(0.95 * payloadOnly)
  expect(decoded).toBeGreaterThanOrEqual(0.95 * payloadOnly)
  for (const { name, bytes } of files) {
    const { tracks, messages } = await expectEnds(name, bytes)
    expect(trackList(tracks ?? [])).toBe(whole.get(name))
    expect(messages.filter((message) => message.includes('too long'))).toEqual([])
  }
}

describe('damage by seed', () => {
  const each = Math.ceil(200 / Object.keys(containers).length)
  test.each(Object.entries(containers))('%s: a sample ends in messages or results', async (_, names) => {
    await survives(names, each, 1)
  })

  test.each(Object.entries(containers))(
    '%s: 2,000 files end in messages or results @long',
    { timeout: 30 * 60_000 },
    async (_, names) => {
      await survives(names, 2000, 1000)
    },
  )
})

/** Finds a box by its type and sets a number in it, counted from the type on. */
function patched({ bytes }: Good, type: string, offset: number, value: number, width: 2 | 4 = 4): Bytes {
  const copy = bytes.slice()
  const at = new TextDecoder('latin1').decode(copy).lastIndexOf(type)
  const view = new DataView(copy.buffer)
  if (width === 2) view.setUint16(at + offset, value)
  else view.setUint32(at + offset, value)
  return copy
}

const pictureFile = async (): Promise<Bytes> => {
  const canvas = new OffscreenCanvas(64, 64)
  canvas.getContext('2d')?.fillRect(0, 0, 30, 30)
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())
}

/** The whole `trak` boxes of a file once more, at the end of `moov`, which lies behind the media. */
function withTracksTwice({ bytes }: Good): Bytes {
  const view = new DataView(bytes.buffer)
  const text = new TextDecoder('latin1').decode(bytes)
  const moov = text.lastIndexOf('moov') - 4
  const first = text.indexOf('trak', moov) - 4
  const end = moov + view.getUint32(moov)
  const copy = new Uint8Array(bytes.length + end - first)
  copy.set(bytes.subarray(0, end))
  copy.set(bytes.subarray(first, end), end)
  new DataView(copy.buffer).setUint32(moov, end - moov + end - first)
  return copy
}

const broken: Readonly<Record<string, (clip: Good) => Bytes | Promise<Bytes>>> = {
  'nothing at all': () => new Uint8Array(0),
  'one byte': () => new Uint8Array(1),
  'zeros only': () => new Uint8Array(100_000),
  'random bytes': () => {
    const random = seeded(3)
    return Uint8Array.from({ length: 100_000 }, () => Math.floor(random() * 256))
  },
  'a picture renamed': pictureFile,
  'every box of zero size': ({ bytes }) => bytes.slice().fill(0, 0, 4),
  'a box of 16 EiB': ({ bytes }) => {
    const copy = bytes.slice()
    copy.set([0, 0, 0, 1], 0)
    copy.fill(0xff, 8, 16)
    return copy
  },
  'an index larger than the file': (clip) => patched(clip, 'moov', -4, 0x7fff_ffff),
  'tracks twice': withTracksTwice,
  'no clock of a track': (clip) => patched(clip, 'mdhd', 16, 0),
  'no clock at all': (clip) => patched(clip, 'mvhd', 16, 0),
  'no time between samples (0 fps)': (clip) => patched(clip, 'stts', 16, 0),
  'hours between samples': (clip) => patched(clip, 'stts', 16, 0x7fff_ffff),
  'a header that says 100 hours': (clip) => patched(clip, 'mvhd', 20, 360_000_000),
  '0 Hz': (clip) => patched(clip, 'mp4a', 28, 0),
  '65535 channels': (clip) => patched(clip, 'mp4a', 20, 65_535, 2),
  'a million samples a chunk': (clip) => patched(clip, 'stsc', 16, 1_000_000),
  'chunks that lie in the index': ({ bytes }) => {
    const text = new TextDecoder('latin1').decode(bytes)
    return patched({ name: '', bytes, index: [], payload: [] }, 'stco', 12, text.lastIndexOf('moov'))
  },
  'a picture of 65535 by 65535': (clip) => patched(clip, 'avc1', 28, 0xffff_ffff),
}

describe('broken on purpose', () => {
  test.each(Object.entries(broken))('%s', async (_, make) => {
    const clip = await good('clip.mp4')
    await expectEnds('broken.mp4', await make(clip))
    const beside = await openMedia('clip.mp4', new Blob([clip.bytes]))
    expect(beside.tracks.map(({ decodable }) => decodable)).toEqual([true, true])
    expect(beside.problems).toEqual([])
    beside.close()
  })

  test('cut off at every kind of place', async () => {
    for (const name of ['faststart.mp4', 'fragments.mp4', 'clip.mkv', 'clip.mpegts']) {
      const { bytes } = await good(name)
      for (const length of [1, 7, 8, 40, 300, 1000, 5000, bytes.length >> 1, bytes.length - 1])
        await expectEnds(name, bytes.slice(0, length))
    }
  })
})
