import { expect, it } from 'vitest'
import { GpuContext } from '../src/gpu/gpu-context'
import { GraphBuilder } from '../src/gpu/graph'
import { f32Tensor, only } from '../src/gpu/operator'
import { scale } from '../src/ops/scale'
import { type Comparison, type Contender, compare } from './compare'
import { normals, relativeError, requireAgreement } from './numbers'
import { graphContender } from './ours'

const context = await GpuContext.open()
const x = normals(4096, 1)

async function timesFactor(name: Contender['name'], factor: number): Promise<Contender> {
  const graph = new GraphBuilder()
  const result = only(graph.apply(scale, [graph.input('x', f32Tensor(x.length))], { factor }))
  return { ...(await graphContender(context, graph, result, { x })), name }
}

const comparison = async (peerFactor: number): Promise<Comparison> => ({
  bench: 'scale',
  name: '4096',
  context,
  ours: await timesFactor('ours', 2),
  peers: [await timesFactor('jax-js', peerFactor)],
  flops: 4096,
  agree: (peer, result, ours) => requireAgreement(`What ${peer} scaled`, relativeError(result, ours), 1e-5),
})

it('gives a row per peer and one for the peak, in ms of one call', async () => {
  const rows = await compare(await comparison(2), 2, ['peak', 'jax-js'])
  expect(rows.map(({ peerName }) => peerName).sort()).toEqual(['jax-js', 'peak'])
  for (const { bench, case: name, ours, peer, ratio, unit, adapter } of rows) {
    expect([bench, name, unit, adapter]).toEqual(['scale', '4096', 'ms', context.gpu.adapterName])
    expect(ours).toBeGreaterThan(0)
    expect(ratio).toBeCloseTo(peer / ours)
  }
})

it('refuses to time a peer that computes something else', async () => {
  await expect(compare(await comparison(2.001), 1, [])).rejects.toThrow(/What jax-js scaled differs from ours/)
})
