import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { only, u32Tensor } from '../gpu/operator'
import { dropPath } from './drop-path'
import { dropPathReference } from './drop-path.reference'
import { runGraph, shape, testOperator } from './testing'

const rng = (index: number) => (index === 1 ? Uint32Array.of(0xdeadbeef, 4000000001, 5) : null)

testOperator({
  operator: dropPath,
  reference: dropPathReference,
  cases: [
    {
      name: 'half of 100 samples',
      attributes: { rate: 0.5, stream: 3 },
      inputs: [shape(100, 4), u32Tensor(3)],
      make: rng,
      gradientOf: [0],
    },
    {
      name: 'odd samples',
      attributes: { rate: 0.2, stream: 0 },
      inputs: [shape(13, 3, 5), u32Tensor(3)],
      make: rng,
      gradientOf: [0],
    },
    {
      name: 'rate 0 keeps all',
      attributes: { rate: 0, stream: 1 },
      inputs: [shape(9, 8), u32Tensor(3)],
      make: rng,
      gradientOf: [0],
    },
  ],
})

/** What is kept of `samples` ones, as 0 or 1 each. */
async function kept(samples: number, rate: number, stream: number, state: readonly number[]): Promise<number[]> {
  const graph = new GraphBuilder()
  const inputs = [graph.input('x', shape(samples, 1)), graph.input('rng', u32Tensor(3))]
  graph.output('y', only(graph.apply(dropPath, inputs, { rate, stream })))
  const results = await runGraph(graph, { x: new Float32Array(samples).fill(1), rng: Uint32Array.from(state) })
  return [...(results.get('y') ?? [])].map((v) => (v > 0 ? 1 : 0))
}

const share = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

it('drops the share it is told to, in every stream, step and seed independently', async () => {
  const count = 20000
  const base = await kept(count, 0.3, 1, [1, 1, 0])
  // Five standard deviations of a binomial share.
  const margin = 5 * Math.sqrt((0.3 * 0.7) / count)
  expect(Math.abs(share(base) - 0.7)).toBeLessThan(margin)
  for (const other of [
    await kept(count, 0.3, 2, [1, 1, 0]),
    await kept(count, 0.3, 1, [1, 2, 0]),
    await kept(count, 0.3, 1, [2, 1, 0]),
  ]) {
    expect(Math.abs(share(other) - 0.7)).toBeLessThan(margin)
    const both = share(base.map((value, i) => value * (other[i] ?? 0)))
    expect(Math.abs(both - 0.49)).toBeLessThan(2 * margin)
  }
})

it('a micro-batch draws what its samples draw in the whole batch', async () => {
  const whole = await kept(64, 0.5, 4, [7, 3, 0])
  expect(await kept(16, 0.5, 4, [7, 3, 32])).toEqual(whole.slice(32, 48))
})
