/** The engine behind the channel: opened corpora, the GPU, pause switches, stored results, and a job per cell kind. */
import { alignTitle } from '../corpus/align-title'
import { closeCorpus, type OpenCorpus, type OpenTitle, openCorpus } from '../corpus/open-corpus'
import type { EmbeddingCache } from '../evaluation/clip-embeddings'
import { spectrogram } from '../features/spectrogram'
import type { Floor } from '../schema/floor'
import type { GpuTuning } from '../schema/gpu-check'
import type { CellKind } from '../schema/notebook'
import { loadBytes, loadResult, saveResult } from '../storage/result-store'
import type { CellResult, Engine, Progress, ResultOf, RunRequest } from './api'
import type { CallContext } from './channel'
import { contentHash } from './content-hash'
import { GpuKeeper } from './gpu-keeper'
import { GpuPlans } from './gpu-plans'
import { describeCorpus } from './jobs/corpus'
import { runEmbed } from './jobs/embed'
import { runExport } from './jobs/export'
import { inspectWeights } from './jobs/imported-weights'
import type { Job, JobContext } from './jobs/job'
import { runModel } from './jobs/model'
import { runPretrain } from './jobs/pretrain'
import { runProbe } from './jobs/probe'
import { runSpectrogram } from './jobs/spectrogram'
import { untilStored } from './jobs/until-stored'
import { measureAndKeepFloor } from './kept-floor'
import { nearest, umap } from './kept-vectors'

const jobs: Readonly<Record<Exclude<CellKind, 'corpus' | 'text'>, Job>> = {
  spectrogram: runSpectrogram,
  model: runModel,
  pretrain: runPretrain,
  embed: runEmbed,
  probe: runProbe,
  export: runExport,
}

/** Kinds that compute with networks: only on a GPU that has passed its check. */
const checkedKinds: ReadonlySet<CellKind> = new Set(['pretrain', 'embed', 'probe'])

const keptCaches = 4
/** A job that loses the GPU so often without getting further is too much for it. */
const fruitlessLosses = 3

/** How long a message stays that nothing else keeps on show. */
const readableMs = 1000

export class EngineState {
  private readonly gpu = new GpuKeeper()
  readonly plans = new GpuPlans(() => this.gpu.get())
  private readonly corpora = new Map<string, OpenCorpus>()
  private readonly embeddings = new Map<string, EmbeddingCache>()
  private readonly paused = new Map<string, PromiseWithResolvers<void>>()
  private checkpointsAsked = 0

  async run(call: CallContext, request: RunRequest): Promise<CellResult> {
    const leftToDo: (() => Promise<void>)[] = []
    const context = this.jobContext(call, request, (task) => leftToDo.push(task))
    const compute = () => this.compute(context)
    const result = await (checkedKinds.has(request.kind) ? this.plans.checker.whileBusy(compute) : compute())
    // Media live in this worker, so a corpus is opened again rather than loaded.
    if (request.kind !== 'corpus' && request.kind !== 'text')
      await untilStored(context, `The result of the ${request.kind} cell`, 0, () => saveResult(request.hash, result))
    for (const task of leftToDo) await task()
    return result
  }

  private async compute(context: JobContext): Promise<CellResult> {
    const { request } = context
    if (request.kind === 'text') return { kind: 'text', metrics: {} }
    if (request.kind === 'corpus') return describeCorpus(await this.open(context), context)
    const job = jobs[request.kind]
    for (let fruitless = 0; ; ) {
      const { losses } = this.gpu
      let trained = false
      const progress: JobContext['progress'] = (event) => {
        trained ||= event.losses !== undefined
        context.progress(event)
      }
      try {
        return await job({ ...context, progress })
      } catch (error) {
        // What the GPU held is gone, but the last checkpoint is not: the job goes on from it.
        if (context.signal.aborted || !(await this.gpu.lostSince(losses))) throw error
        fruitless = trained ? 0 : fruitless + 1
        const reason = this.gpu.reason === '' ? '' : ` (${this.gpu.reason})`
        if (fruitless === fruitlessLosses)
          throw new Error(
            `The GPU was lost ${fruitless} times before a step was done${reason}: this is probably too much for it. Use a smaller memory budget, batch or model, or fewer frames.`,
            { cause: error },
          )
        context.progress({
          message: `The GPU was lost${reason}. Waiting for it to come back, then going on from the last checkpoint.`,
        })
        // Where the GPU is back at once, what happened can be read all the same.
        await new Promise((resolve) => setTimeout(resolve, readableMs))
      }
    }
  }

  private async open({ request, progress, signal }: JobContext): Promise<OpenCorpus> {
    const before = this.corpora.get(request.hash)
    if (before) closeCorpus(before)
    const corpus = await openCorpus(
      request.files ?? [],
      Number(request.settings.snippetS),
      (done, total, name) => progress({ message: `Opening ${name}`, fraction: done / total }),
      signal,
      request.tracks,
    )
    this.corpora.set(request.hash, corpus)
    return corpus
  }

  private corpus(hash: string): OpenCorpus {
    const corpus = this.corpora.get(hash)
    if (!corpus) throw new Error('The clips are not open. Run the corpus cell again.')
    return corpus
  }

  private jobContext(
    { signal, progress }: CallContext,
    request: RunRequest,
    afterStored: JobContext['afterStored'],
  ): JobContext {
    const resumed = async (event: Progress) => {
      const gate = this.pause(request.cellId)
      progress({ ...event, paused: true })
      const stopped = new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      await Promise.race([gate.promise, stopped])
      this.resume(request.cellId)
      progress({ message: 'Going on', paused: false })
    }
    const upstreamOf = (kind: CellKind) => {
      const found = request.upstream.findLast((cell) => cell.kind === kind)
      if (!found) throw new Error(`This cell reads no ${kind} cell. Add one to its inputs.`)
      return found
    }
    return {
      request,
      signal,
      progress,
      gpu: async (variants) => {
        await this.gpu.get(signal, (message) => progress({ message }))
        if (checkedKinds.has(request.kind)) await this.plans.requirePassed({ signal, onProgress: progress })
        return this.plans.contextFor(request.planKey, variants)
      },
      usableGpuCheck: () => this.plans.checker.usable({ signal, onProgress: progress }),
      gpuCheck: () => this.plans.checker.complete(false, { signal, onProgress: progress }),
      corpus: () => this.corpus(upstreamOf('corpus').hash),
      embeddingCache: (scope) => this.embeddingCache(`${upstreamOf('corpus').hash} ${scope}`),
      upstream: async <K extends CellKind>(kind: K) => {
        const { hash, settings } = upstreamOf(kind)
        const result = await loadResult(hash)
        if (!result) throw new Error(`The result of the ${kind} cell is no longer stored. Run it again.`)
        // What is stored under a hash is what the job of that kind returned.
        return { hash, settings, result: result as ResultOf<K> }
      },
      whileNotPaused: async (onPause) => {
        if (!this.paused.has(request.cellId)) return
        await onPause()
        // Where the pause itself had to wait for room, it has been resumed by now.
        if (this.paused.has(request.cellId)) await resumed({ message: 'Paused' })
      },
      pauseWith: (problem) => resumed({ message: 'Waiting for room in storage', problem }),
      checkpointsAsked: () => this.checkpointsAsked,
      afterStored,
    }
  }

  /** The caches of the last few weights; older ones are forgotten. */
  private embeddingCache(scope: string): EmbeddingCache {
    const cache = this.embeddings.get(scope) ?? new Map()
    this.embeddings.delete(scope)
    this.embeddings.set(scope, cache)
    for (const oldest of [...this.embeddings.keys()].slice(0, -keptCaches)) this.embeddings.delete(oldest)
    return cache
  }

  pause(cellId: string): PromiseWithResolvers<void> {
    const gate = this.paused.get(cellId) ?? Promise.withResolvers<void>()
    this.paused.set(cellId, gate)
    return gate
  }

  resume(cellId: string): void {
    this.paused.get(cellId)?.resolve()
    this.paused.delete(cellId)
  }

  /** Running pretrainings write a checkpoint before their next step. */
  writeCheckpoints(): void {
    this.checkpointsAsked++
  }

  async load(kind: CellKind, hash: string): Promise<CellResult | null> {
    const result = await loadResult(hash)
    return result && (result as CellResult).kind === kind ? (result as CellResult) : null
  }

  async readFile(hash: string, name: string): Promise<Blob> {
    const file = await loadBytes(hash, name)
    if (!file) throw new Error(`${name} is no longer stored in this browser. Run the export cell again.`)
    return file
  }

  async measureFloor(): Promise<Floor> {
    return this.throughLoss(async () => measureAndKeepFloor(await this.gpu.get()))
  }

  tuneGpu(wait: Parameters<GpuPlans['tune']>[0]): Promise<GpuTuning> {
    return this.throughLoss(() => this.plans.tune(wait))
  }

  /** Short work without a checkpoint: done once more when the GPU is lost meanwhile. */
  private async throughLoss<T>(work: () => Promise<T>): Promise<T> {
    const { losses } = this.gpu
    try {
      return await work()
    } catch (error) {
      if (!(await this.gpu.lostSince(losses))) throw error
      return work()
    }
  }

  contentHash = contentHash
  nearest = nearest
  umap = umap
  inspectWeights = inspectWeights

  align(...[corpusHash, file, onProgress, signal]: Parameters<Engine['align']>): ReturnType<Engine['align']> {
    return alignTitle(titleOf(this.corpus(corpusHash), file), onProgress, signal)
  }

  async sound(corpusHash: string, file: string, language: string, startS: number, endS: number): Promise<Float32Array> {
    const title = titleOf(this.corpus(corpusHash), file)
    const track = title.audio.find((candidate) => candidate.language === language)
    if (!track) throw new Error(`${file} has no ${language} soundtrack.`)
    const sound = await title.source.readAudio(track.trackId, startS, endS)
    return this.throughLoss(async () => (await spectrogram(await this.gpu.get(), sound)).samples)
  }
}

function titleOf({ titles }: OpenCorpus, file: string): OpenTitle {
  const title = titles.find((candidate) => candidate.file === file)
  if (!title) throw new Error(`The clips have no title "${file}". Run the corpus cell again.`)
  return title
}
