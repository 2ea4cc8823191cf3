/** The page that `npm run bench` opens: one benchmark at a time, by name. */
import { GpuContext } from '../src/gpu/gpu-context'
import { type Bench, type BenchOptions, type BenchResult, peerNames } from './bench'

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  matmul: async () => (await import('./matmul')).matmul,
  vit: async () => (await import('./vit')).vit,
  'log-mel': async () => (await import('./log-mel')).logMel,
  tiny: async () => (await import('./tiny')).tiny,
  probe: async () => (await import('./probe')).probe,
  decode: async () => (await import('./decode')).decode,
}

async function run(name: string, options: BenchOptions): Promise<BenchResult> {
  const load = benches[name]
  if (!load) throw new Error(`There is no benchmark "${name}"; there are ${Object.keys(benches).join(', ')}.`)
  const bench = await load()
  return bench(await GpuContext.open(), options)
}

Object.assign(globalThis, { dubbookBench: { names: Object.keys(benches), peerNames, run } })
