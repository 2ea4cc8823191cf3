/** The model cell: checks that the networks can be built and counts their parameters. */
import { describeNetwork, parameterCount } from '../../models/network'
import { networkConfig } from '../../schema/presets'
import type { ModelResult } from '../api'
import type { Job } from './job'

export const runModel: Job = async ({ request }): Promise<ModelResult> => {
  const network = describeNetwork(networkConfig(request.settings))
  const count = (prefix: string) => parameterCount(network, prefix)
  return {
    kind: 'model',
    metrics: {
      parameters: { video: count('net.video.'), audio: count('net.audio.'), heads: count('head.'), total: count('') },
      embeddingDimension: network.shapes.audio.outputDim,
    },
  }
}
