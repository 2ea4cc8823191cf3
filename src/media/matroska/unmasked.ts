/**
 * A Matroska file as mediabunny has to see it to name every track: it leaves out without a word those that are switched off
 * (alternatives in a remuxed MP4) or packed. How they are packed is our business, and so is whether they are used.
 */
import { children, ids } from './ebml'
import type { SegmentHead } from './segment'

/** An identifier without meaning, as long as that of the element that it hides. */
const meaningless = [0x6d, 0xff]
const prefixed = 3

function hide(bytes: Uint8Array<ArrayBuffer>, content: Uint8Array<ArrayBuffer>): void {
  // Before the content stand its size, of up to 8 bytes, and the identifier.
  for (let at = content.byteOffset - 3; at >= content.byteOffset - 10; at--)
    if (bytes[at] === ids.contentEncodings >> 8 && bytes[at + 1] === (ids.contentEncodings & 255)) {
      bytes.set(meaningless, at)
      return
    }
}

const algorithms = (encodings: Uint8Array<ArrayBuffer>): number[] =>
  [...children(encodings)]
    .filter(({ id }) => id === ids.contentEncoding)
    .flatMap(({ content }) => [...children(content)])
    .map(({ id, content }) => {
      if (id !== ids.contentCompression) return id === ids.contentEncryption ? -1 : prefixed
      const algorithm = [...children(content)].find((element) => element.id === ids.compressionAlgorithm)
      return algorithm?.content.at(-1) ?? 0
    })

/** The same file with all tracks switched on, and packed ones as if they were not. */
export function unmasked(file: Blob, { trackList: { position, bytes: original } }: SegmentHead): Blob {
  const bytes = original.slice()
  for (const { id, content: entry } of children(bytes)) {
    if (id !== ids.trackEntry) continue
    for (const element of children(entry)) {
      if (element.id === ids.flagEnabled) element.content.fill(1, -1)
      if (element.id === ids.contentEncodings && algorithms(element.content).some((one) => one !== prefixed))
        hide(bytes, element.content)
    }
  }
  return new Blob([file.slice(0, position), bytes, file.slice(position + bytes.length)])
}
