/**
 * What a transport stream says of its tracks (ISO/IEC 13818-1, 2.4.4 and 2.6.18) and mediabunny does not tell: languages,
 * and tracks of kinds that it leaves out without a word.
 */

const packetBytes = 188
/** Tables repeat several times a second. */
const searchedBytes = 2 ** 20
const languageDescriptor = 0x0a
const registrationDescriptor = 0x05
/** A type of no standard, for what its registration alone tells. */
const registeredOpus = 0x100

const reencoded = 'ffmpeg -i FILE -map 0 -c copy -c:v libx264 NEW.mkv'
const remuxed = 'ffmpeg -i FILE -map 0 -c copy NEW.mkv'

/** Stream types that are met and not read, with what makes them readable. */
const unreadTypes: ReadonlyMap<number, { readonly name: string; readonly command: string }> = new Map([
  [0x01, { name: 'MPEG-1 video', command: reencoded }],
  [0x02, { name: 'MPEG-2 video', command: reencoded }],
  [0x10, { name: 'MPEG-4 video', command: reencoded }],
  [0x11, { name: 'AAC as broadcasts pack it (LATM)', command: 'ffmpeg -i FILE -map 0 -c copy -c:a aac NEW.mkv' }],
  [0x83, { name: 'TrueHD', command: 'ffmpeg -i FILE -map 0 -c copy -c:a flac NEW.mkv' }],
  [0x84, { name: 'E-AC-3 as discs pack it', command: remuxed }],
  [0xea, { name: 'VC-1 video', command: reencoded }],
  [registeredOpus, { name: 'Opus', command: remuxed }],
])

export interface TransportStreams {
  /** Three letters by PID. */
  readonly languages: ReadonlyMap<number, string>
  /** Types by PID. */
  readonly types: ReadonlyMap<number, number>
}

/** What to say of tracks that are in the program and were not read. */
export const unreadTracks = ({ types }: TransportStreams, read: ReadonlySet<number>): string[] =>
  [...types].flatMap(([pid, type]) => {
    const unread = read.has(pid) ? undefined : unreadTypes.get(type)
    return unread ? [`a track of ${unread.name} is left out; this makes it readable: ${unread.command}`] : []
  })

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

/** As the first program says. */
export async function transportStreams(file: Blob): Promise<TransportStreams> {
  const bytes = new Uint8Array(await file.slice(0, searchedBytes).arrayBuffer())
  const [stride, first] = bytes[0] === 0x47 ? [packetBytes, 0] : [packetBytes + 4, 4]
  const languages = new Map<number, string>()
  const types = new Map<number, number>()
  const programs = section(bytes, stride, first, 0)
  if (!programs) return { languages, types }
  // Each program is a number and a PID; number 0 is the network's table. A checksum of 4 bytes ends every section.
  for (let at = 8; at + 4 <= programs.length - 4; at += 4) {
    if (programs[at] === 0 && programs[at + 1] === 0) continue
    const map = section(bytes, stride, first, u13(programs, at + 2))
    if (!map) continue
    for (let entry = 12 + u12(map, 10); entry + 5 <= map.length - 4; ) {
      const end = entry + 5 + u12(map, entry + 3)
      types.set(u13(map, entry + 1), map[entry] ?? 0)
      for (let descriptor = entry + 5; descriptor + 2 <= end; descriptor += 2 + (map[descriptor + 1] ?? 0)) {
        const letters = String.fromCharCode(...map.subarray(descriptor + 2, descriptor + 6))
        if (map[descriptor] === languageDescriptor) languages.set(u13(map, entry + 1), letters.slice(0, 3))
        if (map[descriptor] === registrationDescriptor && letters === 'Opus')
          types.set(u13(map, entry + 1), registeredOpus)
      }
      entry = end
    }
    return { languages, types }
  }
  return { languages, types }
}
