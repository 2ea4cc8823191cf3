/** The model cell: checks that the networks can be built and counts their parameters, or takes in weights from elsewhere. */
import { readWeights } from '../../models/import-weights'
import { describeFrozen, describeNetwork, type FrozenNetwork, parameterCount } from '../../models/network'
import type { Modality, MVitConfig } from '../../schema/mvit'
import type { Settings } from '../../schema/notebook'
import { chosenPooling } from '../../schema/pooling'
import { type FrozenConfig, melShape, networkConfig } from '../../schema/presets'
import type { MediaFile, ModelResult, RecognisedWeights } from '../api'
import { openWeights } from './imported-weights'
import type { Job, JobContext } from './job'
import { encodeWeights, storeWeights } from './weights'

export const runModel: Job = async (context): Promise<ModelResult> => {
  const { settings, files = [] } = context.request
  const [file] = files
  const { network, imported } = file
    ? await importWeights(context, file)
    : { network: describeNetwork(networkConfig(settings)) }
  const count = (prefix: string) => parameterCount(network, prefix)
  return {
    kind: 'model',
    ...(imported ? { imported } : {}),
    metrics: {
      parameters: { video: count('net.video.'), audio: count('net.audio.'), heads: count('head.'), total: count('') },
      embeddingDimension: (network.shapes.audio ?? network.shapes.video)?.outputDim ?? 0,
      ...(imported ? { imported } : {}),
    },
  }
}

/** Recognises, reads and stores the weights of a file, so that cells below find them under this cell's hash. */
async function importWeights(
  { request, progress, signal }: JobContext,
  file: MediaFile,
): Promise<{ network: FrozenNetwork; imported: RecognisedWeights }> {
  const { settings, hash, seed } = request
  progress({ message: `Looking into ${file.path}` })
  const weights = await openWeights(file, settings)
  const config = withChoices(weights.config, settings)
  const network = describeFrozen(config)
  const tensors = await readWeights(network, weights, (done, total) => {
    signal.throwIfAborted()
    progress({ message: `Reading ${file.path}`, fraction: done / total })
  })
  const [batchesTracked = 0] = (await weights.batchesTracked?.read()) ?? []
  await storeWeights(
    hash,
    encodeWeights(network, tensors, { config, seed, step: 0, batchesTracked: Number(batchesTracked) }),
  )
  return { network, imported: { file: file.path, config, notes: weights.notes } }
}

/** Recognised networks with what shapes do not tell. @throws when a pooling is not chosen or does not fit. */
export function withChoices(config: FrozenConfig, settings: Settings): FrozenConfig {
  const complete = (modality: Modality, found: MVitConfig | undefined): FrozenConfig =>
    found
      ? {
          [modality]: {
            ...found,
            pooling: chosenPooling(modality, settings, found.clsToken),
            dropPath: Number(settings[`${modality}DropPath`] ?? 0),
          },
        }
      : {}
  const sound = [1, melShape.bands, melShape.frames]
  if (config.audio && config.audio.input.join() !== sound.join())
    throw new Error(
      `The audio network takes spectrograms of ${config.audio.input.join(' x ')}; this notebook makes ${sound.join(' x ')}.`,
    )
  return { ...config, ...complete('video', config.video), ...complete('audio', config.audio) }
}
