/** Rounding to float16 and back. */
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { f32Tensor, only } from '../gpu/operator'
import { packHalf, unpackHalf } from './half'
import { normals, runGraph, seededRandom } from './testing'

async function roundTrip(x: Float32Array): Promise<Float32Array> {
  const graph = new GraphBuilder()
  const packed = graph.apply(packHalf, [graph.input('x', f32Tensor(x.length))], null)
  graph.output('y', only(graph.apply(unpackHalf, packed, null)))
  return (await runGraph(graph, { x })).get('y') ?? new Float32Array()
}

describe('float16 storage', () => {
  it.each([1, 2, 255, 1000])('keeps %i numbers to 11 bits', async (count) => {
    const x = normals(count, seededRandom(count))
    const y = await roundTrip(x)
    expect(y.length).toBe(count)
    // WebGPU lets an adapter round either way: one unit in the last place, half of one on most.
    x.forEach((value, i) => {
      expect(Math.abs((y[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -10 + 2 ** -24)
    })
  })

  it('gives numbers that float16 holds back as they were, and the largest for what is beyond', async () => {
    const x = Float32Array.of(0, -1, 0.5, 1 / 1024, 65504, 1e6, -1e9)
    expect(await roundTrip(x)).toEqual(Float32Array.of(0, -1, 0.5, 1 / 1024, 65504, 65504, -65504))
  })
})
