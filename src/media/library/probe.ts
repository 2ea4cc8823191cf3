/** Decodes the beginning of a track whose channels only its packets know for sure, before anybody counts on them. */
import type { DemuxedAudio, Stretch } from '../demuxed'
import { decodePackets } from './decode-in-worker'

/** Enough for a decoder to say what it puts out. */
const fewPackets = 2

/** The track with the channels it decodes to, or with the reason why it cannot be used. */
export async function probeLibraryTrack(track: DemuxedAudio, { packets, read }: Stretch): Promise<DemuxedAudio> {
  if (track.coding.kind !== 'library') return track
  const { channels, sampleRate, codec, coding } = track
  try {
    const contents: Uint8Array[] = []
    for (let row = 0; row < Math.min(fewPackets, packets.count); row++) contents.push(await read(row))
    const config = { codec, numberOfChannels: channels, sampleRate }
    const [decoded] = await decodePackets(contents, coding.name, config)
    if (!decoded) return { ...track, obstacle: 'gives no sound' }
    if (decoded.sampleRate !== sampleRate)
      return { ...track, obstacle: `promises ${sampleRate} Hz but decodes to ${decoded.sampleRate} Hz` }
    return { ...track, channels: decoded.channels.length }
  } catch (error) {
    return { ...track, obstacle: `is damaged (${error instanceof Error ? error.message : String(error)})` }
  }
}
