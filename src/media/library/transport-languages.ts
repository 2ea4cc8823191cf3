/** Languages of a transport stream's tracks (ISO/IEC 13818-1, 2.4.4 and 2.6.18), which mediabunny does not tell. */

const packetBytes = 188
/** Tables repeat several times a second. */
const searchedBytes = 2 ** 20
const languageDescriptor = 0x0a

/** First section of a table: the packet that it begins in is enough for programs of some tracks; longer ones are joined. */
function section(bytes: Uint8Array, stride: number, first: number, pid: number): Uint8Array | null {
  const parts: Uint8Array[] = []
  let expected = 0
  for (let at = first; at + packetBytes <= bytes.length; at += stride) {
    const packet = bytes.subarray(at, at + packetBytes)
    if (packet[0] !== 0x47 || ((((packet[1] ?? 0) & 31) << 8) | (packet[2] ?? 0)) !== pid) continue
    const begins = ((packet[1] ?? 0) & 0x40) !== 0
    if (!begins && parts.length === 0) continue
    const adaptation = (packet[3] ?? 0) & 0x20 ? 5 + (packet[4] ?? 0) : 4
    const start = begins && parts.length === 0 ? adaptation + 1 + (packet[adaptation] ?? 0) : adaptation
    const part = packet.subarray(Math.min(start, packetBytes))
    if (parts.length === 0) expected = 3 + ((((part[1] ?? 0) & 15) << 8) | (part[2] ?? 0))
    parts.push(part)
    const length = parts.reduce((sum, { length }) => sum + length, 0)
    if (length < expected) continue
    const whole = new Uint8Array(length)
    let position = 0
    for (const piece of parts) {
      whole.set(piece, position)
      position += piece.length
    }
    return whole.subarray(0, expected)
  }
  return null
}

const u13 = (bytes: Uint8Array, at: number): number => (((bytes[at] ?? 0) & 31) << 8) | (bytes[at + 1] ?? 0)
const u12 = (bytes: Uint8Array, at: number): number => (((bytes[at] ?? 0) & 15) << 8) | (bytes[at + 1] ?? 0)

/** Three letters by PID, as the first program says. */
export async function transportLanguages(file: Blob): Promise<ReadonlyMap<number, string>> {
  const bytes = new Uint8Array(await file.slice(0, searchedBytes).arrayBuffer())
  const [stride, first] = bytes[0] === 0x47 ? [packetBytes, 0] : [packetBytes + 4, 4]
  const languages = new Map<number, string>()
  const programs = section(bytes, stride, first, 0)
  if (!programs) return languages
  // Each program is a number and a PID; number 0 is the network's table. A checksum of 4 bytes ends every section.
  for (let at = 8; at + 4 <= programs.length - 4; at += 4) {
    if (programs[at] === 0 && programs[at + 1] === 0) continue
    const map = section(bytes, stride, first, u13(programs, at + 2))
    if (!map) continue
    for (let entry = 12 + u12(map, 10); entry + 5 <= map.length - 4; ) {
      const end = entry + 5 + u12(map, entry + 3)
      for (let descriptor = entry + 5; descriptor + 2 <= end; descriptor += 2 + (map[descriptor + 1] ?? 0))
        if (map[descriptor] === languageDescriptor)
          languages.set(u13(map, entry + 1), String.fromCharCode(...map.subarray(descriptor + 2, descriptor + 5)))
      entry = end
    }
    return languages
  }
  return languages
}
