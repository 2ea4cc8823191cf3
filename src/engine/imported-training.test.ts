/** Pretraining goes on from imported weights: with a learning rate of zero it ends where the file began. */
import { expect, it } from 'vitest'
import { readPytorch } from '../formats/pytorch'
import { writePytorch } from '../formats/pytorch-writer'
import { readSafetensors } from '../formats/safetensors'
import type { CellKind, Settings } from '../schema/notebook'
import { completeSettings } from '../schema/settings'
import type { MediaFile } from './api'
import { startEngine } from './client'

const engine = startEngine()
const session = crypto.randomUUID()
const hashOf = (name: string) => `${session}-${name}`
const imported = (given: Settings) => completeSettings('model', given, true)
const pooling = { videoPooling: 'cls', audioPooling: 'norm-mean', headHidden: 8, headDim: 4 }
const fetched = async (path: string) => (await fetch(path)).blob()

const run = (kind: CellKind, name: string, settings: Settings, files?: readonly MediaFile[], model = 'model') =>
  engine.run(
    {
      cellId: name,
      kind,
      settings,
      seed: 5,
      hash: hashOf(name),
      upstream: [
        { kind: 'corpus', hash: hashOf('corpus'), settings: completeSettings('corpus', {}) },
        { kind: 'model', hash: hashOf(model), settings: imported(pooling) },
      ],
      ...(files ? { files } : {}),
    },
    () => undefined,
    new AbortController().signal,
  )

it('pretraining starts from imported backbones, fresh heads beside them, and counts batches on', async () => {
  const clips = ['title00.mp4', 'title01.mp4'].map(async (path) => ({
    path,
    file: new File([await fetched(`/samples/${path}`)], path),
  }))
  await run('corpus', 'corpus', completeSettings('corpus', {}), await Promise.all(clips))
  const released = await fetched('/src/engine/fixtures/released.pth')
  const file = { path: 'released.pth', file: new File([released], 'released.pth') }
  await run('model', 'model', imported(pooling), [file])
  const still = { steps: 1, batch: 4, snippetsPerTitle: 2, learningRate: 0, minLearningRate: 0 }
  await run('pretrain', 'pretrain', completeSettings('pretrain', still))

  const stored = await engine.readFile(hashOf('pretrain'), 'weights.safetensors')
  const { tensors } = readSafetensors(await stored.arrayBuffer())
  const { tensors: given } = await readPytorch(released)
  let compared = 0
  for (const [name, tensor] of given) {
    const own = tensors.get(name.replace('backbone.', ''))
    if (!name.startsWith('backbone.net.') || name.includes('patch_embed.norm')) continue
    expect(own?.data, name).toEqual(await tensor.read())
    compared++
  }
  expect(compared).toBeGreaterThan(80)
  expect(tensors.get('net.video.patch_embed.norm.num_batches_tracked')?.data).toEqual(BigInt64Array.of(1235n))
  expect(tensors.get('head.video.0.weight')?.shape).toEqual([8, 8])
})

it('pretraining on weights of one modality says what is missing', async () => {
  const { tensors } = await readPytorch(await fetched('/src/engine/fixtures/released.pth'))
  const audio = await Promise.all(
    [...tensors]
      .filter(([name]) => name.startsWith('backbone.net.audio.'))
      .map(async ([name, tensor]) => ({ name, shape: tensor.shape, data: await tensor.read() })),
  )
  const file = { path: 'audio.pt', file: new File(writePytorch(audio, {}), 'audio.pt') }
  await run('model', 'audio-only', imported(pooling), [file])
  const result = await run('embed', 'embed-audio', completeSettings('embed', {}), undefined, 'audio-only')
  expect(result).toMatchObject({ kind: 'embed', metrics: { dimension: 8 } })
  expect(result.kind === 'embed' && result.rows.every(({ modality }) => modality === 'audio')).toBe(true)
  const training = run('pretrain', 'impossible', completeSettings('pretrain', { steps: 1 }), undefined, 'audio-only')
  await expect(training).rejects.toThrow('The weights hold no video network. Pretraining trains one of each.')
})

it('a run whose steps are not finite skips them, ends after ten, and is kept with its checkpoint', async () => {
  const { tensors } = await readPytorch(await fetched('/src/engine/fixtures/released.pth'))
  const huge = await Promise.all(
    [...tensors].map(async ([name, tensor]) => {
      const data = await tensor.read()
      const isWeight = data instanceof Float32Array && name.endsWith('.weight')
      return { name, shape: tensor.shape, data: isWeight ? data.map((value) => 1e30 * value) : data }
    }),
  )
  const file = { path: 'huge.pt', file: new File(writePytorch(huge, {}), 'huge.pt') }
  await run('model', 'huge', imported(pooling), [file])
  const settings = { steps: 40, batch: 4, snippetsPerTitle: 2, lookEvery: 0, checkpointEverySteps: 4 }
  const train = () => run('pretrain', 'wild', completeSettings('pretrain', settings), undefined, 'huge')
  const reason =
    /^Ten steps in a row, from step 0 on, were skipped: the loss is finite, a gradient never was: the weights .*The checkpoint of step 8 is kept\.$/
  await expect(train()).rejects.toThrow(reason)
  const kept = (await engine.listRuns()).find(({ record }) => record.hash === hashOf('wild'))
  expect(kept?.checkpoints).toEqual([8])
  // Numbers that are not finite, which JSON does not have, do not make it unreadable.
  const skipped = kept?.record.losses.map(({ gradientNorm, skipped }) => [gradientNorm, skipped])
  expect(skipped).toEqual(Array(8).fill([Number.NaN, true]))
  // Two more steps from there.
  await expect(train()).rejects.toThrow(reason)
})
