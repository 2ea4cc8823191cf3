/** A dropped file of weights, safetensors or PyTorch, as networks under our names: looked into by ranges, read on demand. */
import type { LazyTensor } from '../../formats/elements'
import { readPytorch } from '../../formats/pytorch'
import { openSafetensors } from '../../formats/safetensors'
import { type ImportedWeights, recogniseWeights } from '../../models/import-weights'
import { parseNetworkConfig } from '../../schema/network-config'
import type { Settings } from '../../schema/notebook'
import type { MediaFile, RecognisedWeights } from '../api'

interface OpenedFile {
  readonly tensors: ReadonlyMap<string, LazyTensor>
  readonly config: string | undefined
  readonly skipped: readonly string[]
}

async function openFile(file: Blob): Promise<OpenedFile> {
  const head = new Uint8Array(await file.slice(0, 9).arrayBuffer())
  // Safetensors begins with the length of a JSON object, which follows; every other file is PyTorch's to judge.
  if (head[8] !== 0x7b || head[0] === 0x50) {
    const { tensors, texts, skipped } = await readPytorch(file)
    return { tensors, config: texts.config, skipped }
  }
  const { tensors, metadata } = await openSafetensors(file)
  return { tensors, config: metadata.config, skipped: [] }
}

/**
 * Looks into a file of weights; no numbers are read.
 * @param settings Of the model cell: key strides to try first.
 * @throws naming the file and what is wrong with it, tensor by tensor.
 */
export async function openWeights({ path, file }: MediaFile, settings: Settings): Promise<ImportedWeights> {
  try {
    const { tensors, config, skipped } = await openFile(file)
    const keyStride = { video: Number(settings.videoKeyStride ?? 8), audio: Number(settings.audioKeyStride ?? 4) }
    const weights = recogniseWeights(tensors, { keyStride, written: parseNetworkConfig(config) })
    const notes = skipped.length > 0 ? [`Not read, beside the weights: ${skipped.join(', ')}.`] : []
    return { ...weights, notes: [...weights.notes, ...notes] }
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** What the page shows of a file of weights. @throws as {@link openWeights}. */
export async function inspectWeights(file: MediaFile, settings: Settings): Promise<RecognisedWeights> {
  const { config, notes } = await openWeights(file, settings)
  return { file: file.path, config, notes }
}
