/**
 * Weights from elsewhere give the embeddings that PyTorch gives: from the same tensors, the same samples of a WAV and the
 * same MP4. References by the authors' network (`goldens/`) and by `scripts/make_embedding_reference.py`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenCorpus, OpenTitle } from '../corpus/open-corpus'
import { openCorpus } from '../corpus/open-corpus'
import { WindowReader } from '../corpus/window-reader'
import { embedSegments, type Segment } from '../evaluation/clip-embeddings'
import { Embedder, storeNetwork } from '../evaluation/embedder'
import { writePytorch } from '../formats/pytorch-writer'
import { readSafetensors, writeSafetensors } from '../formats/safetensors'
import { GpuContext } from '../gpu/gpu-context'
import { TensorStore } from '../gpu/memory'
import { f32Tensor } from '../gpu/operator'
import { readWeights } from '../models/import-weights'
import { describeFrozen } from '../models/network'
import { relativeError } from '../ops/testing'
import type { MVitConfig } from '../schema/mvit'
import type { FrozenConfig } from '../schema/presets'
import { openWeights } from './jobs/imported-weights'
import { withChoices } from './jobs/model'

let gpu: GpuContext
beforeAll(async () => {
  gpu = await GpuContext.open()
})
afterAll(() => gpu.device.destroy())

const fetched = async (path: string): Promise<Blob> => (await fetch(path)).blob()
const asFile = (parts: BlobPart[], path: string) => ({ path, file: new File(parts, path) })

/** A dropped file on its way through the model cell: recognised, pooling chosen, read. */
async function imported(file: { path: string; file: File }, settings: Record<string, string | number>) {
  const weights = await openWeights(file, settings)
  const network = describeFrozen(withChoices(weights.config, settings))
  return { network, tensors: await readWeights(network, weights, () => undefined) }
}

describe('from the same tensors', () => {
  const formats = ['pt', 'safetensors'] as const
  const goldens = ['audio-eval', 'video-eval'] as const
  const cases = goldens.flatMap((golden) => formats.map((format) => ({ golden, format })))

  it.each(cases)('$golden as .$format embeds as the authors’ network within 1e-5', async ({ golden, format }) => {
    const { metadata, tensors } = readSafetensors(await (await fetched(`/goldens/${golden}.safetensors`)).arrayBuffer())
    const config: MVitConfig = JSON.parse(metadata.config ?? '')
    const { modality } = config
    const floats = (name: string) => {
      const data = tensors.get(name)?.data
      if (!(data instanceof Float32Array)) throw new Error(`${golden} holds no ${name}.`)
      return data as Float32Array<ArrayBuffer>
    }
    const named = [...tensors].flatMap(([name, { shape }]) => {
      const own = /^(?:param|buffer)\.(.+)$/.exec(name)?.[1]
      return own === undefined ? [] : [{ name: `backbone.net.${modality}.${own}`, shape, data: floats(name) }]
    })
    const written: FrozenConfig = { [modality]: config }
    const texts = { config: JSON.stringify(written) }
    const parts = format === 'pt' ? writePytorch(named, texts) : writeSafetensors(named, texts)
    const weights = await openWeights(asFile(parts, `weights.${format}`), {})
    const network = describeFrozen({
      [modality]: { ...weights.config[modality], pooling: config.pooling } as MVitConfig,
    })
    const read = await readWeights(network, weights, () => undefined)

    const input = floats('input')
    const count = tensors.get('input')?.shape[0] ?? 1
    const clips = await TensorStore.create(gpu.device, 'clips', [
      { name: 'clips', type: f32Tensor(count, ...config.input) },
    ])
    clips.write('clips', input)
    const store = await storeNetwork(gpu, network, read)
    const embedder = await Embedder.create(gpu, network, modality, store, clips.range('clips'), count)
    const { embeddings, projections } = await embedder.run(count)
    expect(relativeError(embeddings, floats('output'), 1e-30)).toBeLessThan(1e-5)
    expect(projections).toHaveLength(0)
    for (const owner of [embedder, store, clips]) owner.destroy()
  })
})

interface Reference {
  readonly wav: { readonly seconds: number }
  readonly mp4: { readonly file: string; readonly startS: number; readonly endS: number }
  readonly results: readonly {
    readonly videoPooling: string
    readonly audioPooling: string
    readonly wav: readonly number[]
    readonly mp4: { readonly video: readonly number[]; readonly audio: readonly number[] }
  }[]
}

/** The samples of `sound` in `scripts/make_embedding_reference.py`, as a decoder gives those of a 16-bit WAV. */
function soundOf(channel: number, count: number): Float32Array<ArrayBuffer> {
  let state = 1 + channel
  return Float32Array.from({ length: count }, (_, n) => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff
    const square = Math.floor(n / (120 + 40 * channel)) % 2 ? 6000 : -6000
    return (((state >> 16) & 0x3fff) - 8192 + square) / 32768
  })
}

/** A title that is nothing but the given samples. */
function soundTitle(channels: Float32Array<ArrayBuffer>[], sampleRate: number): OpenTitle {
  const durationS = (channels[0]?.length ?? 0) / sampleRate
  const noVideo = () => {
    throw new Error('There is no picture.')
  }
  return {
    file: 'sound.wav',
    source: {
      path: 'sound.wav',
      container: 'WAV',
      durationS,
      tracks: [],
      problems: [],
      frameTimes: noVideo,
      readFrames: noVideo,
      readAudio: async (_, startS, endS) => ({
        sampleRate,
        channels: channels.map((all) => all.slice(Math.round(startS * sampleRate), Math.round(endS * sampleRate))),
      }),
      close: () => undefined,
    },
    videoTrackId: 0,
    audio: [{ trackId: 1, language: 'und', startS: 0, endS: durationS }],
    durationS,
    snippets: [],
    segments: [],
  }
}

function cosine(actual: Float32Array, expected: readonly number[]): number {
  const dot = expected.reduce((sum, value, i) => sum + value * (actual[i] ?? 0), 0)
  return dot / (Math.hypot(...expected) * Math.hypot(...actual))
}

describe('a checkpoint as the authors release theirs', () => {
  let reference: Reference
  let corpus: OpenCorpus
  const signal = new AbortController().signal
  beforeAll(async () => {
    reference = JSON.parse(await (await fetched('/src/engine/fixtures/released.json')).text())
    const { file } = reference.mp4
    corpus = await openCorpus([asFile([await fetched(`/samples/${file}`)], file)], 10, () => undefined, signal)
  })
  const weightsOf = async (pooling: { videoPooling: string; audioPooling: string }) =>
    imported(asFile([await fetched('/src/engine/fixtures/released.pth')], 'released.pth'), {
      videoPooling: pooling.videoPooling,
      audioPooling: pooling.audioPooling,
    })
  const embed = async (of: OpenCorpus, segments: Segment[], weights: Awaited<ReturnType<typeof weightsOf>>) => {
    const options = { crops: 1 as const, signal, cache: new Map(), onProgress: () => undefined }
    const { network, tensors } = weights
    const embedded = await embedSegments(gpu, network, tensors, new WindowReader(of), segments, options)
    return embedded.map(({ embedding }) => embedding)
  }

  it.each([0, 1])('gives PyTorch’s embedding of the same 48 kHz sound within 1e-4 (pooling %i)', async (index) => {
    const result = reference.results[index]
    if (!result) throw new Error('No such reference.')
    const samples = 48_000 * reference.wav.seconds
    const title = soundTitle([soundOf(0, samples), soundOf(1, samples)], 48_000)
    const heard: Segment = { title, startS: 0, endS: title.durationS, source: { modality: 'audio', trackId: 1 } }
    const [embedding] = await embed({ titles: [title], problems: [] }, [heard], await weightsOf(result))
    expect(relativeError(embedding ?? new Float32Array(), Float32Array.from(result.wav), 1e-30)).toBeLessThan(1e-4)
  })

  it.each([0, 1])('gives PyTorch’s embeddings of the same MP4, cosine 0.999 or more (pooling %i)', async (index) => {
    const result = reference.results[index]
    const [title] = corpus.titles
    if (!result || !title) throw new Error('No such reference or clip.')
    const { startS, endS } = reference.mp4
    const trackId = title.source.tracks.find(({ kind }) => kind === 'audio')?.id ?? -1
    const segments: Segment[] = [
      { title, startS, endS, source: { modality: 'video' } },
      { title, startS, endS, source: { modality: 'audio', trackId } },
    ]
    const [video, audio] = await embed(corpus, segments, await weightsOf(result))
    expect(cosine(video ?? new Float32Array(), result.mp4.video)).toBeGreaterThan(0.999)
    expect(cosine(audio ?? new Float32Array(), result.mp4.audio)).toBeGreaterThan(0.999)
  })

  it('does not run before its pooling is chosen, and says what to set', async () => {
    const file = asFile([await fetched('/src/engine/fixtures/released.pth')], 'released.pth')
    const weights = await openWeights(file, {})
    expect(weights.notes.join(' ')).toMatch(
      /no projection heads.*Left out: criterion\.temperature\..*cfg: lssd\.config\.Settings/,
    )
    const unset = { videoPooling: 'cls', audioPooling: '' }
    expect(() => withChoices(weights.config, unset)).toThrow('Set audioPooling to norm-mean or mean-norm.')
    const wrong = { videoPooling: 'norm-mean', audioPooling: 'cls' }
    expect(() => withChoices(weights.config, wrong)).toThrow('The video network has a CLS token')
  })
})
