/** A notebook that trains the smallest of networks on the sample clips: for tests of what happens to a run, not of what it learns. */
import { writeFileSync } from 'node:fs'
import type { Settings } from '../../src/schema/notebook'

/** @param path - where the notebook is written. @param pretrain - settings of its pretrain cell. */
export function writeMicroNotebook(path: string, pretrain: Settings): string {
  const notebook = {
    version: 1,
    title: 'A short run',
    seed: 1,
    cells: [
      { id: 'corpus', kind: 'corpus', media: 'samples' },
      {
        id: 'model',
        kind: 'model',
        settings: { embedDim: 4, depth: 2, widenAt: '1', videoFrames: 2, videoSize: 32, headHidden: 16, headDim: 8 },
      },
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
