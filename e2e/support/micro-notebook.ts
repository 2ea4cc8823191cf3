/** A notebook that trains the smallest of networks on the sample clips: for tests of what happens to a run, not of what it learns. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/install.mjs'
import { parseNotebook, type Settings } from '../../src/schema/notebook'

/** Settings of the smallest of networks: it trains in moments, and its embeddings have 8 numbers. */
export const microModel = {
  embedDim: 4,
  depth: 2,
  widenAt: '1',
  videoFrames: 2,
  videoSize: 32,
  headHidden: 16,
  headDim: 8,
} as const

/** The same for a notebook that the headless runner is given. */
export const microModelArguments: readonly string[] = Object.entries(microModel).flatMap(([key, value]) => [
  '--set',
  `model.${key}=${value}`,
])

/** @param path - where the notebook is written. @param pretrain - settings of its pretrain cell. */
export function writeMicroNotebook(path: string, pretrain: Settings): string {
  const notebook = {
    version: 1,
    title: 'A short run',
    seed: 1,
    cells: [
      { id: 'corpus', kind: 'corpus', media: 'samples' },
      { id: 'model', kind: 'model', settings: microModel },
      {
        id: 'pretrain',
        kind: 'pretrain',
        settings: { batch: 4, snippetsPerTitle: 2, lookEvery: 0, ...pretrain },
        inputs: ['corpus', 'model'],
      },
      { id: 'export', kind: 'export', inputs: ['pretrain'] },
    ],
  }
  writeFileSync(path, JSON.stringify(notebook))
  return path
}

/** The sample notebook with the smallest of networks. @param path - where it is written. @param pretrain - changed settings. */
export function writeMicroSample(path: string, pretrain: Settings): string {
  const sample = parseNotebook(JSON.parse(readFileSync(join(root, 'public/samples/sample.dubbook.json'), 'utf8')))
  const cells = sample.cells.map((cell) => {
    if (cell.kind === 'model') return { ...cell, settings: microModel }
    return cell.kind === 'pretrain' ? { ...cell, settings: { ...cell.settings, ...pretrain } } : cell
  })
  writeFileSync(path, JSON.stringify({ ...sample, title: 'The samples, in small', cells }))
  return path
}
