/**
 * Windows of sound, exact to the sample: packets are placed by their timestamps and never by counting a decoder's output, and
 * decoding begins early enough that what falls into the window does not depend on where the window begins.
 */
import { isAboutData, Pressure } from './decoder-pressure'
import type { AudioCoding, DemuxedAudio, PacketTable, Segment, Stretch } from './demuxed'
import { framesInOf } from './frames-in'
import { decodePcm } from './pcm'
import type { AudioWindow } from './types'

/** Packets that wait inside the decoder at most; each is some 20 ms. */
const longestQueue = 24

/** A track with the packets that a window of it needs. */
type LoadedAudio = DemuxedAudio & Stretch

/** A run of decoded samples whose first one lies at `mediaTicks` of media time. */
type Sink = (mediaTicks: number, channels: readonly Float32Array[], sampleRate: number) => void

type Range = readonly [from: number, to: number]

/**
 * Chromium stamps what it decodes by counting samples from the first packet on, whatever the packets' own times are. So packets
 * are fed on a clock without gaps, the count of samples that each decodes to, and outputs are led back to their packets.
 * @param reached is told the last packet that came out.
 */
async function decodeRun(
  track: LoadedAudio,
  coding: Extract<AudioCoding, { kind: 'webcodecs' }>,
  [from, to]: Range,
  reached: { packet: number },
  sink: Sink,
  signal?: AbortSignal,
): Promise<void> {
  const { packets, timescale, sampleRate } = track
  /** Clock at the beginning of packet `from + i`, in samples. */
  const clock: number[] = []
  let oldest = 0
  const mediaTicksAt = (sample: number): number => {
    // Rounding to microseconds never moves a sample by half.
    while (oldest + 1 < clock.length && (clock[oldest + 1] ?? 0) <= sample) oldest++
    return (packets.pts[from + oldest] ?? 0) + ((sample - (clock[oldest] ?? 0)) * timescale) / sampleRate
  }
  const pressure = new Pressure(signal)
  const decoder = new AudioDecoder({
    output: (data) => {
      try {
        const channels = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
          const samples = new Float32Array(data.numberOfFrames)
          data.copyTo(samples, { planeIndex, format: 'f32-planar' })
          return samples
        })
        sink(mediaTicksAt(Math.round((data.timestamp * sampleRate) / 1e6)), channels, data.sampleRate)
        reached.packet = from + oldest
      } catch (error) {
        pressure.fail(error)
      } finally {
        data.close()
      }
    },
    error: pressure.fail,
  })
  decoder.addEventListener('dequeue', pressure.notify)
  try {
    decoder.configure(coding.config)
    const framesIn = framesInOf(coding)
    let samples = 0
    let previous: Uint8Array | null = null
    for (let i = from; i < to; i++) {
      const data = await track.read(i)
      await pressure.until(() => decoder.decodeQueueSize < longestQueue)
      clock.push(samples)
      decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: Math.round((samples * 1e6) / sampleRate), data }))
      samples += framesIn(data, previous) ?? Math.round(((packets.duration[i] ?? 0) * sampleRate) / timescale)
      previous = data
    }
    // A decoder that failed rejects this with less than it told the error callback.
    await decoder.flush().catch(pressure.fail)
    pressure.check()
  } finally {
    pressure.release()
    if (decoder.state !== 'closed') decoder.close()
  }
}

/** Packets in a row that give nothing until a track counts as damaged. */
const mostFailures = 50

/**
 * Packets `[from, to)`; damaged ones are left out, which leaves silence.
 * @throws when many in a row or all of them are damaged.
 */
async function decodePackets(
  track: LoadedAudio,
  coding: Extract<AudioCoding, { kind: 'webcodecs' }>,
  [from, to]: Range,
  sink: Sink,
  signal?: AbortSignal,
): Promise<void> {
  let failures = 0
  let anySound = false
  for (let start = from; start < to; ) {
    const reached = { packet: start - 1 }
    try {
      await decodeRun(track, coding, [start, to], reached, sink, signal)
      return
    } catch (error) {
      signal?.throwIfAborted()
      failures = reached.packet < start ? failures + 1 : 1
      anySound ||= reached.packet >= start
      // The one after the last that came out failed.
      start = reached.packet + 2
      if (!isAboutData(error) || failures > mostFailures || (start >= to && !anySound)) throw error
    }
  }
}

/** First packet whose presentation time is at least `ticks`; sound is never reordered. */
function firstAtOrAfter(packets: PacketTable, ticks: number): number {
  let low = 0
  let high = packets.count
  while (low < high) {
    const middle = (low + high) >> 1
    if ((packets.pts[middle] ?? 0) < ticks) low = middle + 1
    else high = middle
  }
  return low
}

/** Writes what one segment contributes to samples `[first, first + length)` of the title's grid. */
async function readSegment(
  track: LoadedAudio,
  segment: Segment,
  titleZeroTicks: number,
  first: number,
  channels: readonly Float32Array[],
  signal?: AbortSignal,
): Promise<void> {
  const { packets, timescale, sampleRate, coding } = track
  const length = channels[0]?.length ?? 0
  /** Sample of the title's grid at a media time of this segment. */
  const sampleAt = (mediaTicks: number): number => {
    const title = mediaTicks - segment.mediaStart + segment.presentationStart - titleZeroTicks
    return Math.round((title * sampleRate) / timescale)
  }
  const mediaAt = (sample: number): number =>
    (sample * timescale) / sampleRate + titleZeroTicks - segment.presentationStart + segment.mediaStart
  const begin = Math.max(first, sampleAt(segment.mediaStart))
  const finish = Math.min(first + length, sampleAt(segment.mediaEnd))
  if (begin >= finish) return
  const preRollTicks = coding.kind === 'pcm' ? 0 : coding.preRollS * timescale
  const from = Math.max(0, firstAtOrAfter(packets, mediaAt(begin) - preRollTicks) - 1)
  const to = firstAtOrAfter(packets, mediaAt(finish))
  if (from >= to) return

  let next = Number.NaN
  /** Timestamps in ticks coarser than samples jitter: what follows on within that jitter is joined on. */
  const jitter = Math.max(1, Math.ceil((1.5 * sampleRate) / timescale))
  const sink: Sink = (mediaTicks, decoded, rate) => {
    if (rate !== sampleRate)
      throw new Error(`its header promises ${sampleRate} Hz, but it decodes to ${rate} Hz; re-encode this track`)
    if (decoded.length !== channels.length)
      throw new Error(
        `its header promises ${channels.length} channels, but it decodes to ${decoded.length}; re-encode this track`,
      )
    let position = sampleAt(mediaTicks)
    if (Math.abs(position - next) <= jitter) position = next
    const count = decoded[0]?.length ?? 0
    next = position + count
    const start = Math.max(position, begin)
    const stop = Math.min(next, finish)
    if (start >= stop) return
    for (const [channel, samples] of decoded.entries())
      channels[channel]?.set(samples.subarray(start - position, stop - position), start - first)
  }
  if (coding.kind === 'webcodecs') {
    await decodePackets(track, coding, [from, to], sink, signal)
    return
  }
  if (coding.kind === 'library') {
    const { decodePackets: decodeInWorker } = await import('./library/decode-in-worker')
    const contents: Uint8Array[] = []
    for (let i = from; i < to; i++) contents.push(await track.read(i))
    const config = { codec: track.codec, numberOfChannels: track.channels, sampleRate }
    for (const decoded of await decodeInWorker(contents, coding.name, config, signal))
      sink(packets.pts[from + decoded.row] ?? 0, decoded.channels, decoded.sampleRate)
    return
  }
  for (let i = from; i < to; i++) {
    signal?.throwIfAborted()
    const bytes = await track.read(i)
    sink(packets.pts[i] ?? 0, decodePcm(bytes, coding.format, track.channels), sampleRate)
  }
}

/**
 * Samples `[round(startS rate), + round((endS - startS) rate))` of title time.
 * @param titleZeroS presentation time of title time 0.
 * @throws with the cause alone when decoding fails; with the signal's reason when it fires.
 */
export async function readAudioWindow(
  track: LoadedAudio,
  titleZeroS: number,
  startS: number,
  endS: number,
  signal?: AbortSignal,
): Promise<AudioWindow> {
  const { sampleRate } = track
  const first = Math.round(startS * sampleRate)
  const length = Math.max(0, Math.round((endS - startS) * sampleRate))
  const channels = Array.from({ length: track.channels }, () => new Float32Array(length))
  for (const segment of track.segments)
    await readSegment(track, segment, titleZeroS * track.timescale, first, channels, signal)
  return { sampleRate, channels }
}
