/** Runs whose GPU is taken away, or whose memory it does not have, on the real engine. */
import { beforeAll, expect, it } from 'vitest'
import { startEngine } from './client'
import type { LoseGpu } from './losing.test-worker'
import { smallRuns } from './small-run.testing'

const worker = new Worker(new URL('./losing.test-worker.ts', import.meta.url), { type: 'module' })
const { openCorpus, train, weights } = smallRuns(startEngine(worker))
const channel = new BroadcastChannel('lose the GPU')
const loseGpu = (how: LoseGpu['how'], withhold = 0) => channel.postMessage({ how, withhold } satisfies LoseGpu)

let undisturbed: Uint8Array
beforeAll(async () => {
  await openCorpus()
  await train('undisturbed')
  undisturbed = await weights('undisturbed')
}, 300_000)

/** Runs several runs, with the waits between losses and new devices. */
const timeout = 300_000

it(
  'a run whose device is lost says so, asks for another, and ends with the same bits',
  async () => {
    const messages: string[] = []
    let lost = false
    const { resumes, steps } = await train(
      'lost',
      ({ message, losses }) => {
        messages.push(message)
        if (lost || !losses?.some(({ step }) => step >= 3)) return
        lost = true
        loseGpu('destroy', 1)
      },
      { changes: { checkpointEveryS: 1 } },
    )
    expect(steps).toBe(8)
    expect(resumes).toHaveLength(1)
    expect(messages).toContainEqual(expect.stringMatching(/The GPU was lost.*going on from the last checkpoint/))
    expect(messages).toContainEqual(expect.stringMatching(/no GPU yet: asking again every 5 s, for 1[78]\d s more/))
    expect(await weights('lost')).toEqual(undisturbed)
  },
  timeout,
)

it(
  'a GPU that refuses memory in the middle of a run is given up, with the reason, and the run ends with the same bits',
  async () => {
    // It takes the browser a while to say what it refused: the run must not be over by then.
    const changes = { checkpointEveryS: 1, steps: 24 }
    await train('plenty', undefined, { changes })
    const messages: string[] = []
    let starved = false
    const { resumes } = await train(
      'starved',
      ({ message, losses }) => {
        messages.push(message)
        if (starved || !losses?.some(({ step }) => step >= 3)) return
        starved = true
        loseGpu('starve')
      },
      { changes },
    )
    expect(resumes).toHaveLength(1)
    expect(messages).toContainEqual(
      expect.stringMatching(/The GPU was lost \(.*buffer.*going on from the last checkpoint/i),
    )
    expect(await weights('starved')).toEqual(await weights('plenty'))
  },
  timeout,
)

it(
  'a run that loses every device before its first step ends with advice, and the next one trains',
  async () => {
    let attempt = ''
    const hopeless = train('hopeless', ({ message }) => {
      if (message.startsWith('Compiling') && attempt !== 'lost') {
        attempt = 'lost'
        loseGpu('destroy')
      }
      if (message.startsWith('The GPU was lost')) attempt = 'again'
    })
    await expect(hopeless).rejects.toThrow(/lost 3 times before a step was done.*smaller memory budget, batch or model/)
    await train('after-hopeless')
    expect(await weights('after-hopeless')).toEqual(undisturbed)
  },
  timeout,
)

it(
  'a run over its memory budget is refused with the sizes, and the same run in a larger one trains',
  async () => {
    await expect(train('over', undefined, { changes: { memoryBudgetMB: 1 } })).rejects.toThrow(
      /needs \d+ MB of GPU memory, the budget is 1 MB.*raise the memory budget/,
    )
    const { microBatch, plannedBytes } = await train('within', undefined, { changes: { memoryBudgetMB: 4 } })
    expect(microBatch).toBeLessThan(8)
    expect(plannedBytes).toBeLessThanOrEqual(4 * 2 ** 20)
  },
  timeout,
)
