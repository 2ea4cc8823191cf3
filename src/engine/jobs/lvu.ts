/** The tasks of an LVU folder: its clips through the frozen networks, linear probes on sound, picture and both. */
import { runLinearProbe } from '../../evaluation/linear-run'
import { readLvuTasks } from '../../evaluation/lvu-task'
import { classScores, confusionOf, scoreTask, type TaskFile, taskFiles } from '../../evaluation/task-scores'
import { wilsonInterval } from '../../schema/intervals'
import type { ProbeDetail, ProbeTask } from '../../schema/probe-results'
import type { MediaFile, Problem } from '../api'
import type { JobContext } from './job'
import { cropsInWords, embedLvuClips } from './lvu-clips'

interface LvuResult {
  readonly rows: readonly ProbeTask[]
  readonly details: readonly ProbeDetail[]
  readonly files: readonly TaskFile[]
  readonly problems: readonly Problem[]
}

const embeddingShare = 0.9

/** @throws what is wrong with the folder, or that no clip can be read. */
export async function runLvu(context: JobContext, given: readonly MediaFile[]): Promise<LvuResult> {
  const { tasks, problems: unread } = await readLvuTasks(given)
  const { request, signal, progress } = context
  const crops = request.settings.crops === '5' ? 5 : 1
  const { embedded, problems } = await embedLvuClips(context, tasks, crops, embeddingShare)
  problems.push(...unread)
  const gpu = await context.gpu()
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
      // A seed is to the files what a fold is elsewhere: the mean over them is the score.
      const { value, std, chance, folds } = scoreTask('top1_acc', items, classes, outcome.seeds)
      const [first] = outcome.seeds
      const n = first?.rows.length ?? 0
      const shown = first ? [first] : []
      rows.push({
        name: task.name,
        modality,
        metric: 'top1_acc',
        value,
        std,
        interval: wilsonInterval(value, n),
        chance,
        untrained: null,
        n,
        listed: task.listed.test ?? n,
        folds: 1,
        recipe: `linear, learning rate ${outcome.learningRate}, ${modality === 'audio' ? '' : `${cropsInWords(crops)}, `}mean of ${folds.length} seeds; seed 0 alone ${((folds[0]?.value ?? 0) * 100).toFixed(1)} %`,
      })
      details.push({
        labels: task.labels,
        folds: folds.map((fold, seed) => ({
          ...fold,
          bestEpoch: outcome.seeds[seed]?.bestEpoch ?? 0,
          curve: outcome.seeds[seed]?.curve ?? [],
        })),
        perClass: classScores('top1_acc', items, classes, shown),
        confusion: confusionOf(items, classes, shown),
      })
      for (const { name, parts } of taskFiles(items, task.labels, embeddings, outcome.seeds))
        files.push({ name: `${task.name}-${modality.replace('+', '-')}/${name}`, parts })
    }
  }
  return { rows, details, files, problems }
}
