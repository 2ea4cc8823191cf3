/**
 * The runs of this browser: a record of each beside its result, the checkpoints to branch from, and whole runs as files
 * that go to another browser and come from one.
 */
import { readZipDirectory, zipContent } from '../formats/zip'
import { writeZip, type ZipContent } from '../formats/zip-writer'
import { readCheckpointHeader } from '../pretraining/checkpoint'
import { type BranchPoint, type KeptRun, type RunRecord, runRecordSchema } from '../schema/run-record'
import { openSeries } from '../storage/atomic-file'
import { makeRoom } from '../storage/make-room'
import { loadBytes, removeResult, saveBytes, storedFiles, storedHashes } from '../storage/result-store'

const recordFile = 'run.json'
const checkpointName = (step: number) => `checkpoint-${step}`
const checkpointPattern = /^checkpoint-(\d{1,9})$/
const weightsName = 'weights.safetensors'
/** Settings and losses of a run are far smaller. */
const mostRecordBytes = 32 * 2 ** 20

export const saveRecord = (record: RunRecord): Promise<void> =>
  saveBytes(record.hash, recordFile, [new TextEncoder().encode(JSON.stringify(record))])

/** What is kept of a run; null when nothing is, or it cannot be read. */
export async function loadRecord(hash: string): Promise<RunRecord | null> {
  const stored = await loadBytes(hash, recordFile)
  if (!stored) return null
  const parsed = runRecordSchema.safeParse(JSON.parse(await stored.text()))
  return parsed.success ? parsed.data : null
}

export const saveCheckpoint = (hash: string, step: number, parts: readonly Uint8Array[]): Promise<void> =>
  saveBytes(hash, checkpointName(step), parts)

/** Where the checkpoints of an unfinished run are. */
const seriesOf = ({ planKey, hash }: RunRecord) => openSeries(`checkpoints/${planKey ?? hash}`)

/** All runs, the one that was worked on last first. */
export async function listRuns(): Promise<readonly KeptRun[]> {
  const runs = await Promise.all((await storedHashes()).map(keptRun))
  return runs.filter((run) => run !== null).sort((a, b) => b.record.updatedAt - a.record.updatedAt)
}

async function keptRun(hash: string): Promise<KeptRun | null> {
  const record = await loadRecord(hash)
  if (!record) return null
  const files = await storedFiles(hash)
  const steps = new Set(files.flatMap(({ name }) => (checkpointPattern.exec(name) ?? []).slice(1).map(Number)))
  // The newest of an unfinished run is copied once it is branched from.
  if (!record.finished && !record.imported && record.step > 0) steps.add(record.step)
  return {
    record,
    checkpoints: [...steps].sort((a, b) => a - b),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function recordOf(hash: string): Promise<RunRecord> {
  const record = await loadRecord(hash)
  if (!record) throw new Error('This run is no longer stored in this browser.')
  return record
}

export async function renameRun(hash: string, name: string): Promise<void> {
  await saveRecord({ ...(await recordOf(hash)), name: name.trim().slice(0, 200) })
}

/** Forgets a run: record, result, weights and checkpoints. */
export async function deleteRun(hash: string): Promise<void> {
  const record = await recordOf(hash)
  await seriesOf(record).clear()
  await removeResult(hash)
}

/** The state that a branch goes on with; null when it is not stored. */
export async function loadBranchPoint({ hash, step }: BranchPoint): Promise<Uint8Array<ArrayBuffer> | null> {
  const kept = await loadBytes(hash, checkpointName(step))
  return kept && new Uint8Array(await kept.arrayBuffer())
}

/** Sees to it that a checkpoint stays: that of an unfinished run goes when the run goes on. @throws when it has gone. */
export async function keepBranchPoint({ hash, step }: BranchPoint): Promise<void> {
  if (await loadBytes(hash, checkpointName(step))) return
  const bytes = await seriesOf(await recordOf(hash)).readNewest()
  if (!bytes || readCheckpointHeader(bytes).step !== step)
    throw new Error(`The checkpoint of step ${step} is no longer there: the run has gone on. Choose another one.`)
  await makeRoom(bytes.byteLength)
  await saveCheckpoint(hash, step, [bytes])
}

/** A run as one file: `run.json`, its weights if it has finished, and its last kept checkpoint. */
export async function exportRun(hash: string): Promise<Blob> {
  const record = await recordOf(hash)
  const contents: ZipContent[] = [{ name: recordFile, data: new TextEncoder().encode(JSON.stringify(record, null, 1)) }]
  const step = (await keptRun(hash))?.checkpoints.at(-1)
  if (step !== undefined) await keepBranchPoint({ hash, step })
  for (const name of [weightsName, ...(step === undefined ? [] : [checkpointName(step)])]) {
    const stored = await loadBytes(hash, name)
    if (stored) contents.push({ name, data: new Uint8Array(await stored.arrayBuffer()) })
  }
  return new Blob(writeZip(contents), { type: 'application/zip' })
}

/**
 * Takes in a run that {@link exportRun} wrote: to be compared and branched from. Its weights are for others to read, and
 * are not taken in.
 * @throws saying what is wrong with the file, or that the run is here already.
 */
export async function importRun(file: File): Promise<RunRecord> {
  const fail = (cause: string): never => {
    throw new Error(`${file.name} is no exported run: ${cause}.`)
  }
  const entries = await readZipDirectory(file).catch((cause: unknown) =>
    fail(cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)),
  )
  const entry = entries.get(recordFile)
  if (!entry) return fail(`it holds no ${recordFile}`)
  if (entry.size > mostRecordBytes) return fail(`its ${recordFile} has ${entry.size} bytes`)
  let content: unknown
  try {
    content = JSON.parse(await (await zipContent(file, entry)).text())
  } catch (cause) {
    return fail(`${recordFile}: ${cause instanceof Error ? cause.message : cause}`)
  }
  const parsed = runRecordSchema.safeParse(content)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return fail(`${recordFile}: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const { planKey: _, ...record } = { ...parsed.data, imported: true }
  if ((await storedFiles(record.hash)).length > 0)
    throw new Error(`${file.name}: this run is in this browser already; delete it first to take it in again.`)
  for (const [name, packed] of entries) {
    const step = checkpointPattern.exec(name)?.[1]
    if (step === undefined) continue
    const bytes = new Uint8Array(await (await zipContent(file, packed)).arrayBuffer())
    if (headerStep(bytes) !== Number(step)) return fail(`${name} is not the checkpoint of that step`)
    await makeRoom(bytes.byteLength)
    await saveCheckpoint(record.hash, Number(step), [bytes])
  }
  await saveRecord(record)
  return record
}

/** The step of a checkpoint from outside; null when it is none. */
function headerStep(bytes: Uint8Array<ArrayBuffer>): number | null {
  try {
    return readCheckpointHeader(bytes).step
  } catch {
    return null
  }
}
