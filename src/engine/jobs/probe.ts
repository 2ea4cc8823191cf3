/**
 * The probe cell: linear probes for every label column of the corpus and for the spoken language, leaving one title out at a
 * time; or, where it was given a folder, the benchmark in it.
 */
import { labelTasks } from '../../corpus/labels'
import type { OpenCorpus, OpenTitle } from '../../corpus/open-corpus'
import { WindowReader } from '../../corpus/window-reader'
import { embedSegments, type Segment } from '../../evaluation/clip-embeddings'
import {
  classSetsOf,
  holdsLabelSets,
  type LabelSetItem,
  probeLabelSets,
  scoreLabelSets,
} from '../../evaluation/label-set-probe'
import { type LinearProbeSettings, type Probe, trainLinearProbes } from '../../evaluation/linear-probe'
import { classesOf, leaveOneTitleOut, type ProbeItem, scoreFolds } from '../../evaluation/probe-folds'
import type { GpuContext } from '../../gpu/gpu-context'
import { initialValues } from '../../models/initialise'
import type { Modality } from '../../schema/mvit'
import type { ProbeTask } from '../../schema/probe-results'
import type { ProbeResult, Problem } from '../api'
import { type Job, remainingTime } from './job'
import { cropsInWords } from './lvu-clips'
import { runProbeFolder } from './probe-folder'
import { upstreamWeights } from './weights'

interface Item extends Segment {
  /** Index of the title: what a fold holds out together. */
  readonly group: number
  /** Index of the labelled segment: what scores and intervals count. */
  readonly segment: number
  readonly labels: Readonly<Record<string, string>>
}

interface Task {
  readonly name: string
  readonly modality: Modality
  readonly items: readonly number[]
  readonly labels: readonly string[]
}

export const runProbe: Job = async (context): Promise<ProbeResult> => {
  const { request, progress, signal } = context
  if (request.files && request.files.length > 0) return runProbeFolder(context, request.files)
  const corpus = context.corpus()
  const { hash: weightsHash, network, tensors, info } = await upstreamWeights(context)
  const items = probeItems(corpus).filter(({ source }) => network.shapes[source.modality] !== undefined)
  const { tasks, problems } = findTasks(items, corpus)
  if (tasks.length === 0)
    throw new Error(`There is nothing to predict. ${problems.map(({ message }) => message).join(' ')}`)
  const crops = request.settings.crops === '5' ? 5 : 1
  const gpu = await context.gpu()
  const reader = new WindowReader(corpus)
  const startedAt = performance.now()
  const embed = async (weights: ReadonlyMap<string, Float32Array>, what: 'trained' | 'untrained', from: number) => {
    const embedded = await embedSegments(gpu, network, weights, reader, items, {
      crops,
      signal,
      cache: context.embeddingCache(`${what === 'untrained' ? 'untrained ' : ''}${weightsHash} ${crops}`),
      onProgress: (done, total) => {
        const fraction = from + (0.45 * done) / total
        progress({
          message: `Embedding with ${what} weights ${done} of ${total}`,
          fraction,
          remainingS: remainingTime(startedAt, fraction),
        })
      },
    })
    return embedded.map(({ embedding }) => embedding)
  }
  const trained = await embed(tensors, 'trained', 0)
  const untrained = await embed(initialValues(network.tensors, info.seed), 'untrained', 0.45)
  const settings = {
    epochs: Number(request.settings.epochs),
    learningRate: Number(request.settings.learningRate),
    weightDecay: Number(request.settings.weightDecay),
  }
  const results: ProbeTask[] = []
  for (const [index, task] of tasks.entries()) {
    signal.throwIfAborted()
    progress({
      message: `Training probes: ${task.name}, ${task.modality}`,
      fraction: 0.9 + (0.1 * index) / tasks.length,
    })
    const result = holdsLabelSets(task.labels)
      ? await labelSetTask(gpu, task, items, trained, untrained, settings, signal)
      : await classTask(gpu, task, items, trained, untrained, settings)
    results.push({ ...result, recipe: `linear${task.modality === 'video' ? `, ${cropsInWords(crops)}` : ''}` })
  }
  return { kind: 'probe', details: [], files: [], metrics: { tasks: results, problems } }
}

/** A task whose items have one label each. */
async function classTask(
  gpu: GpuContext,
  task: Task,
  items: readonly Item[],
  trained: readonly Float32Array[],
  untrained: readonly Float32Array[],
  settings: LinearProbeSettings,
): Promise<ProbeTask> {
  const { classes, indices } = classesOf(task.labels)
  const members = task.items.map(
    (index, position): ProbeItem => ({
      segment: items[index]?.segment ?? 0,
      title: items[index]?.group ?? 0,
      label: indices[position] ?? 0,
    }),
  )
  const folds = leaveOneTitleOut(members)
  const probesOn = (embeddings: readonly Float32Array[]): Probe[] => {
    const features = Float32Array.from(task.items.flatMap((item) => [...(embeddings[item] ?? [])]))
    return folds.map(({ train }) => {
      const training = new Float32Array(members.length)
      for (const position of train) training[position] = 1
      return { features, training }
    })
  }
  const logits = await trainLinearProbes(
    gpu,
    [...probesOn(trained), ...probesOn(untrained)],
    Uint32Array.from(indices),
    classes.length,
    settings,
  )
  // Every item is judged by the probe of the fold that left its title out.
  const score = (first: number) => {
    const held = new Float32Array(members.length * classes.length)
    for (const [fold, { test }] of folds.entries())
      for (const position of test) {
        const from = position * classes.length
        held.set(logits[first + fold]?.subarray(from, from + classes.length) ?? [], from)
      }
    return scoreFolds(members, held, classes.length)
  }
  const { value, interval, chance, n } = score(0)
  const untrainedValue = score(folds.length).value
  return {
    name: task.name,
    modality: task.modality,
    metric: 'accuracy',
    value,
    std: null,
    interval,
    chance,
    untrained: untrainedValue,
    n,
    folds: folds.length,
  }
}

/** A task whose items may have several labels each. */
async function labelSetTask(
  gpu: GpuContext,
  task: Task,
  items: readonly Item[],
  trained: readonly Float32Array[],
  untrained: readonly Float32Array[],
  settings: LinearProbeSettings,
  signal: AbortSignal,
): Promise<ProbeTask> {
  const { classes, indices } = classSetsOf(task.labels)
  const members = task.items.map(
    (index, position): LabelSetItem => ({
      segment: items[index]?.segment ?? 0,
      title: items[index]?.group ?? 0,
      labels: indices[position] ?? [],
    }),
  )
  const score = async (embeddings: readonly Float32Array[]) => {
    const own = task.items.flatMap((item) => embeddings[item] ?? [])
    const probabilities = await probeLabelSets(gpu, members, own, classes.length, settings, signal)
    return scoreLabelSets(members, probabilities, classes.length)
  }
  const { value, chance, n } = await score(trained)
  return {
    name: task.name,
    modality: task.modality,
    metric: 'mAP',
    value,
    std: null,
    interval: null,
    chance,
    untrained: (await score(untrained)).value,
    n,
    folds: leaveOneTitleOut(members).length,
  }
}

/** Labelled segments (snippets where nothing is labelled) as clips of their own: the picture, and every language. */
function probeItems({ titles }: OpenCorpus): Item[] {
  let segmentIndex = 0
  return titles.flatMap((title, group) => {
    const stretches =
      title.segments.length > 0 ? title.segments : title.snippets.map((snippet) => ({ ...snippet, labels: {} }))
    return stretches.flatMap(({ startS, endS, labels }) => {
      const segment = segmentIndex++
      const item = { title, startS, endS, labels, group, segment }
      return [
        { ...item, source: { modality: 'video' as const } },
        ...title.audio
          .filter((track) => track.startS < endS && track.endS > startS)
          .map(({ trackId }) => ({ ...item, source: { modality: 'audio' as const, trackId } })),
      ]
    })
  })
}

const languageOf = (title: OpenTitle, trackId: number): string =>
  title.audio.find((track) => track.trackId === trackId)?.language ?? 'und'

/** A task for each label column with more than one value, per modality, and the spoken language for audio. */
function findTasks(items: readonly Item[], { titles }: OpenCorpus): { tasks: Task[]; problems: Problem[] } {
  if (titles.length < 2)
    return {
      tasks: [],
      problems: [{ file: '', message: 'Probes leave one title out at a time and need two or more.' }],
    }
  const segments = titles.flatMap((title) => title.segments)
  const columns = labelTasks(segments)
  const written = new Set(segments.flatMap(({ labels }) => Object.keys(labels)))
  const problems = [...written]
    .filter((column) => !columns.includes(column))
    .map((column) => ({
      file: 'labels.csv',
      message: `"${column}" has one value only, so there is nothing to tell apart.`,
    }))
  const task = (name: string, modality: Modality, labelOf: (item: Item) => string | undefined): Task[] => {
    const found = items.flatMap((item, index) => {
      const label = item.source.modality === modality ? labelOf(item) : undefined
      return label ? [{ index, label }] : []
    })
    if (new Set(found.map(({ label }) => label)).size < 2) return []
    return [{ name, modality, items: found.map(({ index }) => index), labels: found.map(({ label }) => label) }]
  }
  const tasks = [
    ...columns.flatMap((column) =>
      (['audio', 'video'] as const).flatMap((modality) => task(column, modality, ({ labels }) => labels[column])),
    ),
    ...task('language', 'audio', ({ title, source }) =>
      source.modality === 'audio' ? languageOf(title, source.trackId) : undefined,
    ),
  ]
  return { tasks, problems }
}
