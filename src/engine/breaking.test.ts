/** A driver that compiles kernels wrongly, on the real engine: what is wrong is found, said and not used. */
import { expect, it } from 'vitest'
import { openSafetensors } from '../formats/safetensors'
import { failedOf, type GpuCheck } from '../schema/gpu-check'
import type { Breaking } from './breaking.test-worker'
import { startEngine } from './client'
import { smallRuns } from './small-run.testing'

/** An engine with a store of its own: what it finds out about this adapter is nobody else's. */
function engineWith(changes: Breaking['changes']) {
  const breaking: Breaking = { storage: `breaking-${crypto.randomUUID()}`, changes }
  const url = new URL('./breaking.test-worker.ts', import.meta.url)
  return startEngine(new Worker(url, { type: 'module', name: JSON.stringify(breaking) }))
}

/** A check goes through every table that might pass. */
const timeout = 300_000

const statusOf = ({ families }: GpuCheck, family: string) =>
  Object.fromEntries(
    (families.find((candidate) => candidate.family === family)?.variants ?? []).map(({ variant, status }) => [
      variant,
      status,
    ]),
  )

it(
  'a variant that a driver breaks is found and not used; the run goes on with another, and all exports say so',
  async () => {
    // The last lane of a quad gets its neighbour's rows: only `quad` hands rows round.
    const engine = engineWith([{ where: 'fn multiply(', from: ', 3u)', to: ', 2u)' }])
    expect((await engine.describe()).variants).toContain('matmul=quad')
    const { openCorpus, train, exported } = smallRuns(engine)
    await openCorpus()
    const { gpuCheck, variants } = await train('broken')
    expect(gpuCheck).toBe('passed without matmul:quad')
    expect(variants).toMatch(/matmul=registers/)

    const file = await exported('broken')
    const check = JSON.parse(await (await file('gpu-check.json')).text()) as GpuCheck
    expect(check).toMatchObject({ complete: true, problem: null })
    expect(failedOf(check)).toEqual(['matmul:quad'])
    expect(statusOf(check, 'matmul')).toEqual({ registers: 'passed', quad: 'failed', workgroup: 'passed' })
    const { metadata } = await openSafetensors(await file('weights.safetensors'))
    expect(JSON.parse(metadata.gpuCheck ?? '')).toMatchObject({ result: gpuCheck })
    expect((await engine.describe()).check).toEqual(check)
  },
  timeout,
)

it(
  'on a driver that breaks every variant nothing trains: the message names the kernels, the adapter and the remedy',
  async () => {
    const engine = engineWith([{ where: 'fn finish(', from: 'sizes.alpha * sum', to: '1.001 * sizes.alpha * sum' }])
    const { openCorpus, train } = smallRuns(engine)
    await openCorpus()
    const refusal =
      /every variant of the kernel family "matmul" computes wrong numbers \(.*nothing is trained.*Update the graphics driver/
    await expect(train('refused')).rejects.toThrow(refusal)
    const { adapter, check } = await engine.describe()
    expect(check?.problem).toContain(adapter)
    expect(statusOf(check as GpuCheck, 'matmul')).toEqual({ registers: 'failed', quad: 'failed', workgroup: 'failed' })
    // What was found is kept: the second refusal needs no second check.
    await expect(train('refused-again')).rejects.toThrow(refusal)
  },
  timeout,
)
