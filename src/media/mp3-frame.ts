/** Tables of layer III (ISO/IEC 11172-3, 2.4.2.3; ISO/IEC 13818-3; MPEG 2.5). */
const kbits = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const kbitsOfHalfRates = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const rates = [44_100, 48_000, 32_000]

/** Length of the layer III frame at `at`, its header included; 0: none begins there. */
export function mp3FrameBytes(bytes: Uint8Array, at: number): number {
  const [first, second = 0, third = 0] = bytes.subarray(at, at + 3)
  if (first !== 0xff || (second & 0xe6) !== 0xe2) return 0
  const version = (second >> 3) & 3
  const isFull = version === 3
  const kbit = (isFull ? kbits : kbitsOfHalfRates)[(third >> 4) - 1]
  const rate = rates[(third >> 2) & 3]
  if (version === 1 || kbit === undefined || rate === undefined) return 0
  const ratio = isFull ? 1 : version === 2 ? 2 : 4
  return Math.floor(((isFull ? 144 : 72) * kbit * 1000) / (rate / ratio)) + ((third >> 1) & 1)
}
