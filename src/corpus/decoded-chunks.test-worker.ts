/** Lets a test read windows through the disk cache, which writes in workers alone. */
import { ChunkCache } from '../storage/chunk-cache'
import { DecodedChunks } from './decoded-chunks'
import { closeCorpus, openCorpus } from './open-corpus'
import { WindowReader } from './window-reader'

export interface Ask {
  readonly folder: string
  readonly scope: string
  readonly limitBytes: number
  readonly files: readonly { readonly path: string; readonly file: File }[]
  readonly windows: readonly (readonly [title: number, startS: number])[]
}
export interface Answer {
  /** Whether every window had the bytes that the decoder gives. */
  readonly same: readonly boolean[]
  readonly hits: number
  readonly misses: number
  readonly bytes: number
}

const equal = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((value, index) => value === b[index])

async function read({ folder, scope, limitBytes, files, windows }: Ask): Promise<Answer> {
  const corpus = await openCorpus(files, 10, () => undefined, new AbortController().signal)
  const cache = await ChunkCache.open(folder, limitBytes, `${scope}-`)
  const cached = new WindowReader(corpus, 0, new DecodedChunks(cache, scope, corpus.titles))
  const decoded = new WindowReader(corpus, 0)
  // AAC fills some bands with noise that depends on where decoding begins: chunks begin where chunks begin.
  const nothing = await ChunkCache.open(`${folder}-none`, 0, '')
  const unkept = new WindowReader(corpus, 0, new DecodedChunks(nothing, scope, corpus.titles))
  const same = await Promise.all(
    windows.map(async ([index, startS]) => {
      const title = corpus.titles[index]
      const trackId = title?.audio[1]?.trackId
      if (!title || trackId === undefined) throw new Error(`There is no title ${index} with a dub.`)
      const [pictures, expectedPictures, sound, expectedSound] = await Promise.all([
        cached.clip(title, startS, 3, 8),
        decoded.clip(title, startS, 3, 8),
        cached.sound(title, trackId, startS, 3),
        unkept.sound(title, trackId, startS, 3),
      ])
      const samePictures = pictures.every(({ data, timeS, layout }, frame) => {
        const other = expectedPictures[frame]
        const sameLayout = JSON.stringify(layout) === JSON.stringify(other?.layout)
        return timeS === other?.timeS && sameLayout && equal(data, other.data)
      })
      const sameSound = sound.channels.every((channel, c) => equal(channel, expectedSound.channels[c] ?? []))
      return samePictures && sameSound && sound.sampleRate === expectedSound.sampleRate
    }),
  )
  closeCorpus(corpus)
  return { same, hits: cache.hits, misses: cache.misses, bytes: cache.bytes }
}

self.onmessage = async ({ data }: MessageEvent<Ask>) => {
  try {
    self.postMessage({ result: await read(data) })
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? `${error.message} ${error.stack}` : String(error) })
  }
}
