/** A run's input: clips that are decoded ahead and, where memory does not hold them, kept on disk. */
import { DecodedChunks } from '../../corpus/decoded-chunks'
import type { OpenCorpus } from '../../corpus/open-corpus'
import { WindowReader } from '../../corpus/window-reader'
import { ChunkCache } from '../../storage/chunk-cache'
import type { PretrainResult } from '../api'
import type { JobContext } from './job'

interface RunInput {
  readonly reader: WindowReader
  readonly cache: ChunkCache
}

/** Opens the disk cache with the limit of the settings; chunks of other limits and corpora count towards it. */
export async function openInput({ request }: JobContext, corpus: OpenCorpus): Promise<RunInput> {
  const scope = request.upstream.findLast(({ kind }) => kind === 'corpus')?.hash ?? 'corpus'
  const cache = await ChunkCache.open('decoded', Number(request.settings.diskCacheMB) * 2 ** 20, `${scope}-`)
  return { cache, reader: new WindowReader(corpus, undefined, new DecodedChunks(cache, scope, corpus.titles)) }
}

/** A result with what its input took. */
export const withInput = (
  result: PretrainResult,
  inputWaitShare: number | null,
  { cache: { bytes, limitBytes, hits, misses } }: RunInput,
): PretrainResult => ({
  ...result,
  metrics: { ...result.metrics, inputWaitShare, diskCache: { bytes, limitBytes, hits, misses } },
})
