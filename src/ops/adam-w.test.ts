import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { only, u32Tensor } from '../gpu/operator'
import { type AdamWSettings, adamHyper, adamW, advanceAdam } from './adam-w'
import { gradientNorm } from './gradient-norm'
import { type AdamWState, adamWReference } from './optimiser.reference'
import { normals, relativeError, seededRandom, shape, testContext } from './testing'

const size = 640
const decays = (index: number) => Math.floor(index / 64) % 3 !== 1
const settings: AdamWSettings = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0.05,
  clipNorm: 1,
}

/** Runs one step per gradient on the GPU and gives parameters, both moments and the state after the last. */
async function steps(
  parameters: Float32Array,
  gradients: readonly Float32Array[],
  settingsOf: (step: number) => AdamWSettings,
) {
  const context = await testContext()
  const graph = new GraphBuilder()
  const parts = ['parameters', 'gradients', 'first', 'second'].map((name) => graph.input(name, shape(size)))
  const [values, gradient] = parts
  if (!values || !gradient) throw new Error('The graph has no inputs.')
  const state = graph.input('state', shape(4))
  const norm = only(graph.apply(gradientNorm, [gradient], null))
  const hyper = graph.input('hyper', shape(8))
  graph.apply(advanceAdam, [hyper, norm, state], null)
  graph.apply(adamW, [...parts, graph.input('flags', u32Tensor(size / 64)), hyper, norm, state], null)
  for (const value of [values, state]) graph.output(value === state ? 'state' : 'parameters', value)
  for (const [index, name] of [
    [2, 'first'],
    [3, 'second'],
  ] as const) {
    const value = parts[index]
    if (value) graph.output(name, value)
  }
  const executable = await context.compile(graph)
  try {
    executable.poison()
    executable.write('parameters', parameters)
    for (const name of ['first', 'second']) executable.write(name, new Float32Array(size))
    executable.write('state', new Float32Array(4))
    executable.write(
      'flags',
      Uint32Array.from({ length: size / 64 }, (_, block) => (decays(block * 64) ? 1 : 0)),
    )
    for (const [step, data] of gradients.entries()) {
      executable.write('gradients', data)
      executable.write('hyper', adamHyper(settingsOf(step)))
      executable.run()
    }
    return {
      parameters: await executable.read('parameters'),
      first: await executable.read('first'),
      second: await executable.read('second'),
      state: await executable.read('state'),
    }
  } finally {
    executable.destroy()
  }
}

function expectedAfter(
  parameters: Float32Array,
  gradients: readonly Float32Array[],
  settingsOf: (step: number) => AdamWSettings,
): AdamWState {
  return gradients.reduce<AdamWState>(
    (state, data, step) => adamWReference(state, Float64Array.from(data), decays, settingsOf(step)),
    {
      parameters: Float64Array.from(parameters),
      first: new Float64Array(size),
      second: new Float64Array(size),
      steps: 0,
      skipped: 0,
    },
  )
}

/** Compares the moves of the parameters too: they are a thousandth of the parameters and would drown in them. */
async function compare(gradients: readonly Float32Array[], settingsOf: (step: number) => AdamWSettings) {
  const parameters = normals(size, seededRandom(1))
  const actual = await steps(parameters, gradients, settingsOf)
  const expected = expectedAfter(parameters, gradients, settingsOf)
  const moved = (after: Float32Array | Float64Array) => [...after].map((p, i) => p - (parameters[i] ?? 0))
  expect(relativeError(actual.parameters, expected.parameters)).toBeLessThan(2e-7)
  expect(relativeError(moved(actual.parameters), moved(expected.parameters))).toBeLessThan(1e-4)
  expect(relativeError(actual.first, expected.first)).toBeLessThan(2e-6)
  expect(relativeError(actual.second, expected.second)).toBeLessThan(2e-6)
  expect([actual.state[0], actual.state[1]]).toEqual([expected.steps, expected.skipped])
  expect(actual.state[2]).toBeCloseTo(1 - settings.beta1 ** expected.steps, 6)
  expect(actual.state[3]).toBeCloseTo(1 - settings.beta2 ** expected.steps, 8)
}

const random = seededRandom(5)
const finite = Array.from({ length: 12 }, (_, step) => normals(size, random).map((g) => g * 10 ** ((step % 4) - 3)))

it('twelve steps, clipped in some and with a changing rate, equal PyTorch’s AdamW in float64', () =>
  compare(finite, (step) => ({ ...settings, learningRate: 1e-3 / (1 + step) })))

it('without clipping and decay, plain Adam', () =>
  compare(finite, () => ({ ...settings, clipNorm: 0, weightDecay: 0 })))

it('steps with NaN or infinity change nothing but the count of skipped ones', async () => {
  const broken = [Number.NaN, Number.NEGATIVE_INFINITY].map((value) => {
    const gradients = normals(size, random)
    gradients[333] = value
    return gradients
  })
  const mixed = [...finite.slice(0, 2), ...broken, ...finite.slice(2, 4)]
  await compare(mixed, () => settings)
})

it('a first step that is skipped leaves the parameters bit for bit', async () => {
  const parameters = normals(size, random)
  const after = await steps(parameters, [new Float32Array(size).fill(Number.NaN)], () => settings)
  expect(after.parameters).toEqual(parameters)
  expect([...after.state]).toEqual([0, 1, 0, 0])
})
