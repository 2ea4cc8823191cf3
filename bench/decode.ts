/**
 * Decoding the samples: every soundtrack and every frame, beside ffmpeg on the same files. Both decode in software and use as
 * many threads as they choose; ffmpeg throws away what it decoded, we keep samples and planes in ordinary memory.
 */
import { openMedia } from '../src/media/source'
import type { MediaSource, Track } from '../src/media/types'
import { type Bench, say } from './bench'
import { interleave, rowsOf, type Side } from './rounds'

declare global {
  /** Given by the command: ms that ffmpeg takes for the samples, one after the other. Not there where it is not installed. */
  var timeFfmpeg: ((names: readonly string[]) => Promise<number>) | undefined
}

const names = Array.from({ length: 6 }, (_, title) => `title0${title}.mp4`)
const defaultRounds = 5

/** Decodes a whole track; returns seconds of sound or the number of frames. */
async function decodeTrack(source: MediaSource, { id, kind, startS, durationS }: Track): Promise<number> {
  if (kind === 'audio') {
    const { channels, sampleRate } = await source.readAudio(id, startS, startS + durationS)
    return (channels[0]?.length ?? 0) / sampleRate
  }
  let frames = 0
  const times = await source.frameTimes(id, 0, Number.POSITIVE_INFINITY)
  for await (const frame of source.readFrames(id, times)) frames += frame.data.length > 0 ? 1 : 0
  return frames
}

interface Work {
  frames: number
  soundS: number
}

async function decodeAll(files: readonly (readonly [name: string, file: Blob])[]): Promise<Work> {
  const work: Work = { frames: 0, soundS: 0 }
  for (const [name, file] of files) {
    const source = await openMedia(name, file)
    const done = source.tracks.map(async (track) => [track.kind, await decodeTrack(source, track)] as const)
    for (const [kind, amount] of await Promise.all(done))
      if (kind === 'audio') work.soundS += amount
      else work.frames += amount
    source.close()
  }
  return work
}

export const decode: Bench = async (context, { rounds = defaultRounds, peers }) => {
  const files = await Promise.all(
    names.map(async (name) => [name, await (await fetch(`./samples/${name}`)).blob()] as const),
  )
  say('decode')
  const work = await decodeAll(files)
  const sides: Side[] = [
    {
      name: 'ours',
      async run() {
        await decodeAll(files)
        return undefined
      },
    },
  ]
  const { timeFfmpeg } = globalThis
  if (peers.includes('ffmpeg') && timeFfmpeg) {
    await timeFfmpeg(names)
    sides.push({ name: 'ffmpeg', run: () => timeFfmpeg(names) })
  }
  const times = await interleave(sides, rounds)
  return {
    rows: rowsOf('decode', 'samples', context.gpu.adapterName, times),
    notes: [
      `${names.length} files: ${work.frames} frames and ${work.soundS.toFixed(0)} s of sound, decoded whole`,
      'ffmpeg: one process a file, -map 0 -f null -, threads as it chooses by itself',
    ],
  }
}
