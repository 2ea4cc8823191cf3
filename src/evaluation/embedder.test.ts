/** The largest network of the paper runs here too. */
import { expect, it } from 'vitest'
import { TensorStore } from '../gpu/memory'
import { f32Tensor } from '../gpu/operator'
import { initialValues } from '../models/initialise'
import { describeNetwork } from '../models/network'
import { normals, seededRandom, testContext } from '../ops/testing'
import type { Modality } from '../schema/mvit'
import { networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import { Embedder, storeNetwork } from './embedder'

it('B embeds a clip of each modality @long', async () => {
  const context = await testContext()
  const network = describeNetwork(networkConfig(completeSettings('model', { preset: 'B' })))
  const weights = await storeNetwork(context, network, initialValues(network.tensors, 1))
  for (const modality of ['video', 'audio'] satisfies Modality[]) {
    const type = f32Tensor(1, ...network.shapes[modality].config.input)
    const clips = await TensorStore.create(context.device, 'the clips', [{ name: 'clips', type }])
    clips.write(
      'clips',
      normals(
        type.shape.reduce((a, b) => a * b, 1),
        seededRandom(2),
      ),
    )
    const embedder = await Embedder.create(context, network, modality, weights, clips.range('clips'), 1)
    const { embeddings } = await embedder.run(1)
    expect(embeddings.length).toBe(768)
    expect(embeddings.every(Number.isFinite)).toBe(true)
    expect(embeddings.some((value) => value !== embeddings[0])).toBe(true)
    embedder.destroy()
    clips.destroy()
  }
  weights.destroy()
}, 600_000)
