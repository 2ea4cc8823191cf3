/** What is exported loads into the authors' networks with strict=True: same names, same shapes, nothing else. */
import { describe, expect, it } from 'vitest'
import { readPytorch } from '../../formats/pytorch'
import { readSafetensors } from '../../formats/safetensors'
import { initialValues } from '../../models/initialise'
import { describeFrozen } from '../../models/network'
import { parseNetworkConfig } from '../../schema/network-config'
import type { FrozenConfig } from '../../schema/presets'
import { encodeCheckpoint, encodeWeights } from './weights'

/** Names and shapes that a golden file, written by the authors' network, has below a prefix. */
async function goldenShapes(name: string) {
  const bytes = await (await fetch(`/goldens/${name}.safetensors`)).arrayBuffer()
  const { metadata, tensors } = readSafetensors(bytes)
  const shapes = new Map<string, readonly number[]>()
  for (const [key, { shape }] of tensors) {
    const own = /^(?:param|buffer)\.(.+)$/.exec(key)?.[1]
    if (own === undefined) continue
    shapes.set(own, shape)
    // PyTorch's batch norms have a counter, which golden files leave out because it is no number of the network.
    if (own.endsWith('.running_mean')) shapes.set(own.replace('running_mean', 'num_batches_tracked'), [])
  }
  const { config } = metadata
  const parsed = parseNetworkConfig(config) ?? {}
  // A golden of one backbone gives its configuration alone, and names without a prefix.
  const alone = Object.keys(parsed).length === 0 ? JSON.parse(config ?? '') : null
  const frozen: FrozenConfig = alone ? { [alone.modality]: alone } : parsed
  return { shapes, frozen, prefix: alone ? `net.${alone.modality}.` : '' }
}

const sorted = (shapes: ReadonlyMap<string, readonly number[]>) =>
  [...shapes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, shape]) => `${name} [${shape.join(', ')}]`)

const goldens = ['video-eval', 'audio-eval', 'video-overlap-train', 'audio-overlap-train', 'pretraining-batchnorm']

describe.each(goldens)('an export of the network of golden %s', (golden) => {
  it('has exactly the names and shapes of the authors’ state dict, in both formats', async () => {
    const { shapes, frozen, prefix } = await goldenShapes(golden)
    const network = describeFrozen(frozen)
    const values = initialValues(network.tensors, 3)
    const info = { config: frozen, seed: 3, step: 40, batchesTracked: 1040 }
    const safetensors = readSafetensors(await new Blob(encodeWeights(network, values, info)).arrayBuffer())
    const pytorch = await readPytorch(new Blob(encodeCheckpoint(network, values, info)))

    const expected = sorted(new Map([...shapes].map(([name, shape]) => [prefix + name, shape])))
    const shapesOf = (tensors: ReadonlyMap<string, { shape: readonly number[] }>) =>
      sorted(new Map([...tensors].map(([name, { shape }]) => [name, shape])))
    expect(shapesOf(safetensors.tensors)).toEqual(expected)
    expect(shapesOf(pytorch.tensors)).toEqual(expected)
    expect(pytorch.key).toBe('model')
    for (const [name, { data }] of safetensors.tensors) {
      expect(await pytorch.tensors.get(name)?.read(), name).toEqual(data)
      if (name.endsWith('num_batches_tracked')) expect(data).toEqual(BigInt64Array.of(1040n))
    }
    expect(parseNetworkConfig(pytorch.texts.config)).toEqual(parseNetworkConfig(safetensors.metadata.config))
  })
})
