/** The engine worker: answers the page's calls (see `api.ts`). */
import type { BranchPoint } from '../schema/run-record'
import type { Engine } from './api'
import { serve } from './channel'
import { EngineState } from './engine'
import { deleteRun, exportRun, importRun, keepBranchPoint, listRuns, renameRun } from './run-history'

const state = new EngineState()

// A dedicated worker's global scope is the port to the page that started it.
serve(self as unknown as import('./channel').Port, {
  describe: () => state.plans.describe(),
  fingerprint: (_, ...args: Parameters<EngineState['plans']['fingerprint']>) => state.plans.fingerprint(...args),
  checkGpu: ({ signal, progress: onProgress }, wait: Parameters<Engine['checkGpu']>[0]) =>
    state.plans.check(wait, { signal, onProgress }),
  tuneGpu: ({ signal, progress: onProgress }) => state.tuneGpu({ signal, onProgress }),
  forgetTuning: () => state.plans.forgetTuning(),
  run: (call, request: Parameters<EngineState['run']>[1]) => state.run(call, request),
  load: (_, ...args: Parameters<EngineState['load']>) => state.load(...args),
  pause: async (_, cellId: string) => void state.pause(cellId),
  resume: async (_, cellId: string) => state.resume(cellId),
  writeCheckpoints: async () => state.writeCheckpoints(),
  readFile: (_, ...args: Parameters<EngineState['readFile']>) => state.readFile(...args),
  measureFloor: () => state.measureFloor(),
  contentHash: (_, ...args: Parameters<EngineState['contentHash']>) => state.contentHash(...args),
  inspectWeights: (_, ...args: Parameters<EngineState['inspectWeights']>) => state.inspectWeights(...args),
  nearest: (_, ...args: Parameters<EngineState['nearest']>) => state.nearest(...args),
  umap: ({ signal, progress }, hash: string, file: string, settings: Parameters<EngineState['umap']>[2]) =>
    state.umap(hash, file, settings, progress, signal),
  align: ({ signal, progress }, ...args: [corpusHash: string, file: string]) => state.align(...args, progress, signal),
  listRuns: () => listRuns(),
  renameRun: (_, ...args: Parameters<typeof renameRun>) => renameRun(...args),
  deleteRun: (_, hash: string) => deleteRun(hash),
  exportRun: (_, hash: string) => exportRun(hash),
  importRun: (_, file: File) => importRun(file),
  keepBranchPoint: (_, point: BranchPoint) => keepBranchPoint(point),
  sound: (_, ...args: Parameters<EngineState['sound']>) => state.sound(...args),
})
