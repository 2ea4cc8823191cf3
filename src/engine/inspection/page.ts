/**
 * The page's side of `npm run media` (`scripts/media.mjs`): a global `media` that inspects the files of the page's file
 * chooser. The files stay on disk; the page reads what it needs of them and hands pieces over as they are decoded.
 */
import { inspectMedia, type MediaReport } from './inspect'

/** What `window.media` offers to the script. */
export interface MediaPage {
  /** Inspects file `index` of the chooser; null stands for the end of the title. */
  inspect(index: number, fromS: number, toS: number | null): Promise<MediaReport>
}

declare global {
  var media: MediaPage | undefined
  /** Given by the script: takes a piece of a track. Samples are base64 of little-endian float32. */
  function takePiece(trackId: number, kind: 'sound' | 'frames', piece: string): Promise<void>
}

/** Base64 through the browser's own encoder, which takes any size. */
function base64(bytes: BlobPart): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error('The samples could not be encoded.'))
    reader.readAsDataURL(new Blob([bytes]))
  })
}

globalThis.media = {
  inspect(index, fromS, toS) {
    const file = document.querySelector('input')?.files?.[index]
    if (!file) throw new Error(`The page was given no file ${index}.`)
    return inspectMedia(
      file,
      { fromS, toS: toS ?? Number.POSITIVE_INFINITY },
      {
        sound: async ({ id }, samples) => globalThis.takePiece(id, 'sound', await base64(samples)),
        frames: async ({ id }, lines) => globalThis.takePiece(id, 'frames', lines),
      },
    )
  },
}
