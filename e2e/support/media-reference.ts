/** What ffmpeg sees in a media file, in title time: tracks, samples where they are heard, mean colours of frames. */
import { execFileSync } from 'node:child_process'

export interface SoundReference {
  readonly kind: 'audio'
  readonly sampleRate: number
  readonly channels: number
  /** Title time of the first and behind the last sample. */
  readonly startS: number
  readonly endS: number
  /** Mean over the channels on the title's grid, from title time 0 on. */
  readonly mono: Float32Array
}

export interface PictureReference {
  readonly kind: 'video'
  readonly width: number
  readonly height: number
  readonly rotation: number
  readonly timesS: readonly number[]
  /** Red, green and blue of every frame. */
  readonly colours: readonly (readonly number[])[]
}

export type StreamReference = SoundReference | PictureReference

interface ProbedStream {
  readonly index: number
  readonly codec_type: string
  readonly sample_rate?: string
  readonly channels?: number
  readonly width?: number
  readonly height?: number
  readonly sample_aspect_ratio?: string
  readonly disposition?: { readonly attached_pic?: number }
  readonly side_data_list?: readonly { readonly rotation?: number }[]
}

interface ProbedFrame {
  readonly pts_time: string
  readonly nb_samples?: number
}

const run = (program: string, ...args: readonly string[]): Buffer =>
  execFileSync(program, ['-v', 'error', ...args], { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] })

const framesOf = (file: string, index: number): readonly ProbedFrame[] =>
  JSON.parse(
    run(
      'ffprobe',
      ...['-of', 'json', '-select_streams', String(index), '-show_frames'],
      ...['-show_entries', 'frame=pts_time,nb_samples', file],
    ).toString(),
  ).frames

function soundOf(file: string, stream: ProbedStream, frames: readonly ProbedFrame[], zeroS: number): SoundReference {
  const sampleRate = Number(stream.sample_rate)
  const channels = stream.channels ?? 0
  const raw = run('ffmpeg', '-i', file, '-map', `0:${stream.index}`, '-f', 'f32le', '-')
  const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length))
  // Matroska rounds times to milliseconds; frames follow on from one another all the same.
  const rounding = /\.(mkv|webm)$/.test(file) ? 0.0016 * sampleRate : 0
  const places = new Map<ProbedFrame, number>()
  let next = Number.NaN
  for (const frame of frames) {
    const said = Math.round((Number(frame.pts_time) - zeroS) * sampleRate)
    const place = Math.abs(said - next) <= rounding ? next : said
    places.set(frame, place)
    next = place + (frame.nb_samples ?? 0)
  }
  const at = (frame: ProbedFrame): number => places.get(frame) ?? 0
  const end = Math.max(...frames.map((frame) => at(frame) + (frame.nb_samples ?? 0)))
  const mono = new Float32Array(end)
  let read = 0
  for (const frame of frames)
    for (let i = 0; i < (frame.nb_samples ?? 0); i++, read++) {
      let sum = 0
      for (let channel = 0; channel < channels; channel++) sum += samples[read * channels + channel] ?? 0
      mono[at(frame) + i] = sum / channels
    }
  const [first] = frames
  return {
    kind: 'audio',
    sampleRate,
    channels,
    startS: first ? at(first) / sampleRate : 0,
    endS: end / sampleRate,
    mono,
  }
}

function pictureOf(
  file: string,
  stream: ProbedStream,
  frames: readonly ProbedFrame[],
  zeroS: number,
): PictureReference {
  const { index, width = 0, height = 0, sample_aspect_ratio = '1:1' } = stream
  const decode = ['-noautorotate', '-i', file, '-map', `0:${index}`, '-vsync', 'passthrough']
  const raw = run(
    'ffmpeg',
    ...[...decode, '-sws_flags', 'accurate_rnd+full_chroma_int+bicubic', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'],
  )
  const pixels = width * height
  const colours = Array.from({ length: raw.length / pixels / 3 }, (_, frame) => {
    const sums = [0, 0, 0]
    for (let i = 0; i < pixels * 3; i++) sums[i % 3] = (sums[i % 3] ?? 0) + (raw[frame * pixels * 3 + i] ?? 0)
    return sums.map((sum) => sum / pixels)
  })
  const [across = 1, down = 1] = sample_aspect_ratio.split(':').map(Number)
  const displayed = across > 0 && down > 0 ? Math.round((width * across) / down) : width
  const turn = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0
  const rotation = (360 - turn) % 360
  const isTurned = rotation % 180 !== 0
  return {
    kind: 'video',
    width: isTurned ? height : displayed,
    height: isTurned ? displayed : height,
    rotation,
    timesS: frames.map(({ pts_time }) => Number(pts_time) - zeroS),
    colours,
  }
}

/** Streams of sound and pictures, cover art left out, in file order. */
export function mediaReference(file: string): StreamReference[] {
  const { streams }: { streams: ProbedStream[] } = JSON.parse(
    run('ffprobe', '-of', 'json', '-show_streams', file).toString(),
  )
  const usable = streams.filter(
    ({ codec_type, disposition }) => /^(audio|video)$/.test(codec_type) && disposition?.attached_pic !== 1,
  )
  const decoded = usable.map((stream) => ({ stream, frames: framesOf(file, stream.index) }))
  const zeroS = Math.min(...decoded.map(({ frames }) => Number(frames[0]?.pts_time)))
  return decoded.map(({ stream, frames }) =>
    stream.codec_type === 'audio' ? soundOf(file, stream, frames, zeroS) : pictureOf(file, stream, frames, zeroS),
  )
}
