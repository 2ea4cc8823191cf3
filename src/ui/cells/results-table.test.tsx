import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resultsTable } from '../../notebook/paper/results-table'
import type { ProbeDetail, ProbeTask } from '../../schema/probe-results'
import { ProbeDetails } from './probe-details'
import { ResultsTable } from './results-table'

let host: HTMLElement
let root: Root
beforeEach(() => {
  host = document.body.appendChild(document.createElement('div'))
  root = createRoot(host)
})
afterEach(() => {
  root.unmount()
  host.remove()
})

const task: ProbeTask = {
  name: 'relationship',
  modality: 'video',
  metric: 'top1_acc',
  value: 0.5,
  std: 0.02,
  interval: [0.35, 0.65],
  chance: 0.3,
  untrained: null,
  n: 40,
  listed: 42,
  folds: 1,
}

test('a run’s own number stands with interval, chance and how many clips it is of, above the grey rows', async () => {
  const run = { name: 'Probes', variant: null, instances: 18, tasks: [task] }
  root.render(<ResultsTable table={resultsTable([run], 'video')} />)
  await expect.poll(() => host.querySelectorAll('tbody').length).toBe(5)
  const own = host.querySelector('tbody:not(.printed)')
  expect(own?.textContent).toContain('50.00[35.0, 65.0]chance 30.040 of 42')
  expect(own?.querySelector('.best')).toBeNull()
  const printed = [...host.querySelectorAll('tbody.printed tr')].map(({ textContent }) => textContent)
  expect(printed.find((text) => text?.startsWith('A.1'))).toContain('43.9018 of 41')
})

test('behind a score stand its folds, curves, classes and confusions', async () => {
  const detail: ProbeDetail = {
    labels: ['friend', 'wife'],
    folds: [
      {
        name: 'seed 0',
        value: 0.5,
        classesLeftOut: 0,
        bestEpoch: 2,
        curve: [
          { epoch: 1, score: 0.4, loss: 0.7 },
          { epoch: 2, score: 0.5, loss: 0.6 },
        ],
      },
    ],
    perClass: [0.6, Number.NaN],
    confusion: Uint32Array.of(6, 4, 3, 7),
  }
  root.render(<ProbeDetails task={task} detail={detail} />)
  await expect.poll(() => host.querySelector('details')).not.toBeNull()
  for (const details of host.querySelectorAll('details')) details.open = true
  await expect.poll(() => host.textContent).toContain('not scored')
  expect([...host.querySelectorAll('.confusion tbody td')].map(({ textContent }) => textContent)).toEqual([
    '6',
    '4',
    '3',
    '7',
  ])
  expect(host.querySelector('canvas')?.getAttribute('aria-label')).toBe(
    'Validation top1_acc of relationship, video by epoch, a line per fold',
  )
  expect(host.textContent).toContain('friendwife4')
})
