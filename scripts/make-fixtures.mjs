/**
 * Makes the media files that tests read, and what ffmpeg sees in each, into `.cache/fixtures/`. Runs before the tests
 * (`test.globalSetup` of vite.config.ts) and does nothing when script and ffmpeg are the ones that made what lies there.
 *
 * `NAME.json`: `{ streams: [{ index, kind, times | (sampleRate, channels, start, samples), luma }] }` in title time, where
 * `NAME.INDEX.f32` holds interleaved samples from sample `start` of the title's grid on, holes filled with silence.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const finished = join(root, '.cache', 'fixtures')
/** Made aside and moved at the end, so that a run beside this one never sees half of it. */
const folder = `${finished}-${process.pid}`
const run = (program, args) => execFileSync(program, args, { cwd: folder, maxBuffer: 2 ** 30 })
const ffmpeg = (...args) => run('ffmpeg', ['-v', 'error', '-y', '-bitexact', ...args])
const probe = (...args) => JSON.parse(run('ffprobe', ['-v', 'error', '-of', 'json', ...args]).toString())

/** Noise has one place where it fits; noise substitution would make what is decoded depend on where decoding began. */
const noise = (seed, rate, layout, seconds = 4) => {
  const channels = { mono: 1, stereo: 2, 5.1: 6 }[layout]
  const graph = `anoisesrc=d=${seconds}:c=pink:r=${rate}:a=0.4:seed=${seed}`
  const delays = Array.from({ length: channels }, (_, i) => i * 7).join('|')
  return [
    '-f',
    'lavfi',
    '-i',
    `${graph},pan=${layout}|${Array.from({ length: channels }, (_, i) => `c${i}=c0`).join('|')},adelay=${delays}`,
  ]
}
const picture = (seconds = 4) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=size=160x120:rate=25:duration=${seconds},format=yuv420p`,
]
const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '40', '-threads', '1']
const aac = ['-c:a', 'aac', '-aac_pns', '0', '-b:a', '160k']

/** Replaces the contents of the edit list of track `track`; the index must lie behind the media. */
function withEdits(bytes, track, entries) {
  const grow = []
  let traks = -1
  let result = bytes
  const visit = (from, to, parents) => {
    for (let at = from; at < to; ) {
      const size = bytes.readUInt32BE(at)
      const type = bytes.toString('latin1', at + 4, at + 8)
      if (type === 'trak') traks++
      if (['moov', 'trak', 'edts'].includes(type)) visit(at + 8, at + size, [...parents, at])
      if (type === 'elst' && traks === track) {
        const elst = Buffer.alloc(16 + entries.length * 12)
        elst.writeUInt32BE(elst.length, 0)
        elst.write('elst', 4)
        elst.writeUInt32BE(entries.length, 12)
        for (const [i, [duration, mediaTime]] of entries.entries()) {
          elst.writeUInt32BE(duration, 16 + i * 12)
          elst.writeInt32BE(mediaTime, 20 + i * 12)
          elst.writeUInt32BE(0x10000, 24 + i * 12)
        }
        result = Buffer.concat([bytes.subarray(0, at), elst, bytes.subarray(at + size)])
        for (const parent of parents) grow.push([parent, elst.length - size])
      }
      at += size
    }
  }
  visit(0, bytes.length, [])
  for (const [parent, by] of grow) result.writeUInt32BE(result.readUInt32BE(parent) + by, parent)
  return result
}

/**
 * H.264 in Matroska as some writers put it there: start codes of 4 bytes in the place of lengths. `bare` replaces the decoder
 * configuration record too, by its parameter sets with start codes and zeros behind.
 */
function withStartCodes(bytes, bare) {
  const size = (at) => {
    const length = Math.clz32(bytes[at]) - 23
    let value = bytes[at] & (0xff >> length)
    for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i]
    return { length, value }
  }
  const codecPrivate = bytes.indexOf(Buffer.from([0x63, 0xa2]))
  const { length, value } = size(codecPrivate + 2)
  const record = bytes.subarray(codecPrivate + 2 + length, codecPrivate + 2 + length + value)
  const sequence = record.subarray(8, 8 + record.readUInt16BE(6))
  const pictureAt = 8 + sequence.length + 1
  const picture = record.subarray(pictureAt + 2, pictureAt + 2 + record.readUInt16BE(pictureAt))
  const code = Buffer.from([0, 0, 0, 1])
  const sets = Buffer.concat([code, sequence, code, picture])
  const isClusters = (at) => bytes.readUInt32BE(at) === 0x1f43b675
  for (let cluster = bytes.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75])); cluster < bytes.length; ) {
    if (!isClusters(cluster)) break
    const content = size(cluster + 4)
    const end = cluster + 4 + content.length + content.value
    for (let at = cluster + 4 + content.length; at < end; ) {
      const element = size(at + 1)
      const start = at + 1 + element.length
      if (bytes[at] === 0xa3 && bytes[start] === 0x81)
        for (let unit = start + 4; unit < start + element.value; ) {
          const unitBytes = bytes.readUInt32BE(unit)
          code.copy(bytes, unit)
          unit += 4 + unitBytes
        }
      at = start + element.value
    }
    cluster = end
  }
  if (bare) Buffer.concat([sets, Buffer.alloc(record.length - sets.length)]).copy(record)
  return bytes
}

const recipes = {
  'clip.mp4': (out) => ffmpeg(...picture(), ...noise(1, 48000, 'stereo'), ...h264, ...aac, out),
  'clip.mov': (out) => ffmpeg('-i', 'clip.mp4', '-c', 'copy', out),
  'dubs.mp4': (out) =>
    ffmpeg(
      ...['-i', 'clip.mp4', '-itsoffset', '0.7'],
      ...noise(2, 44100, 'stereo', 3),
      ...noise(3, 48000, '5.1', 2),
      ...noise(4, 22050, 'mono', 3),
      ...[
        '-map',
        '0',
        '-map',
        '1',
        '-map',
        '2',
        '-map',
        '3',
        '-c:v',
        'copy',
        ...aac,
        '-c:a:0',
        'copy',
        '-c:a:3',
        'ac3',
      ],
      ...['-ar:a:3', '48000', '-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=fre'],
      ...['-metadata:s:a:2', 'language=spa', '-metadata:s:a:3', 'language=jpn', out],
    ),
  'cut.mp4': (out) => ffmpeg('-ss', '1.23', '-i', 'clip.mp4', '-c', 'copy', out),
  'late-cut.mp4': (out) => ffmpeg('-i', 'clip.mp4', '-ss', '1.23', '-c', 'copy', out),
  'edits.mp4': (out) => {
    const twice = (media, scale) => [
      [300, -1],
      [1000, Math.round((0.5 + media) * scale)],
      [800, Math.round((2.02 + media) * scale)],
    ]
    const clip = readFileSync(join(folder, 'clip.mp4'))
    writeFileSync(join(folder, out), withEdits(withEdits(clip, 0, twice(0.08, 12800)), 1, twice(0, 48000)))
  },
  'variable.mp4': (out) =>
    ffmpeg(
      ...picture(),
      ...noise(5, 48000, 'mono'),
      '-vf',
      'select=not(mod(n\\,3))+not(mod(n\\,7))',
      '-vsync',
      'vfr',
      ...h264,
      ...aac,
      out,
    ),
  'fragments.mp4': (out) => ffmpeg('-i', 'clip.mp4', '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov', out),
  'fragments-edits.mp4': (out) =>
    ffmpeg('-i', 'clip.mp4', '-c', 'copy', '-movflags', 'frag_keyframe+delay_moov+default_base_moof', out),
  'opus-vp9.mp4': (out) =>
    ffmpeg(
      ...picture(1),
      ...noise(6, 48000, 'stereo', 2),
      '-c:v',
      'libvpx-vp9',
      '-deadline',
      'realtime',
      '-cpu-used',
      '8',
      '-c:a',
      'libopus',
      out,
    ),
  'mp3.mp4': (out) => ffmpeg(...noise(7, 44100, 'stereo', 3), '-c:a', 'libmp3lame', out),
  'flac-av1.mp4': (out) =>
    ffmpeg(
      ...picture(0.5),
      ...noise(8, 48000, 'stereo', 2),
      '-c:v',
      'libsvtav1',
      '-preset',
      '12',
      '-c:a',
      'flac',
      '-strict',
      '-2',
      out,
    ),
  'pcm.mov': (out) =>
    ffmpeg(
      ...noise(9, 48000, 'stereo', 2),
      ...noise(10, 32000, 'mono', 1),
      ...['-map', '0', ...Array.from({ length: 7 }, () => ['-map', '1']).flat()],
      ...['pcm_s16le', 'pcm_s24be', 'pcm_s32le', 'pcm_u8', 'pcm_f32le', 'pcm_f64be', 'pcm_mulaw', 'pcm_alaw'].flatMap(
        (codec, i) => [`-c:a:${i}`, codec],
      ),
      out,
    ),
  'ten-bit.mp4': (out) => ffmpeg(...picture(1), ...h264, '-pix_fmt', 'yuv420p10le', out),
  'open-gop.mp4': (out) => ffmpeg(...picture(), ...h264, '-x264-params', 'open-gop=1:keyint=25:scenecut=0', out),
  'turned.mp4': (out) => ffmpeg('-i', 'clip.mp4', '-c', 'copy', '-metadata:s:v:0', 'rotate=90', out),
  'bt709.mp4': (out) =>
    ffmpeg(
      ...picture(1),
      '-vf',
      'scale=out_color_matrix=bt709,setsar=4/3',
      ...h264,
      '-colorspace',
      'bt709',
      '-color_primaries',
      'bt709',
      '-color_trc',
      'bt709',
      out,
    ),
  'full-range.mp4': (out) => ffmpeg(...picture(1), '-vf', 'scale=out_range=full,format=yuvj420p', ...h264, out),
  'clip.mkv': (out) => ffmpeg('-i', 'clip.mp4', '-c', 'copy', out),
  'dubs.mkv': (out) => ffmpeg('-i', 'dubs.mp4', '-map', '0', '-c', 'copy', out),
  'live.mkv': (out) => ffmpeg('-i', 'clip.mp4', '-c', 'copy', '-live', '1', out),
  'cut.mkv': (out) => ffmpeg('-ss', '1.23', '-i', 'clip.mp4', '-c', 'copy', out),
  'open-gop.mkv': (out) => ffmpeg('-i', 'open-gop.mp4', '-c', 'copy', out),
  'bt709.mkv': (out) => ffmpeg('-i', 'bt709.mp4', '-c', 'copy', out),
  'opus-vp9.webm': (out) => ffmpeg('-i', 'opus-vp9.mp4', '-c', 'copy', out),
  'av1.mkv': (out) => ffmpeg('-i', 'flac-av1.mp4', '-map', '0:v', '-c', 'copy', out),
  'vorbis-vp8.webm': (out) =>
    ffmpeg(
      ...[...picture(1), ...noise(11, 44100, 'stereo', 2), '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
      ...['-c:a', 'libvorbis', out],
    ),
  'alpha.webm': (out) =>
    ffmpeg(
      ...[...picture(1), '-vf', 'format=yuva420p,geq=lum=lum(X\\,Y):cb=128:cr=128:a=X', '-c:v', 'libvpx-vp9'],
      ...['-deadline', 'realtime', '-cpu-used', '8', out],
    ),
  'sounds.mkv': (out) =>
    ffmpeg(
      ...[...noise(12, 48000, 'stereo', 2), ...noise(13, 44100, 'stereo', 2), ...noise(14, 48000, '5.1', 2)],
      ...['-map', '0', '-map', '1', '-map', '2', '-map', '2', '-map', '0', '-map', '1', '-map', '1', '-map', '0'],
      ...['ac3', 'ac3', 'eac3', 'dca', 'libmp3lame', 'flac', 'pcm_s24le', 'pcm_f32le'].flatMap((codec, i) => [
        `-c:a:${i}`,
        codec,
      ]),
      ...['-strict', '-2', out],
    ),
  'sounds.mp4': (out) =>
    ffmpeg(
      ...[...noise(15, 48000, 'stereo', 2), ...noise(16, 48000, '5.1', 2)],
      ...[
        '-map',
        '0',
        '-map',
        '1',
        '-map',
        '1',
        '-c:a:0',
        'ac3',
        '-c:a:1',
        'eac3',
        '-c:a:2',
        'dca',
        '-strict',
        '-2',
        out,
      ],
    ),
  'annex-b.mkv': (out) =>
    writeFileSync(join(folder, out), withStartCodes(readFileSync(join(folder, 'clip.mkv')), true)),
  'annex-b-record.mkv': (out) =>
    writeFileSync(join(folder, out), withStartCodes(readFileSync(join(folder, 'clip.mkv')), false)),
  'late-key.mkv': (out) => ffmpeg('-i', 'clip.mkv', '-c', 'copy', '-bsf:v', 'noise=drop=eq(n\\,0)', out),
  'lost-key.mkv': (out) => ffmpeg('-i', 'clip.mkv', '-c', 'copy', '-bsf:v', 'noise=drop=eq(n\\,40)', out),
  'short-track.mkv': (out) =>
    ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=10:duration=120,format=yuv420p'],
      ...[
        ...noise(21, 16000, 'mono', 120),
        '-itsoffset',
        '60',
        ...noise(22, 16000, 'mono', 5),
        '-map',
        '0',
        '-map',
        '1',
      ],
      ...['-map', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', '-c:a', 'libopus', '-b:a', '16k', out],
    ),
  'hevc.mkv': (out) =>
    ffmpeg(
      ...[...picture(1), ...noise(20, 48000, 'stereo', 2), '-c:v', 'libx265', '-preset', 'ultrafast'],
      ...['-x265-params', 'log-level=none', ...aac, '-metadata:s:a:0', 'language=fre', out],
    ),
  'clip.avi': (out) => ffmpeg('-i', 'clip.mp4', '-c:v', 'copy', '-c:a', 'mp3', out),
  'clip.mpegts': (out) => ffmpeg('-i', 'clip.mp4', '-c', 'copy', '-f', 'mpegts', out),
  'clip.m2ts': (out) =>
    ffmpeg(
      '-i',
      'clip.mp4',
      '-map',
      '0:v',
      '-map',
      '0:a',
      '-map',
      '0:a',
      '-c:v',
      'copy',
      '-c:a:0',
      'ac3',
      '-c:a:1',
      'dca',
      '-strict',
      '-2',
      out,
    ),
  'sounds.mpegts': (out) =>
    ffmpeg(
      ...[...picture(2), ...noise(17, 48000, 'stereo', 2), ...noise(18, 44100, 'mono', 2)],
      ...['-map', '0', '-map', '1', '-map', '2', '-map', '1', ...h264, '-c:a:0', 'ac3', '-c:a:1', 'libmp3lame'],
      ...['-c:a:2', 'eac3', '-metadata:s:a:0', 'language=fre', '-metadata:s:a:1', 'language=eng', '-f', 'mpegts', out],
    ),
  ...Object.fromEntries(
    [
      ['sound.wav', 'pcm_s16le'],
      ['sound-float.wav', 'pcm_f32le'],
      ['sound.mp3', 'libmp3lame'],
      ['sound.flac', 'flac'],
      ['sound.opus', 'libopus'],
      ['sound.ogg', 'libvorbis'],
      ['sound.aac', 'aac'],
      ['sound.m4a', 'aac'],
    ].map(([name, codec]) => [
      name,
      (out) =>
        ffmpeg(...noise(19, 44100, 'stereo', 3), '-c:a', codec, ...(codec === 'aac' ? ['-aac_pns', '0'] : []), out),
    ]),
  ),
  'faststart.mp4': (out) => ffmpeg('-i', 'clip.mp4', '-c', 'copy', '-movflags', 'faststart', out),
}
/** Files of which ffmpeg's view is no reference. */
const unmeasured = new Set(['faststart.mp4', 'clip.avi', 'hevc.mkv', 'short-track.mkv', 'annex-b-record.mkv'])

function audioReference(file, index, rate, channels, frames, zeroS) {
  const raw = run('ffmpeg', ['-v', 'error', '-i', file, '-map', `0:${index}`, '-f', 'f32le', '-'])
  const start = Math.round((Number(frames[0].pts_time) - zeroS) * rate)
  // Matroska rounds times to milliseconds; frames follow on from one another all the same.
  const rounding = /\.(mkv|webm)$/.test(file) ? 0.0016 * rate : 2
  const places = []
  let next = 0
  for (const { pts_time, nb_samples } of frames) {
    const at = Math.round((Number(pts_time) - zeroS) * rate) - start
    places.push(Math.abs(at - next) <= rounding ? next : at)
    next = places.at(-1) + nb_samples
  }
  const placed = Buffer.alloc(next * channels * 4)
  let read = 0
  for (const [i, { nb_samples }] of frames.entries()) {
    const bytes = nb_samples * channels * 4
    raw.copy(placed, places[i] * channels * 4, read, read + bytes)
    read += bytes
  }
  if (read !== raw.length) throw new Error(`${file}: ffmpeg and ffprobe disagree about stream ${index}.`)
  writeFileSync(join(folder, `${file}.${index}.f32`), placed)
  return { start, samples: placed.length / channels / 4 }
}

function lumaReference(file, index, { width, height, pix_fmt }) {
  const deep = pix_fmt.endsWith('10le')
  const raw = run('ffmpeg', [
    ...[
      '-v',
      'error',
      '-noautorotate',
      '-i',
      file,
      '-map',
      `0:${index}`,
      '-vsync',
      'passthrough',
      '-f',
      'rawvideo',
      '-',
    ],
  ])
  const samples = deep ? new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2) : raw
  const size = (width * height * 3) / 2
  return Array.from({ length: samples.length / size }, (_, frame) => {
    let sum = 0
    for (let i = frame * size; i < frame * size + width * height; i++)
      sum += deep ? Math.min(255, (samples[i] + 2) >> 2) : samples[i]
    return sum / (width * height)
  })
}

function reference(file) {
  const { streams } = probe('-show_streams', file)
  const decodable = streams.filter(({ codec_type }) => codec_type === 'audio' || codec_type === 'video')
  const frames = new Map(
    decodable.map(({ index }) => [
      index,
      probe('-select_streams', String(index), '-show_frames', '-show_entries', 'frame=pts_time,nb_samples', file)
        .frames,
    ]),
  )
  // In Matroska the clock begins with the first packet, in MP4 with what edit lists show of it.
  const begins = /\.(mkv|webm)$/.test(file)
    ? probe('-show_packets', '-show_entries', 'packet=pts_time', file).packets
    : [...frames.values()].map(([first]) => first)
  const zeroS = Math.min(...begins.map(({ pts_time }) => Number(pts_time)))
  const described = decodable.map((stream) => {
    const { index, codec_type, sample_rate, channels } = stream
    const own = frames.get(index)
    if (codec_type === 'video') {
      const times = own.map(({ pts_time }) => Number(pts_time) - zeroS)
      return { index, kind: 'video', times, luma: lumaReference(file, index, stream) }
    }
    const rate = Number(sample_rate)
    return {
      index,
      kind: 'audio',
      sampleRate: rate,
      channels,
      ...audioReference(file, index, rate, channels, own, zeroS),
    }
  })
  writeFileSync(join(folder, `${file}.json`), JSON.stringify({ streams: described }))
}

/** Entry point of the test runner. */
export default function setup() {
  const version = execFileSync('ffmpeg', ['-version']).toString().split('\n')[0]
  const stamp = createHash('sha256')
    .update(version)
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex')
  const upToDate = () => existsSync(join(finished, 'stamp')) && readFileSync(join(finished, 'stamp'), 'utf8') === stamp
  if (upToDate()) return
  mkdirSync(folder, { recursive: true })
  for (const [name, make] of Object.entries(recipes)) {
    make(name)
    if (!unmeasured.has(name)) reference(name)
  }
  const faststart = readFileSync(join(folder, 'faststart.mp4'))
  writeFileSync(join(folder, 'cut-off.mp4'), faststart.subarray(0, Math.round(faststart.length * 0.6)))
  const clip = readFileSync(join(folder, 'clip.mp4'))
  writeFileSync(join(folder, 'no-index.mp4'), clip.subarray(0, clip.length >> 1))
  writeFileSync(join(folder, 'text.mp4'), 'These are notes, not a film.\n')
  writeFileSync(join(folder, 'stamp'), stamp)
  if (!upToDate()) {
    rmSync(finished, { recursive: true, force: true })
    renameSync(folder, finished)
  }
  rmSync(folder, { recursive: true, force: true })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup()
