/** Networks are recognised by the shapes of their tensors alone, under any of the names they go by; others are refused. */
import { describe, expect, it } from 'vitest'
import type { LazyTensor } from '../formats/elements'
import { mvitShape } from '../schema/mvit'
import { networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import { type ImportOptions, readWeights, recogniseWeights } from './import-weights'
import { describeFrozen, describeNetwork } from './network'

const keyStride: ImportOptions['keyStride'] = { video: 8, audio: 4 }
const configOf = (settings: Record<string, string | number>) => networkConfig(completeSettings('model', settings))

/** Tensors of a network that all hold their own position, as a checkpoint would. */
function checkpointOf(settings: Record<string, string | number>, rename: (name: string) => string | null) {
  const { tensors } = describeNetwork(configOf(settings))
  return new Map(
    tensors.flatMap(({ name, shape }, index): [string, LazyTensor][] => {
      const renamed = rename(name)
      if (renamed === null) return []
      const length = shape.reduce((a, b) => a * b, 1)
      return [[renamed, { dtype: 'F32', shape, read: async () => new Float32Array(length).fill(index) }]]
    }),
  )
}
const released = (name: string) => (name.startsWith('net.') ? `backbone.${name}` : null)
const tiny = { preset: 'tiny' }

describe('weights from elsewhere', () => {
  const sizes = ['tiny', 'small', 'S', 'B'].flatMap((preset) =>
    ['non-overlap', 'overlap'].map((patch) => ({ preset, patch })),
  )
  it.each(sizes)('are recognised as $preset with $patch patches', (size) => {
    const { config, notes } = recogniseWeights(checkpointOf(size, released), { keyStride })
    const expected = configOf(size)
    for (const modality of ['video', 'audio'] as const) {
      const found = config[modality]
      if (!found) throw new Error(`No ${modality} network.`)
      const { dropPath: _, ...wanted } = expected[modality]
      const strip = (shape: ReturnType<typeof mvitShape>) =>
        shape.blocks.map(({ dropPath: _, ...block }) => JSON.stringify(block))
      expect(strip(mvitShape(found))).toEqual(strip(mvitShape(wanted)))
      for (const key of ['input', 'patch', 'mlpRatio', 'numHeads', 'clsToken', 'relPosTemporal'] as const)
        expect(found[key], key).toEqual(wanted[key])
    }
    expect(config.head).toBeUndefined()
    expect(notes.join(' ')).toContain('no projection heads')
    const isOfPaper = size.preset === 'S' || size.preset === 'B'
    if (isOfPaper) expect(notes).toHaveLength(1)
  })

  const oddSizes: Record<string, string | number>[] = [
    { depth: 6, widenAt: '0,2,5', videoFrames: 8, videoSize: 96, embedDim: 12, numHeads: 2, mlpRatio: 2 },
    { depth: 1, widenAt: '0', videoFrames: 2, videoSize: 32, embedDim: 8 },
    { depth: 3, widenAt: '1', videoSize: 224, videoKeyStride: 4, audioKeyStride: 2 },
  ]
  it.each(oddSizes)('are recognised whatever their sizes: %o', (settings) => {
    const stride = { video: Number(settings.videoKeyStride ?? 8), audio: Number(settings.audioKeyStride ?? 4) }
    const { config } = recogniseWeights(checkpointOf({ ...tiny, ...settings }, released), { keyStride: stride })
    const expected = configOf({ ...tiny, ...settings })
    const { dropPath: _, pooling: __, ...video } = expected.video
    expect(config.video).toMatchObject(video)
    const { dropPath: ___, pooling: ____, ...audio } = expected.audio
    expect(config.audio).toMatchObject(audio)
  })

  it.each([
    ['net.video', (name: string) => (name.startsWith('net.') ? name : null)],
    ['module.backbone.net.video', (name: string) => (name.startsWith('net.') ? `module.backbone.${name}` : null)],
  ])('may have names that start with %s', (_, rename) => {
    const { config, tensors } = recogniseWeights(checkpointOf(tiny, rename), { keyStride })
    expect(Object.keys(config)).toEqual(['video', 'audio'])
    expect(tensors.has('net.audio.blocks.3.attn.qkv.weight')).toBe(true)
  })

  it.each(['video', 'audio'] as const)('may be a bare %s backbone', (modality) => {
    const prefix = `net.${modality}.`
    const bare = checkpointOf(tiny, (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : null))
    const { config, tensors } = recogniseWeights(bare, { keyStride })
    expect(Object.keys(config)).toEqual([modality])
    expect(tensors.has(`${prefix}norm.weight`)).toBe(true)
  })

  it('bring their projection heads along, and say what was left out', () => {
    for (const headNorm of ['batch', 'layer', 'none'])
      for (const headLayers of [1, 3]) {
        const all = checkpointOf({ ...tiny, headNorm, headLayers }, (name) => name)
        all.set('loss.scale', { dtype: 'F32', shape: [], read: async () => new Float32Array(1) })
        const { config, notes } = recogniseWeights(all, { keyStride })
        expect(config.head).toEqual(configOf({ ...tiny, headNorm, headLayers }).head)
        expect(notes).toContain('Left out: loss.scale.')
      }
  })

  it('are read whole, as numbers that are finite', async () => {
    const all = checkpointOf(tiny, released)
    const weights = recogniseWeights(all, { keyStride })
    const network = describeFrozen(weights.config)
    const read = await readWeights(network, weights, () => undefined)
    expect([...read.keys()]).toEqual(network.tensors.map(({ name }) => name))
    expect(read.get('net.video.norm.weight')?.[0]).toBe([...all.keys()].indexOf('backbone.net.video.norm.weight'))
    const name = 'backbone.net.video.norm.weight'
    const { shape = [] } = all.get(name) ?? {}
    const spoilt = async (tensor: Partial<LazyTensor>) => {
      const other = new Map(all).set(name, { dtype: 'F32', shape, read: async () => new Float32Array(96), ...tensor })
      await readWeights(network, recogniseWeights(other, { keyStride }), () => undefined)
    }
    await expect(spoilt({ read: async () => new Float32Array(96).fill(Number.NaN) })).rejects.toThrow(
      'net.video.norm.weight holds numbers that are not finite',
    )
    await expect(spoilt({ dtype: 'I64', read: async () => new BigInt64Array(96) })).rejects.toThrow(
      'net.video.norm.weight holds I64; numbers with a fraction are expected',
    )
  })
})

describe('weights of another network are refused', () => {
  const changed = (change: (all: Map<string, LazyTensor>) => void) => {
    const all = checkpointOf(tiny, released)
    change(all)
    return () => recogniseWeights(all, { keyStride })
  }
  const shaped = (...shape: number[]): LazyTensor => ({ dtype: 'F32', shape, read: async () => new Float32Array() })

  it('naming a tensor with its shape and the expected one', () => {
    const name = 'backbone.net.video.blocks.2.attn.rel_pos_h'
    expect(changed((all) => all.set(name, shaped(9, 24)))).toThrow(`${name} is [9, 24], expected [7, 24]`)
    const table = 'backbone.net.audio.blocks.0.attn.rel_pos_w'
    expect(changed((all) => all.set(table, shaped(95, 24)))).toThrow(`${table} is [95, 24], expected [59, 24]`)
    const patch = 'backbone.net.video.patch_embed.proj.weight'
    expect(changed((all) => all.set(patch, shaped(24, 3, 3, 5, 5)))).toThrow(
      `${patch} is [24, 3, 3, 5, 5]; expected [24, 3, 3, 9, 9] (patches apart) or [24, 3, 3, 7, 7] (overlapping)`,
    )
  })

  it('listing what is missing and what is not expected', () => {
    expect(
      changed((all) => {
        all.delete('backbone.net.video.blocks.1.mlp.fc2.bias')
        all.set('backbone.net.video.blocks.1.mlp.gate', shaped(3))
      }),
    ).toThrow('missing: backbone.net.video.blocks.1.mlp.fc2.bias; unexpected: backbone.net.video.blocks.1.mlp.gate.')
    expect(changed((all) => all.delete('backbone.net.audio.patch_embed.proj.weight'))).toThrow(
      'backbone.net.audio.patch_embed.proj.weight is missing',
    )
  })

  it('saying which names there are when none is a backbone’s', () => {
    const resnet = new Map([['conv1.weight', shaped(64, 3, 7, 7)]])
    expect(() => recogniseWeights(resnet, { keyStride })).toThrow(
      /no backbone: no tensor is called net\.video\.patch_embed.*the first are conv1\.weight/,
    )
    expect(() => recogniseWeights(new Map(), { keyStride })).toThrow('the first are none')
  })

  it('when a configuration in the file does not agree with its tensors', () => {
    const written = configOf({ ...tiny, embedDim: 32 })
    expect(() => recogniseWeights(checkpointOf(tiny, released), { keyStride, written })).toThrow(
      'backbone.net.video.cls_token is [1, 1, 24], expected [1, 1, 32]',
    )
  })
})
