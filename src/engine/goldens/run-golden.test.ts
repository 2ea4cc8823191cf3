/** PyTorch's own numbers are the truth: what the authors' network, its training and its audio front end compute. */
import { describe, expect, it } from 'vitest'
import { testContext } from '../../ops/testing'
import { openGolden } from './golden'
import { runGolden } from './run-golden'

const files = Object.keys(import.meta.glob('../../../goldens/*.safetensors', { query: '?url' })).map(
  (path) => path.split('/').at(-1) ?? '',
)
const open = async (file: string) => openGolden(await (await fetch(`/goldens/${file}`)).blob())

describe('our kernels compute what PyTorch computed', () => {
  it('in every kind of golden file', async () => {
    const kinds = await Promise.all(files.map(async (file) => (await open(file)).kind))
    expect(new Set(kinds)).toEqual(new Set(['backbone', 'pretraining', 'mel', 'resample']))
  })

  it.each(files)('%s', async (file) => {
    const golden = await open(file)
    const results = await runGolden(await testContext(), golden)
    expect(results.filter(({ problem }) => problem !== null)).toEqual([])
    expect(results.length).toBeGreaterThanOrEqual(golden.kind === 'backbone' || golden.kind === 'pretraining' ? 40 : 1)
  })
})
