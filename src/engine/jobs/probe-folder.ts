/** The probe cell with a folder: every benchmark task found in it, one after another. */
import { findTaskFolders } from '../../evaluation/hear-files'
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

/** @throws when no task of the folder can be run, saying why for each. */
export async function runProbeFolder(context: JobContext, given: readonly MediaFile[]): Promise<ProbeResult> {
  const { request, signal, progress } = context
  progress({ message: 'Reading the folder' })
  if (holdsLvu(given)) {
    const { rows, details, files, problems } = await runLvu(context, given)
    return { kind: 'probe', details, files: await store(request.hash, files), metrics: { tasks: rows, problems } }
  }
  const { tasks, problems } = await readTasks(given, signal)
  if (tasks.length === 0) throw new Error(problems.map(({ message }) => message).join(' '))
  const weights = await upstreamWeights(context)
  const gpu = await context.gpu()
  const cache = await SoundCache.open(weights.hash)
  const rows: ProbeTask[] = []
  const details: ProbeDetail[] = []
  const files: ResultFile[] = []
  const startedAt = performance.now()
  for (const [index, task] of tasks.entries()) {
    problems.push(...task.notes.map((message) => ({ file: task.folder, message })))
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
      rows.push(result.row)
      details.push(result.detail)
      problems.push(...result.notes.map((message) => ({ file: task.folder, message })))
      const named = result.files.map(({ name, parts }) => ({ name: `${task.folder}/${name}`, parts }))
      files.push(...(await store(request.hash, named)))
    } catch (error) {
      if (!(error instanceof UnreadableSound)) throw error
      problems.push({ file: task.folder, message: error.message })
    }
  }
  if (rows.length === 0) throw new Error(problems.map(({ message }) => message).join(' '))
  return { kind: 'probe', details, files, metrics: { tasks: rows, problems } }
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
  given: readonly MediaFile[],
  signal: AbortSignal,
): Promise<{ tasks: HearTask[]; problems: Problem[] }> {
  const folders = await findTaskFolders(given, signal)
  if (folders.length === 0)
    throw new Error('The folder holds no task: a task_metadata.json, or the folder of one that does, is needed.')
  const tasks: HearTask[] = []
  const problems: Problem[] = []
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
  return { tasks, problems }
}
