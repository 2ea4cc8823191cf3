/** The probe cell with a folder: every benchmark task found in it, one after another. */
import { findTaskFolders, type TaskFolder } from '../../evaluation/hear-files'
import { type HearTask, readHearTask } from '../../evaluation/hear-task'
import { holdsLvu } from '../../evaluation/lvu-task'
import type { TaskFile } from '../../evaluation/task-scores'
import type { ProbeDetail, ProbeTask, ResultFile } from '../../schema/probe-results'
import { saveBytes } from '../../storage/result-store'
import type { MediaFile, ProbeResult, Problem } from '../api'
import { hearTaskResult, UnreadableSound } from './hear'
import { type JobContext, remainingTime } from './job'
import { runLvu } from './lvu'
import { SoundCache } from './sound-cache'
import { upstreamWeights } from './weights'

interface Collected {
  readonly rows: ProbeTask[]
  readonly details: ProbeDetail[]
  readonly files: ResultFile[]
  readonly problems: Problem[]
}

/** LVU's tasks, then HEAR's. @throws when no task of the folder can be run, saying why for each. */
export async function runProbeFolder(context: JobContext, given: readonly MediaFile[]): Promise<ProbeResult> {
  const { request, signal, progress } = context
  progress({ message: 'Reading the folder' })
  const isLvu = holdsLvu(given)
  const folders = await findTaskFolders(given, signal)
  if (folders.length === 0 && !isLvu)
    throw new Error(
      'The folder holds no task: a task_metadata.json, or the folder of one that does, or lvu_1.0 is needed.',
    )
  const all: Collected = { rows: [], details: [], files: [], problems: [] }
  if (isLvu) {
    const { rows, details, files, problems } = await runLvu(context, given)
    all.rows.push(...rows)
    all.details.push(...details)
    all.files.push(...(await store(request.hash, files)))
    all.problems.push(...problems)
  }
  const tasks = await readTasks(folders, all.problems, signal)
  if (tasks.length > 0) await runHear(context, tasks, all)
  const { rows, details, files, problems } = all
  if (rows.length === 0) throw new Error(problems.map(({ message }) => message).join(' '))
  return { kind: 'probe', details, files, metrics: { tasks: rows, problems } }
}

async function runHear(context: JobContext, tasks: readonly HearTask[], all: Collected): Promise<void> {
  const { request, progress } = context
  const weights = await upstreamWeights(context)
  const gpu = await context.gpu()
  const cache = await SoundCache.open(weights.hash)
  const startedAt = performance.now()
  for (const [index, task] of tasks.entries()) {
    all.problems.push(...task.notes.map((message) => ({ file: task.folder, message })))
    try {
      const result = await hearTaskResult({
        context,
        gpu,
        weights,
        cache,
        task,
        onProgress(message, share) {
          const fraction = (index + share) / tasks.length
          const remainingS = remainingTime(startedAt, fraction)
          progress({
            message: `${task.name}: ${message}`,
            fraction,
            ...(remainingS === undefined ? {} : { remainingS }),
          })
        },
      })
      all.rows.push(result.row)
      all.details.push(result.detail)
      all.problems.push(...result.notes.map((message) => ({ file: task.folder, message })))
      const named = result.files.map(({ name, parts }) => ({ name: `${task.folder}/${name}`, parts }))
      all.files.push(...(await store(request.hash, named)))
    } catch (error) {
      if (!(error instanceof UnreadableSound)) throw error
      all.problems.push({ file: task.folder, message: error.message })
    }
  }
}

async function store(hash: string, files: readonly TaskFile[]): Promise<ResultFile[]> {
  const stored: ResultFile[] = []
  for (const { name, parts } of files) {
    await saveBytes(hash, name, parts)
    stored.push({ name, bytes: parts.reduce((sum, { byteLength }) => sum + byteLength, 0) })
  }
  return stored
}

async function readTasks(
  folders: readonly TaskFolder[],
  problems: Problem[],
  signal: AbortSignal,
): Promise<HearTask[]> {
  const tasks: HearTask[] = []
  for (const folder of folders) {
    signal.throwIfAborted()
    try {
      const task = await readHearTask(folder)
      if ('skipped' in task) problems.push({ file: folder.name, message: task.skipped })
      else tasks.push(task)
    } catch (error) {
      problems.push({ file: folder.name, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return tasks
}
