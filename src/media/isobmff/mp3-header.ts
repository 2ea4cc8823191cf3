/** What an MPEG audio frame says of itself (ISO/IEC 11172-3, 2.4.2.3): sample entries around MP3 often promise other channels. */

const rates = [44_100, 48_000, 32_000]

export interface Mp3Header {
  readonly sampleRate: number
  readonly channels: 1 | 2
}

/** @param packet its first 4 bytes are enough. Null: no frame begins here. */
export function readMp3Header(packet: Uint8Array): Mp3Header | null {
  const [sync = 0, version = 0, rate = 0, mode = 0] = packet
  if (packet.length < 4 || sync !== 0xff || (version & 0xe0) !== 0xe0) return null
  // MPEG-1 as listed, MPEG-2 half, MPEG-2.5 a quarter of it.
  const divisor = { 3: 1, 2: 2, 0: 4 }[(version >> 3) & 3]
  const base = rates[(rate >> 2) & 3]
  if (divisor === undefined || base === undefined) return null
  return { sampleRate: base / divisor, channels: mode >> 6 === 3 ? 1 : 2 }
}
