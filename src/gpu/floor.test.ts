import { expect, it } from 'vitest'
import { add } from '../ops/add'
import { matrixProduct } from '../ops/matmul'
import { PeakMeter } from './floor'
import { GpuContext } from './gpu-context'
import { GraphBuilder } from './graph'
import { f32Tensor, only } from './operator'

const context = await GpuContext.open()

it('no kernel of ours does more multiply-adds than the measured peak', async () => {
  const meter = await PeakMeter.open(context)
  const graph = new GraphBuilder()
  const [a, b] = [graph.input('a', f32Tensor(256, 256)), graph.input('b', f32Tensor(256, 256))]
  graph.output('c', matrixProduct(graph, a, b, 'nn'))
  const executable = await context.compile(graph)
  executable.run()
  const peaks = [await meter.measure(), await meter.measure(), await meter.measure()]
  const [time] = (await executable.profile()) ?? []
  expect(time?.gigaflops).toBeGreaterThan(0)
  expect(Math.max(...peaks)).toBeGreaterThan(time?.gigaflops ?? 0)
  executable.destroy()
  meter.destroy()
})

it('a launch that does not say otherwise moves the bytes of all that it binds', async () => {
  const graph = new GraphBuilder()
  const [a, b] = [graph.input('a', f32Tensor(2 ** 20)), graph.input('b', f32Tensor(2 ** 20))]
  graph.output('sum', only(graph.apply(add, [a, b], null)))
  const executable = await context.compile(graph)
  const [time] = (await executable.profile()) ?? []
  expect((time?.gigabytesPerS ?? 0) * (time?.ms ?? 0) * 1e6).toBeCloseTo(3 * 4 * 2 ** 20, -1)
  // One addition per number.
  expect((time?.gigaflops ?? 0) * (time?.ms ?? 0) * 1e6).toBeCloseTo(2 ** 20, -1)
  executable.destroy()
})
