import { afterAll, describe, expect, it } from 'vitest'
import { readSafetensors } from '../formats/safetensors'
import { allocate, type BufferRange, readRange } from '../gpu/memory'
import { resampleSignal } from '../ops/resample.reference'
import { normals, relativeError, seededRandom, testContext } from '../ops/testing'
import { type AudioClip, AudioInputs } from './audio-inputs'

const samples = 144_000
const frames = 288
const perClip = 96 * frames

const buffers: GPUBuffer[] = []
afterAll(() => {
  for (const buffer of buffers) buffer.destroy()
})

async function destinationOf(rows: number): Promise<BufferRange> {
  const { device } = await testContext()
  const buffer = await allocate(device, 4 * perClip * rows, 'test clips')
  buffers.push(buffer)
  return { buffer, offset: 0, bytes: 4 * perClip * rows }
}

async function melsOf(clips: readonly AudioClip[], rowsPerRun = clips.length): Promise<Float32Array> {
  const context = await testContext()
  const inputs = new AudioInputs(context, rowsPerRun)
  const destination = await destinationOf(Math.max(...clips.map(({ row }) => row)) + 1)
  await inputs.run(clips, destination)
  const mels = new Float32Array(await readRange(context.device, destination))
  inputs.destroy()
  return mels
}

const at48 = (waveform: Float32Array, row = 0): AudioClip => ({
  sound: { sampleRate: 48_000, channels: [waveform] },
  row,
})

async function golden(name: string) {
  const { metadata, tensors } = readSafetensors(await (await fetch(`/goldens/${name}.safetensors`)).arrayBuffer())
  const floats = (key: string): Float32Array => {
    const data = tensors.get(key)?.data
    if (!(data instanceof Float32Array)) throw new Error(`${name} holds no float32 "${key}".`)
    return data
  }
  return { input: floats('input'), output: floats('output'), config: JSON.parse(metadata.config ?? '') }
}

/** The project's tolerance: 0.01 dB above -40 dB, 1e-6 of the largest power below. */
function expectSameMel(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length)
  const power = (dB: number) => 10 ** (dB / 10)
  let largest = 0
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, power(expected[i] ?? 0))
  let worstDb = 0
  let worstShare = 0
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] ?? Number.NaN, expected[i] ?? Number.NaN]
    if (e > -40) worstDb = Math.max(worstDb, Math.abs(a - e))
    else worstShare = Math.max(worstShare, Math.abs(power(a) - power(e)) / largest)
    expect(Number.isFinite(a)).toBe(true)
  }
  expect(worstDb, 'dB where loud').toBeLessThanOrEqual(0.01)
  expect(worstShare, 'share of the largest power where quiet').toBeLessThanOrEqual(1e-6)
}

describe('log-mel equals torchaudio', () => {
  it.each(['mel-noise', 'mel-short', 'mel-speechlike'])('on %s', async (name) => {
    const { input, output } = await golden(name)
    expectSameMel(await melsOf([at48(input)]), output)
  })
})

describe('log-mel of a synthetic signal has the values computed in float64', () => {
  const sine = (t: number) => 0.5 * Math.sin(2 * Math.PI * 1000 * t)
  const chirp = (t: number) => 0.5 * Math.sin(2 * Math.PI * (50 * t + (11950 / 6) * t * t))
  const of = (signal: (t: number) => number, until = samples) =>
    Float32Array.from({ length: samples }, (_, n) => (n < until ? signal(n / 48_000) : 0))
  const places = [
    [0, 0],
    [25, 100],
    [30, 143],
    [40, 144],
    [95, 287],
  ] as const
  const table: [string, Float32Array, max: number, at: [number, number], values: number[]][] = [
    ['a sine of 1 kHz', of(sine), 42.079229, [23, 1], [11.465492, 17.569461, -27.525943, -54.116961, -20.9865]],
    [
      'a unit impulse at sample 72000',
      of(() => 0).fill(1, 72_000, 72_001),
      10.957859,
      [95, 144],
      [-100, -100, -11.344512, 2.036698, -100],
    ],
    ['silence', of(() => 0), -100, [0, 0], [-100, -100, -100, -100, -100]],
    ['a second of the sine', of(sine, 48_000), 42.079229, [23, 1], [11.465492, -100, -100, -100, -100]],
    [
      'a chirp from 50 Hz to 12 kHz',
      of(chirp),
      43.670587,
      [76, 267],
      [31.117153, -77.661976, -93.125368, -81.576268, -100],
    ],
  ]

  it('all in one batch', async () => {
    const mels = await melsOf(table.map(([, waveform], row) => at48(waveform, row)))
    table.forEach(([name, , max, [band, frame], values], clip) => {
      const mel = mels.subarray(clip * perClip, (clip + 1) * perClip)
      const largest = mel.reduce((a, b) => Math.max(a, b))
      expect(largest, `${name}: max`).toBeCloseTo(max, 3)
      expect(mel[band * frames + frame], `${name}: place of the max`).toBeCloseTo(largest, 3)
      places.forEach(([m, t], index) => {
        const actual = mel[m * frames + t] ?? Number.NaN
        const expected = values[index] ?? Number.NaN
        if (expected > -40) expect(actual, `${name}: [${m}, ${t}]`).toBeCloseTo(expected, 2)
        // 1e-15 is the rounding of the floor of -100 dB itself.
        else
          expect(Math.abs(10 ** (actual / 10) - 10 ** (expected / 10))).toBeLessThanOrEqual(
            1e-6 * 10 ** (max / 10) + 1e-15,
          )
      })
    })
  })
})

describe('resampling equals torchaudio', () => {
  it.each(['resample-16000', 'resample-44100'])('on %s', async (name) => {
    const { input, output, config } = await golden(name)
    const inputs = new AudioInputs(await testContext(), 1, output.length)
    const clip = { sound: { sampleRate: config.from, channels: [input] }, row: 0 }
    const error = relativeError(await inputs.waveforms([clip]), output)
    inputs.destroy()
    expect(error).toBeLessThanOrEqual(1e-5)
  })

  it('gives the impulse and the sine of the specification', async () => {
    const inputs = new AudioInputs(await testContext(), 2, 600)
    const sine = Float32Array.from({ length: 441 }, (_, n) => Math.sin((2 * Math.PI * 1000 * n) / 44_100))
    const all = await inputs.waveforms([
      { sound: { sampleRate: 16_000, channels: [new Float32Array(64).fill(1, 32, 33)] }, row: 0 },
      { sound: { sampleRate: 44_100, channels: [sine] }, row: 0 },
    ])
    inputs.destroy()
    const expectAt = (start: number, expected: Record<number, number>) => {
      for (const [index, value] of Object.entries(expected)) expect(all[start + Number(index)]).toBeCloseTo(value, 6)
    }
    expectAt(0, { 94: 0.4060377, 95: 0.8158284, 96: 0.99, 97: 0.8158284, 98: 0.4060377, 99: 0.0093416, 192: 0 })
    expectAt(600, { 0: 0.0003923, 1: 0.1280456, 2: 0.261189, 100: 0.4999743, 240: 0, 479: -0.1280456, 480: 0 })
  })
})

it('a batch of several rates, channel counts, gains and lengths equals each clip on its own', async () => {
  const random = seededRandom(5)
  const sounds = [
    { sampleRate: 44_100, channels: [normals(132_300, random), normals(132_300, random)] },
    { sampleRate: 48_000, channels: [normals(150_000, random)] },
    { sampleRate: 22_050, channels: [normals(20_001, random)] },
    { sampleRate: 96_000, channels: Array.from({ length: 6 }, () => normals(300_000, random)) },
    { sampleRate: 16_000, channels: [normals(48_000, random)] },
  ]
  const gains = [1, 2, 0.5, 1, 0.25]
  const order = [3, 0, 4, 1, 2]
  const batch = await melsOf(
    sounds.map((sound, index) => ({ sound, gain: gains[index] ?? 1, row: order[index] ?? 0 })),
    2,
  )
  for (const index of [0, 2]) {
    const { sampleRate, channels } = sounds[index] ?? { sampleRate: 0, channels: [] }
    const mono = Float64Array.from(channels[0] ?? [], (_, i) => {
      const sum = channels.reduce((total, channel) => total + (channel[i] ?? 0), 0)
      return ((gains[index] ?? 0) * sum) / channels.length
    })
    const [original, target] = sampleRate === 44_100 ? [147, 160] : [147, 320]
    const padded = new Float32Array(samples)
    padded.set(resampleSignal(mono, original, target).subarray(0, samples))
    const alone = await melsOf([at48(padded)])
    const row = order[index] ?? 0
    expectSameMel(batch.subarray(row * perClip, (row + 1) * perClip), alone)
  }
  // The others were written too: noise is nowhere silent.
  for (let row = 0; row < 5; row++) expect(batch[row * perClip + 40 * frames + 3]).toBeGreaterThan(-20)
})

it('says which row does not fit the batch', async () => {
  const inputs = new AudioInputs(await testContext(), 1)
  await expect(inputs.run([at48(new Float32Array(samples), 2)], await destinationOf(2))).rejects.toThrow(
    'Row 2 lies outside a batch of 2 clips',
  )
  inputs.destroy()
})
