/** The page's end of the engine: starts the worker and turns its channel into {@link Engine}. */
import type { Floor } from '../schema/floor'
import type { GpuCheck, GpuProgress, GpuTuning } from '../schema/gpu-check'
import type { KeptRun, RunRecord } from '../schema/run-record'
import type { OffsetProposal } from '../schema/track-edits'
import type { CellResult, Engine, EngineDescription, Neighbour, Progress, RecognisedWeights } from './api'
import { openCaller } from './channel'
import workerUrl from './worker?worker&url'

/** The worker starts from a blob so that it inherits the page's Content-Security-Policy (design section 8). */
function startWorker(): Worker {
  const absolute = new URL(workerUrl, document.baseURI).href
  const blob = new Blob([`import ${JSON.stringify(absolute)}`], { type: 'text/javascript' })
  return new Worker(URL.createObjectURL(blob), { type: 'module', name: 'engine' })
}

/** @param worker One that serves the engine's calls; the engine's own unless a test has another. */
export function startEngine(worker: Worker = startWorker()): Engine {
  const { call } = openCaller(worker)
  // Results are what the worker's methods of the same name return; `worker.ts` is checked against the same interface.
  return {
    describe: () => call('describe', []) as Promise<EngineDescription>,
    fingerprint: (...args) => call('fingerprint', args) as Promise<string>,
    checkGpu: (wait, onProgress, signal) =>
      call('checkGpu', [wait], {
        onProgress: (event) => onProgress(event as GpuProgress),
        signal,
      }) as Promise<GpuCheck>,
    tuneGpu: (onProgress, signal) =>
      call('tuneGpu', [], { onProgress: (event) => onProgress(event as GpuProgress), signal }) as Promise<GpuTuning>,
    forgetTuning: () => call('forgetTuning', []) as Promise<void>,
    run: (request, onProgress, signal) =>
      call('run', [request], { onProgress: (event) => onProgress(event as Progress), signal }) as Promise<CellResult>,
    load: (kind, hash) => call('load', [kind, hash]) as Promise<CellResult | null>,
    pause: (cellId) => call('pause', [cellId]) as Promise<void>,
    writeCheckpoints: () => call('writeCheckpoints', []) as Promise<void>,
    resume: (cellId) => call('resume', [cellId]) as Promise<void>,
    readFile: (hash, name) => call('readFile', [hash, name]) as Promise<Blob>,
    measureFloor: () => call('measureFloor', []) as Promise<Floor>,
    contentHash: (...args) => call('contentHash', args) as Promise<string>,
    inspectWeights: (...args) => call('inspectWeights', args) as Promise<RecognisedWeights>,
    nearest: (...args) => call('nearest', args) as Promise<readonly Neighbour[]>,
    umap: (hash, file, settings, onProgress, signal) =>
      call('umap', [hash, file, settings], {
        onProgress: (event) => onProgress(event as number),
        signal,
      }) as Promise<Float32Array>,
    align: (corpusHash, file, onProgress, signal) =>
      call('align', [corpusHash, file], {
        onProgress: (event) => onProgress(event as number),
        signal,
      }) as Promise<readonly OffsetProposal[]>,
    listRuns: () => call('listRuns', []) as Promise<readonly KeptRun[]>,
    renameRun: (...args) => call('renameRun', args) as Promise<void>,
    deleteRun: (hash) => call('deleteRun', [hash]) as Promise<void>,
    exportRun: (hash) => call('exportRun', [hash]) as Promise<Blob>,
    importRun: (file) => call('importRun', [file]) as Promise<RunRecord>,
    keepBranchPoint: (point) => call('keepBranchPoint', [point]) as Promise<void>,
    sound: (...args) => call('sound', args) as Promise<Float32Array>,
  }
}
