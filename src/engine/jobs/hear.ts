/** One HEAR task: its sounds through the frozen audio network, its probes, its row of the results and its files. */

import type { GridName, ProbePoint } from '../../evaluation/hear-grid'
import { runHearTask } from '../../evaluation/hear-run'
import type { HearTask } from '../../evaluation/hear-task'
import { hearRecipe } from '../../evaluation/probe-training'
import { embedSounds } from '../../evaluation/sound-embeddings'
import {
  classScores,
  confusionOf,
  scoreTask,
  type TaskFile,
  type TaskScore,
  taskFiles,
} from '../../evaluation/task-scores'
import { readWav } from '../../formats/wav'
import type { GpuContext } from '../../gpu/gpu-context'
import { wilsonInterval } from '../../schema/intervals'
import type { ProbeDetail, ProbeTask } from '../../schema/probe-results'
import { loadResult, saveResult } from '../../storage/result-store'
import type { JobContext } from './job'
import { digestOf, type SoundCache } from './sound-cache'
import type { LoadedWeights } from './weights'

interface HearJob {
  readonly context: JobContext
  readonly gpu: GpuContext
  readonly weights: LoadedWeights
  readonly cache: SoundCache
  readonly task: HearTask
  onProgress(message: string, share: number): void
}

interface HearResult {
  readonly row: ProbeTask
  readonly detail: ProbeDetail
  readonly files: readonly TaskFile[]
  readonly notes: readonly string[]
}

/** A sound of a task that cannot be read: the task has no result, others have. */
export class UnreadableSound extends Error {}

/** Of a task's time, what embedding takes; the rest are probes. */
const embeddingShare = 0.7

export async function hearTaskResult(job: HearJob): Promise<HearResult> {
  const { context, gpu, onProgress } = job
  const { settings, hash, seed } = context.request
  const all = await embedItems(job)
  // What is too short to embed is left out, as in the authors' inference.
  const present = [...all.keys()].filter((index) => (all[index]?.length ?? 0) > 0)
  const items = present.flatMap((index) => job.task.items[index] ?? [])
  const embeddings = present.flatMap((index) => all[index] ?? [])
  const task: HearTask = { ...job.task, items }
  const outcome = await runHearTask(gpu, task, embeddings, {
    // The settings' table allows nothing else.
    grid: settings.grid as GridName,
    seed,
    recipe: {
      ...hearRecipe,
      maxEpochs: Number(settings.maxEpochs),
      patience: Number(settings.patience),
      shuffle: settings.shuffle === 'on',
    },
    signal: context.signal,
    onProgress: (fraction) => onProgress('training probes', embeddingShare + (1 - embeddingShare) * fraction),
    async kept(name, compute) {
      const place = `${hash}.${name}.${await nameDigest(task.folder)}`
      // What is stored under this name is what was computed for it.
      const stored = (await loadResult(place)) as Awaited<ReturnType<typeof compute>> | null
      if (stored) return stored
      const value = await compute()
      await saveResult(place, value)
      return value
    },
  })
  const classes = task.labels.length
  const { value, std, chance, n, folds } = scoreTask(task.metric, items, classes, outcome.folds)
  const missing = task.items.length - items.length
  return {
    row: {
      name: task.name,
      modality: 'audio',
      metric: task.metric,
      value,
      std,
      interval: task.metric === 'top1_acc' ? wilsonInterval(value, n) : null,
      chance,
      untrained: null,
      n,
      folds: folds.length,
      recipe: describePoint(outcome.point),
    },
    detail: {
      labels: task.labels,
      folds: folds.map((fold, index) => ({
        ...fold,
        bestEpoch: outcome.folds[index]?.bestEpoch ?? 0,
        curve: outcome.folds[index]?.curve ?? [],
      })),
      perClass: classScores(task.metric, items, classes, outcome.folds),
      confusion: task.multilabel ? null : confusionOf(items, classes, outcome.folds),
    },
    files: taskFiles(items, task.labels, embeddings, outcome.folds),
    notes: [
      ...(missing > 0 ? [`${task.folder}: ${missing} sounds are too short to embed and were left out.`] : []),
      ...foldNotes(task, folds),
    ],
  }
}

/** Classes that could not be scored, and folds without a score. */
function foldNotes({ folder, metric, labels }: HearTask, folds: TaskScore['folds']): string[] {
  const short = folds.filter(({ classesLeftOut }) => classesLeftOut > 0)
  const counts = short.map(({ name, classesLeftOut }) => `${classesLeftOut} in ${name}`).join(', ')
  const lack = metric === 'mAP' ? 'no sound of their own' : 'no sound of their own, or no other,'
  const unscored = folds.filter(({ value }) => !Number.isFinite(value)).map(({ name }) => name)
  return [
    ...(short.length > 0
      ? [`${folder}: of ${labels.length} classes, those that have ${lack} to test are no part of ${metric}: ${counts}.`]
      : []),
    ...(unscored.length > 0
      ? [`${folder}: ${metric} is no finite number in ${unscored.join(', ')}, so that there is no mean over folds.`]
      : []),
  ]
}

const describePoint = ({ hiddenLayers, learningRate, initialisation }: ProbePoint): string =>
  `${hiddenLayers} hidden ${hiddenLayers === 1 ? 'layer' : 'layers'}, learning rate ${learningRate}, Xavier ${initialisation}`

/** Names of folders are no names in storage. */
const nameDigest = async (name: string): Promise<string> =>
  (await digestOf(new TextEncoder().encode(name).buffer)).slice(0, 16)

/** One embedding per item; empty where a sound is too short. */
async function embedItems({ context, gpu, weights, cache, task, onProgress }: HearJob): Promise<Float32Array[]> {
  const { network, tensors } = weights
  if (!network.shapes.audio) throw new Error('The weights hold no audio network, and HEAR tasks are sounds.')
  const { items } = task
  const embedded: Float32Array[] = new Array(items.length)
  const keys: string[] = []
  const missing: number[] = []
  let done = 0
  const advance = () =>
    onProgress(`embedding sound ${++done} of ${items.length}`, (embeddingShare * done) / items.length)
  for (const [index, { sound }] of items.entries()) {
    context.signal.throwIfAborted()
    const key = await digestOf(await sound.arrayBuffer())
    keys[index] = key
    const known = cache.get(key)
    if (known) {
      embedded[index] = known
      advance()
    } else missing.push(index)
  }
  const itemOf = (position: number) => missing[position] ?? 0
  await embedSounds(
    gpu,
    network,
    tensors,
    missing.length,
    async (position) => {
      const item = items[itemOf(position)]
      if (!item) throw new Error(`${task.folder} has no sound ${position}.`)
      try {
        return readWav(await item.sound.arrayBuffer())
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error)
        throw new UnreadableSound(
          `${task.folder}/${task.sampleRate}/${item.split}/${item.file} cannot be read: ${cause}. Replace the file, or take it out of ${item.split}.json.`,
          { cause: error },
        )
      }
    },
    {
      signal: context.signal,
      async onEmbedded(position, embedding) {
        embedded[itemOf(position)] = embedding
        await cache.add(keys[itemOf(position)] ?? '', embedding)
        advance()
      },
    },
  )
  await cache.flush()
  return embedded
}
