import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { u32Tensor } from '../gpu/operator'
import { initialise, initialPlans, probeAdam, probeAdamHyper } from './probe-adam'
import { normals, runGraph, seededRandom, shape, testOperator } from './testing'

const hypers = [probeAdamHyper(1e-2, 1, 0), [0, 0, 0, 0], probeAdamHyper(3e-4, 7, 0.5)]

testOperator({
  operator: probeAdam,
  reference: ([parameters = new Float64Array(), gradients, first, second, hyper]) => {
    const size = parameters.length / 3
    const own = (i: number) => hyper?.subarray(4 * Math.floor(i / size)) ?? new Float64Array()
    const active = (i: number) => own(i)[0] !== 0
    const m = parameters.map(
      (_, i) => (first?.[i] ?? 0) + (active(i) ? 0.1 * ((gradients?.[i] ?? 0) - (first?.[i] ?? 0)) : 0),
    )
    const v = parameters.map(
      (_, i) => (second?.[i] ?? 0) + (active(i) ? 0.001 * ((gradients?.[i] ?? 0) ** 2 - (second?.[i] ?? 0)) : 0),
    )
    const changed = parameters.map((value, i) => {
      const [rate = 0, root = 0, decay = 0] = own(i)
      return active(i) ? value * (1 - decay) - (rate * (m[i] ?? 0)) / (Math.sqrt(v[i] ?? 0) / root + 1e-8) : value
    })
    return [changed, m, v]
  },
  cases: [
    {
      name: 'three probes, one of which rests, one with weight decay',
      attributes: null,
      inputs: [shape(3, 5, 8), shape(3, 5, 8), shape(3, 5, 8), shape(3, 5, 8), shape(3, 4)],
      make: (index, random) => {
        if (index === 3) return normals(120, random).map((value) => value * value)
        return index === 4 ? Float32Array.from(hypers.flat()) : null
      },
    },
  ],
})

it('initial values have the spread asked for, and do not depend on the probes beside', async () => {
  const size = 40_000
  const run = async (plans: Parameters<typeof initialPlans>[0]) => {
    const graph = new GraphBuilder()
    const parameters = graph.input('parameters', shape(plans.length, size))
    graph.apply(initialise, [parameters, graph.input('plan', u32Tensor(plans.length, 4))], { stream: 3 })
    graph.output('drawn', parameters)
    const given = { parameters: normals(plans.length * size, seededRandom(1)), plan: initialPlans(plans) }
    return (await runGraph(graph, given)).get('drawn') ?? new Float32Array()
  }
  const uniform = { seed: 5, distribution: 'uniform', spread: 0.3 } as const
  const normal = { seed: 6, distribution: 'normal', spread: 0.2 } as const
  const drawn = await run([uniform, normal])
  const [flat, bell] = [drawn.slice(0, size), drawn.slice(size)]
  const moment = (values: Float32Array, power: number) =>
    values.reduce((sum, value) => sum + value ** power, 0) / values.length
  expect(Math.max(...flat.map(Math.abs))).toBeLessThanOrEqual(0.3)
  expect(new Set(flat).size).toBeGreaterThan(0.99 * size)
  // Five deviations of the moments of 40,000 independent draws.
  expect(Math.abs(moment(flat, 1))).toBeLessThan((5 * 0.3) / Math.sqrt(3 * size))
  expect(Math.abs(moment(flat, 2) / 0.03 - 1)).toBeLessThan(5 * Math.sqrt(0.8 / size))
  expect(Math.abs(moment(bell, 1))).toBeLessThan((5 * 0.2) / Math.sqrt(size))
  expect(Math.abs(moment(bell, 2) / 0.04 - 1)).toBeLessThan(5 * Math.sqrt(2 / size))
  expect(Math.abs(moment(bell, 4) / (3 * 0.04 ** 2) - 1)).toBeLessThan(5 * Math.sqrt(96 / 9 / size))
  expect(await run([normal])).toEqual(bell)
})
