/** How long an Opus packet is, from its first bytes (RFC 6716, 3.1). */

/** Frame length in samples at 48 kHz by configuration: SILK 10 to 60 ms, hybrid 10 and 20 ms, CELT 2.5 to 20 ms. */
function frameLength(configuration: number): number {
  if (configuration < 12) return [480, 960, 1920, 2880][configuration & 3] ?? 0
  if (configuration < 16) return configuration & 1 ? 960 : 480
  return 120 << (configuration & 3)
}

/** Samples at 48 kHz; null for an empty packet. */
export function opusFrames(packet: Uint8Array): number | null {
  const [toc, count] = packet
  if (toc === undefined) return null
  const code = toc & 3
  const frames = code === 0 ? 1 : code < 3 ? 2 : (count ?? 0) & 63
  return frames * frameLength(toc >> 3)
}
