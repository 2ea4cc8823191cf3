/** The tasks of an LVU folder: its clips through the frozen networks, linear probes on sound, picture and both. */
import { closeCorpus, openCorpus } from '../../corpus/open-corpus'
import { WindowReader } from '../../corpus/window-reader'
import { type EmbeddingCache, embedSegments, type Segment } from '../../evaluation/clip-embeddings'
import { runLinearProbe } from '../../evaluation/linear-run'
import { type LvuTask, readLvuTasks } from '../../evaluation/lvu-task'
import { classScores, confusionOf, scoreTask, type TaskFile, taskFiles } from '../../evaluation/task-scores'
import { wilsonInterval } from '../../schema/intervals'
import type { ProbeDetail, ProbeTask } from '../../schema/probe-results'
import type { MediaFile, Problem } from '../api'
import { type JobContext, remainingTime } from './job'
import { upstreamWeights } from './weights'

interface LvuResult {
  readonly rows: readonly ProbeTask[]
  readonly details: readonly ProbeDetail[]
  readonly files: readonly TaskFile[]
  readonly problems: readonly Problem[]
}

type Modality = ProbeTask['modality']
/** Embeddings of one clip; null where it has no such track, or the weights no such network. */
type Embedded = Readonly<Record<Modality, Float32Array | null>>

const embeddingShare = 0.9

/** @throws what is wrong with the folder, or that no clip can be read. */
export async function runLvu(context: JobContext, given: readonly MediaFile[]): Promise<LvuResult> {
  const tasks = await readLvuTasks(given)
  const { embedded, problems } = await embedClips(context, tasks)
  const gpu = await context.gpu()
  const { request, signal, progress } = context
  const rows: ProbeTask[] = []
  const details: ProbeDetail[] = []
  const files: TaskFile[] = []
  for (const [index, task] of tasks.entries()) {
    problems.push(...task.notes.map((message) => ({ file: task.name, message })))
    for (const modality of ['audio', 'video', 'audio+video'] as const) {
      signal.throwIfAborted()
      const present = task.items.flatMap((item) => {
        const embedding = embedded.get(item.clip.path)?.[modality]
        return embedding ? [{ item: { ...item, file: item.id }, embedding }] : []
      })
      const items = present.map(({ item }) => item)
      const missing = Object.keys(task.listed).filter((split) => !items.some((item) => item.split === split))
      if (missing.length > 0) {
        if (items.length > 0)
          problems.push({
            file: task.name,
            message: `${task.name}: no ${modality} of ${missing.join(', ')} can be read.`,
          })
        continue
      }
      const embeddings = present.map(({ embedding }) => embedding)
      const classes = task.labels.length
      const outcome = await runLinearProbe(gpu, items, embeddings, classes, {
        epochs: Number(request.settings.epochs),
        weightDecay: Number(request.settings.weightDecay),
        seed: request.seed,
        signal,
        onProgress: (fraction) =>
          progress({
            message: `${task.name}: training probes, ${modality}`,
            fraction: embeddingShare + ((1 - embeddingShare) * (index + fraction)) / tasks.length,
          }),
      })
      const folds = [outcome.fold]
      const { chance, n } = scoreTask('top1_acc', items, classes, folds)
      const value = outcome.values.reduce((a, b) => a + b, 0) / outcome.values.length
      const squares = outcome.values.reduce((sum, own) => sum + (own - value) ** 2, 0)
      rows.push({
        name: task.name,
        modality,
        metric: 'top1_acc',
        value,
        std: Math.sqrt(squares / Math.max(1, outcome.values.length - 1)),
        interval: wilsonInterval(value, n),
        chance,
        untrained: null,
        n,
        listed: task.listed.test ?? n,
        folds: 1,
      })
      const { curve, bestEpoch } = outcome.fold
      details.push({
        labels: task.labels,
        folds: outcome.values.map((own, seed) => ({
          name: `seed ${seed}`,
          value: own,
          classesLeftOut: 0,
          bestEpoch: seed === 0 ? bestEpoch : 0,
          curve: seed === 0 ? curve : [],
        })),
        recipe: `linear, learning rate ${outcome.learningRate}`,
        perClass: classScores('top1_acc', items, classes, folds),
        confusion: confusionOf(items, classes, folds),
      })
      for (const { name, parts } of taskFiles(items, task.labels, embeddings, folds))
        files.push({ name: `${task.name}-${modality.replace('+', '-')}/${name}`, parts })
    }
  }
  return { rows, details, files, problems }
}

/** Every clip of the tasks once, whole: its picture, and its original soundtrack. */
async function embedClips(
  context: JobContext,
  tasks: readonly LvuTask<MediaFile>[],
): Promise<{ embedded: ReadonlyMap<string, Embedded>; problems: Problem[] }> {
  const { signal, progress } = context
  const { network, tensors } = await upstreamWeights(context)
  const clips = [...new Map(tasks.flatMap(({ items }) => items.map(({ clip }) => [clip.path, clip])))].map(
    ([, clip]) => clip,
  )
  const embedded = new Map<string, Embedded>()
  const problems: Problem[] = []
  const gpu = await context.gpu()
  const startedAt = performance.now()
  const cache: EmbeddingCache = new Map()
  // One clip at a time: a folder holds thousands, and each keeps its tables while it is open.
  for (const [index, clip] of clips.entries()) {
    signal.throwIfAborted()
    const share = (index / clips.length) * embeddingShare
    const remainingS = remainingTime(startedAt, share)
    progress({
      message: `Embedding clip ${index + 1} of ${clips.length}`,
      fraction: share,
      ...(remainingS === undefined ? {} : { remainingS }),
    })
    const corpus = await openCorpus([clip], 10, () => undefined, signal)
    problems.push(...corpus.problems)
    try {
      const [title] = corpus.titles
      if (!title) continue
      const whole = { title, startS: 0, endS: title.durationS }
      const [track] = title.audio
      const segments: Segment[] = [
        ...(network.shapes.video ? [{ ...whole, source: { modality: 'video' as const } }] : []),
        ...(network.shapes.audio && track
          ? [{ ...whole, source: { modality: 'audio' as const, trackId: track.trackId } }]
          : []),
      ]
      const results = await embedSegments(gpu, network, tensors, new WindowReader(corpus), segments, {
        cache,
        crops: 1,
        signal,
        onProgress: () => undefined,
      })
      const of = (modality: 'audio' | 'video') => {
        const position = segments.findIndex(({ source }) => source.modality === modality)
        return results[position]?.embedding ?? null
      }
      const [audio, video] = [of('audio'), of('video')]
      const both = audio && video ? Float32Array.of(...audio, ...video) : null
      embedded.set(clip.path, { audio, video, 'audio+video': both })
    } finally {
      cache.clear()
      closeCorpus(corpus)
    }
  }
  if (embedded.size === 0) throw new Error(`No clip can be read. ${problems.map(({ message }) => message).join(' ')}`)
  return { embedded, problems }
}
