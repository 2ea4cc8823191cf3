/** `npm run media` beside ffmpeg on files as people have them: the same tracks, samples and frames at the same times. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { mediaReference, type PictureReference, type SoundReference } from './support/media-reference'
import { packedWithZlib, switchedOff } from './support/packed-matroska'

const folder = mkdtempSync(join(tmpdir(), 'dubbook-media-spec-'))
const out = join(folder, 'out')
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ffmpeg = (...args: readonly string[]) =>
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-bitexact', ...args], { cwd: folder })
const picture = (seconds = 3, rate = '25', format = 'yuv420p') => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=160x120:r=${rate}:d=${seconds},format=${format}`],
]
const noise = (seed: number, seconds = 3, rate = 48_000) => [
  ...['-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:c=pink:r=${rate}:a=0.4:seed=${seed}`],
]
const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '30', '-threads', '1']
/** Noise substitution would make what is decoded depend on where decoding began. */
const aac = ['-c:a', 'aac', '-aac_pns', '0', '-b:a', '128k']
const copied = (flags: readonly string[]) => (file: string) => ffmpeg('-i', 'base.mp4', '-c', 'copy', ...flags, file)

/** Files by name; each recipe makes its own, some from those before. */
const recipes: Readonly<Record<string, (file: string) => unknown>> = {
  'base.mp4': (file) => ffmpeg(...picture(), ...noise(1), ...h264, ...aac, file),
  'seven.mp4': (file) =>
    ffmpeg(
      ...['-i', 'base.mp4', ...noise(2), ...noise(3, 2, 44_100), ...noise(4, 5), ...noise(5, 3, 32_000)],
      ...[...noise(6, 3, 22_050), ...noise(7), '-map', '0'],
      ...[1, 2, 3, 4, 5, 6].flatMap((input) => ['-map', String(input)]),
      ...['-c:v', 'copy', ...aac, '-c:a:0', 'copy', file],
    ),
  'seven-cut.mp4': (file) => ffmpeg('-ss', '0.7', '-i', 'seven.mp4', '-map', '0', '-c', 'copy', file),
  'late.mov': (file) =>
    ffmpeg(
      ...['-i', 'base.mp4', '-itsoffset', '1.234', ...noise(3, 3, 44_100), '-itsoffset', '-0.3', ...noise(4)],
      ...['-map', '0', '-map', '1', '-map', '2', '-c:v', 'copy', ...aac, file],
    ),
  'late-picture.mp4': (file) =>
    ffmpeg('-itsoffset', '0.5', '-i', 'base.mp4', '-i', 'base.mp4', '-map', '0:v', '-map', '1:a', '-c', 'copy', file),
  'no-edits.mp4': copied(['-use_editlist', '0']),
  'negative-offsets.mp4': copied(['-movflags', 'negative_cts_offsets']),
  'fragments.mp4': copied(['-movflags', 'frag_keyframe+empty_moov+default_base_moof']),
  'fragments-late-index.mp4': copied(['-movflags', 'frag_keyframe+delay_moov']),
  'fragments-negative.mp4': copied(['-movflags', 'frag_keyframe+delay_moov+negative_cts_offsets']),
  'fragments-indexed.mp4': copied(['-movflags', 'dash+global_sidx+default_base_moof']),
  'fragments-apart.mp4': copied(['-movflags', 'frag_keyframe+separate_moof+delay_moov']),
  'index-then-fragments.mp4': copied(['-movflags', 'frag_keyframe', '-frag_duration', '500000']),
  'index-first.mp4': copied(['-movflags', 'faststart']),
  'cut.mp4': (file) => ffmpeg('-ss', '1.3', '-i', 'base.mp4', '-c', 'copy', file),
  'turned-90.mp4': copied(['-metadata:s:v:0', 'rotate=90']),
  'turned-180.mp4': copied(['-metadata:s:v:0', 'rotate=180']),
  'turned-270.mp4': copied(['-metadata:s:v:0', 'rotate=270']),
  'wide-pixels.mp4': (file) => ffmpeg(...picture(1), '-vf', 'setsar=16/11', ...h264, file),
  'variable.mp4': (file) =>
    ffmpeg(
      ...picture(),
      ...noise(1),
      '-vf',
      'select=not(mod(n\\,3))+not(mod(n\\,7))',
      '-vsync',
      'vfr',
      ...h264,
      ...aac,
      file,
    ),
  'ntsc.mov': (file) => ffmpeg(...picture(3, '24000/1001'), ...noise(1), ...h264, ...aac, file),
  'slides.mp4': (file) => ffmpeg(...picture(6, '1/2'), ...noise(1, 6), ...h264, ...aac, file),
  'uncompressed.mov': (file) =>
    ffmpeg(
      ...[
        ...picture(),
        '-itsoffset',
        '0.7',
        ...noise(1),
        ...noise(2, 2, 44_100),
        '-map',
        '0',
        '-map',
        '1',
        '-map',
        '2',
      ],
      ...[...h264, '-c:a:0', 'pcm_s16le', '-c:a:1', 'pcm_s24le', file],
    ),
  'uncompressed-cut.mov': (file) => ffmpeg('-ss', '1.1', '-i', 'uncompressed.mov', '-map', '0', '-c', 'copy', file),
  'mono.mp4': (file) => ffmpeg(...picture(), ...noise(1), ...h264, '-c:a', 'libmp3lame', file),
  'open-groups.mp4': (file) =>
    ffmpeg(...picture(), ...h264, '-x264-params', 'open-gop=1:keyint=25:scenecut=0:b-pyramid=none', file),
  'open-groups-cut.mp4': (file) => ffmpeg('-ss', '1.5', '-i', 'open-groups.mp4', '-c', 'copy', file),
  'first-key-missing.mp4': copied(['-bsf:v', 'noise=drop=eq(n\\,0)']),
  'keys-missing.mp4': copied(['-bsf:v', 'noise=drop=lt(n\\,5)+between(n\\,28\\,34)']),
  'no-key-table.mp4': (file) => {
    const bytes = readFileSync(join(folder, 'base.mp4'))
    bytes.write('free', bytes.indexOf('stss'))
    writeFileSync(join(folder, file), bytes)
  },
  'full-colour.mp4': (file) => ffmpeg(...picture(1, '25', 'yuv444p'), '-c:v', 'libx264', file),
  'see-through.mp4': (file) =>
    ffmpeg(...picture(1, '25', 'yuva420p'), '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', file),
  'sound-only.m4a': (file) => ffmpeg(...noise(9, 2, 44_100), ...aac, file),
  'fine-sound.mp4': (file) =>
    ffmpeg(...noise(10, 1, 96_000), '-c:a', 'flac', '-sample_fmt', 's32', '-strict', '-2', file),
  'base.mkv': copied([]),
  'packed.mkv': (file) => writeFileSync(join(folder, file), packedWithZlib(readFileSync(join(folder, 'base.mkv')))),
  'switched-off.mkv': (file) => writeFileSync(join(folder, file), switchedOff(readFileSync(join(folder, 'base.mkv')))),
  'interlaced.ts': (file) =>
    ffmpeg(...picture(1), ...noise(11, 1), ...h264, '-flags', '+ilme+ildct', ...aac, '-f', 'mpegts', file),
  'narrow-pixels.ts': (file) => ffmpeg(...picture(1), '-vf', 'setsar=8/9', ...h264, '-f', 'mpegts', file),
  'begins-anywhere.ts': (file) => {
    ffmpeg('-i', 'base.mp4', '-c', 'copy', 'whole.ts')
    const bytes = readFileSync(join(folder, 'whole.ts'))
    const isTable = (at: number) => bytes.readUInt32BE(at) >>> 8 === 0x474000
    const tables = Array.from({ length: bytes.length / 188 }, (_, packet) => packet * 188).filter(isTable)
    // What is left of a packet, and then the tables: nothing is known of what comes before them.
    writeFileSync(join(folder, file), bytes.subarray((tables[2] ?? 0) - 111))
  },
  'tagged.aac': (file) => ffmpeg(...noise(12, 1), ...aac, '-write_id3v2', '1', '-metadata', 'title=One', file),
}

interface Report {
  readonly container: string | null
  readonly tracks: readonly Record<string, unknown>[]
  readonly problems: readonly string[]
}

/** Mean over the channels of a WAV file of ours. */
function readWav(path: string, channels: number): Float32Array {
  const bytes = readFileSync(path)
  const from = bytes.indexOf('data') + 8
  const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset + from, bytes.byteOffset + bytes.length))
  return Float32Array.from({ length: samples.length / channels }, (_, i) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += samples[i * channels + channel] ?? 0
    return sum / channels
  })
}

/** By how many samples `actual` comes late, where the two agree best. */
function lagOf(actual: Float32Array, expected: Float32Array): number {
  const mostLag = 100
  const [from, to] = [mostLag, Math.min(actual.length, expected.length) - mostLag]
  let best = Number.NEGATIVE_INFINITY
  let lag = Number.NaN
  for (let shift = -mostLag; shift <= mostLag; shift++) {
    let sum = 0
    for (let i = from; i < to; i++) sum += (expected[i] ?? 0) * (actual[i + shift] ?? 0)
    if (sum <= best) continue
    best = sum
    lag = shift
  }
  return lag
}

function expectSound(name: string, track: Record<string, unknown>, reference: SoundReference): void {
  const { sampleRate, channels, startS, endS, mono } = reference
  expect(track).toMatchObject({ kind: 'audio', decodable: true, sampleRate, channels })
  expect(Math.abs(Number(track.startS) - startS) * sampleRate).toBeLessThan(1.01)
  const actual = readWav(join(out, `${name}.${track.id}.wav`), channels)
  // The container says how much of its last packet counts; ffmpeg decodes all of it.
  expect(actual.length).toBeLessThanOrEqual(Math.round(endS * sampleRate) + 1)
  expect(actual.length).toBeGreaterThan(Math.round(endS * sampleRate) - 1153)
  expect(lagOf(actual, mono)).toBe(0)
  const worst = actual.reduce((most, sample, i) => Math.max(most, Math.abs(sample - (mono[i] ?? 0))), 0)
  expect(worst).toBeLessThan(1e-3)
}

function expectPictures(name: string, track: Record<string, unknown>, reference: PictureReference): void {
  const { width, height, rotation, timesS, colours } = reference
  expect(track).toMatchObject({ kind: 'video', decodable: true, width, height, rotation })
  const [header, ...lines] = readFileSync(join(out, `${name}.${track.id}.frames.csv`), 'utf8')
    .trim()
    .split('\n')
  expect(header).toBe('timeS,meanR,meanG,meanB')
  expect(lines).toHaveLength(timesS.length)
  for (const [i, line] of lines.entries()) {
    const [timeS = Number.NaN, ...colour] = line.split(',').map(Number)
    expect(Math.abs(timeS - (timesS[i] ?? 0))).toBeLessThan(1e-3)
    const off = colour.map((value, channel) => Math.abs(value - (colours[i]?.[channel] ?? 0)))
    expect(Math.max(...off)).toBeLessThan(2)
  }
}

test('files have the tracks, samples and frames that ffmpeg finds in them', async () => {
  test.setTimeout(10 * 60_000)
  for (const [name, make] of Object.entries(recipes)) make(name)
  writeFileSync(join(folder, 'notes.mp4'), 'These are notes.\n')
  const names = Object.keys(recipes)
  const files = [...names, 'notes.mp4'].map((name) => join(folder, name))
  const { status, stderr } = spawnSync(process.execPath, [resolve('scripts/media.mjs'), ...files, '--out', out])
  expect(stderr.toString()).toContain('notes.mp4: this is neither video nor sound')
  expect(status).toBe(0)
  const report = (name: string): Report => JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8'))
  expect(report('notes.mp4')).toMatchObject({ container: null, tracks: [] })
  for (const name of names)
    await test.step(name, () => {
      const { tracks, problems } = report(name)
      expect(problems).toEqual([])
      const references = mediaReference(join(folder, name))
      expect(tracks.map(({ kind }) => kind)).toEqual(references.map(({ kind }) => kind))
      for (const [i, reference] of references.entries()) {
        const track = tracks[i] ?? {}
        if (reference.kind === 'audio') expectSound(name, track, reference)
        else expectPictures(name, track, reference)
      }
    })
})

test('tracks that a transport stream has and nobody here reads are named, with what makes them readable', () => {
  ffmpeg(...picture(1), ...noise(1, 1), '-c:v', 'mpeg2video', '-c:a', 'mp2', 'broadcast.ts')
  const disc = ['-c:a', 'eac3', '-f', 'mpegts', '-mpegts_m2ts_mode', '1']
  ffmpeg(...picture(1), ...noise(1, 1), ...h264, ...disc, 'disc.m2ts')
  const names = ['broadcast.ts', 'disc.m2ts']
  const files = names.map((name) => join(folder, name))
  execFileSync(process.execPath, [resolve('scripts/media.mjs'), ...files, '--out', out], { stdio: 'ignore' })
  const [broadcast, disk]: Report[] = names.map((name) => JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8')))
  expect(broadcast?.tracks).toMatchObject([{ kind: 'audio', decodable: true }])
  expect(broadcast?.problems.join()).toMatch(/broadcast\.ts: a track of MPEG-2 video is left out.*libx264/)
  expect(disk?.tracks).toMatchObject([{ kind: 'video', decodable: true }])
  expect(disk?.problems.join()).toMatch(/disc\.m2ts: a track of E-AC-3 .* is left out.*-c copy/)
})

test('tracks in codings that nobody here decodes are listed beside the others, and count for the clock', () => {
  const sounds = ['-c:a:0', 'truehd', '-c:a:1', 'aac', '-strict', '-2']
  ffmpeg(...noise(1, 1), '-itsoffset', '0.5', ...noise(2, 1), '-map', '0', '-map', '1', ...sounds, 'discs.mkv')
  execFileSync(process.execPath, [resolve('scripts/media.mjs'), join(folder, 'discs.mkv'), '--out', out])
  const { tracks, problems }: Report = JSON.parse(readFileSync(join(out, 'discs.mkv.json'), 'utf8'))
  expect(tracks).toMatchObject([
    { id: 0, kind: 'audio', codec: 'A_TRUEHD', startS: 0, decodable: false, channels: 2, sampleRate: 48_000 },
    { id: 1, kind: 'audio', decodable: true },
  ])
  expect(Number(tracks[1]?.startS)).toBeCloseTo(0.479, 2)
  expect(problems.join()).toMatch(/^Track 0 \(und\) of discs\.mkv: A_TRUEHD is not decodable.*the other track is used/)
})

test('a part of title time is what the whole has there', () => {
  const clip = join(folder, 'long.mp4')
  ffmpeg(...picture(12), ...noise(5, 12), ...h264, ...aac, 'long.mp4')
  const inspect = (into: string, ...range: readonly string[]): string => {
    const args = [resolve('scripts/media.mjs'), clip, '--out', into, ...range]
    execFileSync(process.execPath, args, { stdio: 'ignore' })
    return into
  }
  const whole = inspect(out)
  const part = inspect(join(folder, 'part'), '--from', '9.5', '--to', '11')
  const samples = (from: string) => readWav(join(from, 'long.mp4.1.wav'), 1)
  const expected = samples(whole).subarray(9.5 * 48_000, 11 * 48_000)
  const actual = samples(part)
  expect(actual.length).toBe(expected.length)
  expect(actual.every((sample, i) => Math.abs(sample - (expected[i] ?? 0)) < 1e-5)).toBe(true)
  const lines = (from: string) => readFileSync(join(from, 'long.mp4.0.frames.csv'), 'utf8').trim().split('\n').slice(1)
  const timeOf = (line: string): number => Number(line.split(',')[0])
  expect(lines(part)).toEqual(lines(whole).filter((line) => timeOf(line) >= 9.5 && timeOf(line) < 11))
})
