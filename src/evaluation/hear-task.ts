/**
 * Reads a preprocessed HEAR task folder: metadata, vocabulary and splits (`spec/evaluation.md` section 2.3). What is wrong
 * is told with file, key and line.
 */
import { z } from 'zod'
import { parseCsv } from '../formats/csv'
import { metadataFile, type TaskFolder } from './hear-files'
import { type DataSplit, splitsOfFolds } from './hear-grid'
import { type MetricName, metricNames } from './metrics'
import { pythonShuffler } from './python-random'

// As for the notebook's schema: zod would probe `Function` otherwise.
z.config({ jitless: true })

/** One sound with its labels. */
export interface TaskItem {
  readonly file: string
  readonly split: string
  /** Indices into the vocabulary. */
  readonly labels: readonly number[]
  readonly sound: Blob
}

export interface HearTask {
  readonly name: string
  /** Of the folder, as results are called. */
  readonly folder: string
  readonly labels: readonly string[]
  readonly multilabel: boolean
  readonly metric: MetricName
  /** Whether training stops by the score; otherwise by the loss. */
  readonly stopsByScore: boolean
  /** Splits one after another, each in the kit's fixed random order. */
  readonly items: readonly TaskItem[]
  readonly splits: readonly DataSplit[]
  /** Hz of the folder that was read; anything but 48000 is resampled. */
  readonly sampleRate: number
  /** What to tell beside the results. */
  readonly notes: readonly string[]
}

/** Why a task is not run although nothing is wrong with it. */
export interface SkippedTask {
  readonly skipped: string
}

const rates = [48000, 44100, 32000, 22050, 16000]
const vocabularyFile = 'labelvocabulary.csv'
const trainValidTest = ['train', 'valid', 'test']

const metadataSchema = z.object({
  task_name: z.string().min(1),
  embedding_type: z.enum(['scene', 'event']),
  prediction_type: z.enum(['multiclass', 'multilabel']),
  split_mode: z.enum(['trainvaltest', 'presplit_kfold', 'new_split_kfold']),
  splits: z.array(z.string().regex(/^[\w-]+$/)).optional(),
  nfolds: z.number().int().positive().nullish(),
  evaluation: z.array(z.string()).min(1),
  use_scoring_for_early_stopping: z.boolean().nullish(),
  evaluation_params: z.object({ task_specific_param_grid: z.record(z.string(), z.unknown()).nullish() }).nullish(),
})
type Metadata = z.infer<typeof metadataSchema>

const splitSchema = z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])))

/** A task, or why it is left out. @throws naming file, key and line of what is wrong. */
export async function readHearTask(folder: TaskFolder): Promise<HearTask | SkippedTask> {
  const where = (file: string) => `${folder.name}/${file}`
  const read = async (file: string): Promise<string> => {
    const found = folder.files.get(file)
    if (!found) throw new Error(`${where(file)} is missing. Drop the whole task folder.`)
    return found.text()
  }
  const metadata = parse(metadataSchema, await read(metadataFile), where(metadataFile))
  if (metadata.embedding_type === 'event')
    return { skipped: `${folder.name}: labels with times (embedding_type "event") are not evaluated; it is skipped.` }
  const [first = ''] = metadata.evaluation
  const metric = metricNames.find((name) => name === first)
  if (!metric)
    throw new Error(
      `${where(metadataFile)}, key "evaluation"${lineOf(await read(metadataFile), 'evaluation')}: the metric "${first}" is unknown; known are ${metricNames.join(', ')}.`,
    )
  const labels = parseVocabulary(await read(vocabularyFile), where(vocabularyFile))
  const names = splitNames(metadata)
  const { rate, ...sounds } = soundFolder(folder, names)
  const multilabel = metadata.prediction_type === 'multilabel'
  const indexOf = labelFinder(labels)
  const shuffle = pythonShuffler(0)
  const items: TaskItem[] = []
  for (const split of names) {
    const text = await read(`${split}.json`)
    const file = where(`${split}.json`)
    const fail = (key: string, cause: string): never => {
      throw new Error(`${file}, key "${key}"${lineOf(text, key)}: ${cause}`)
    }
    const entries = Object.entries(parse(splitSchema, text, file))
    if (entries.length === 0) throw new Error(`${file} lists no sounds.`)
    for (const [sound, given] of shuffle(entries)) {
      if (!multilabel && given.length !== 1) fail(sound, `a multiclass task needs one label, not ${given.length}.`)
      items.push({
        file: sound,
        split,
        labels: [
          ...new Set(
            given.map((label) => indexOf(label) ?? fail(sound, `the label "${label}" is not in ${vocabularyFile}.`)),
          ),
        ],
        sound: sounds.find(split, sound) ?? fail(sound, `there is no ${rate}/${split}/${sound}.`),
      })
    }
  }
  return {
    name: metadata.task_name,
    folder: folder.name,
    labels,
    multilabel,
    metric,
    stopsByScore: metadata.use_scoring_for_early_stopping ?? true,
    items,
    splits:
      metadata.split_mode === 'trainvaltest'
        ? [{ train: ['train'], valid: 'valid', test: 'test' }]
        : within(where(metadataFile), () => splitsOfFolds(names)),
    sampleRate: rate,
    notes: notesOf(folder.name, rate, metadata),
  }
}

function notesOf(folder: string, rate: number, { evaluation_params }: Metadata): string[] {
  const grid = Object.keys(evaluation_params?.task_specific_param_grid ?? {})
  return [
    ...(rate === 48000 ? [] : [`${folder}: there is no 48000 folder; sounds of ${rate} Hz were resampled to 48 kHz.`]),
    ...(grid.length === 0 ? [] : [`${folder}: its own parameter grid (${grid.join(', ')}) is not used.`]),
  ]
}

/** In the order of the metadata, in which the kit draws the order of rows. */
function splitNames({ splits, split_mode, nfolds }: Metadata): readonly string[] {
  if (split_mode !== 'trainvaltest')
    return splits ?? Array.from({ length: nfolds ?? 5 }, (_, index) => `fold${String(index).padStart(2, '0')}`)
  const named = splits?.filter((name) => trainValidTest.includes(name)) ?? []
  return new Set(named).size === trainValidTest.length ? named : trainValidTest
}

/** Labels are compared as texts. A number is also found as the same number in another notation: 1 where 1.0 stands. */
function labelFinder(labels: readonly string[]): (label: string | number | boolean) => number | undefined {
  const byText = new Map(labels.map((label, index) => [label, index]))
  const byNumber = new Map(labels.flatMap((label, index) => (label.trim() === '' ? [] : [[Number(label), index]])))
  return (label) => byText.get(String(label)) ?? (typeof label === 'number' ? byNumber.get(label) : undefined)
}

/** The folder of the best rate there is. */
function soundFolder({ name, files }: TaskFolder, splits: readonly string[]) {
  const folders = new Set([...files.keys()].map((path) => path.split('/').slice(0, 2).join('/')))
  const rate = rates.find((candidate) => splits.some((split) => folders.has(`${candidate}/${split}`)))
  if (rate === undefined)
    throw new Error(`${name}: there are no sounds; a folder ${rates.join(', ')} with a folder per split is needed.`)
  return { rate, find: (split: string, file: string) => files.get(`${rate}/${split}/${file}`) }
}

function parseVocabulary(text: string, where: string): string[] {
  const [header, ...rows] = within(where, () => parseCsv(text))
  const columns = header?.fields.map((field) => field.trim()) ?? []
  if (columns.join() !== 'idx,label')
    throw new Error(`${where}, line ${header?.line ?? 1}: the header must be "idx,label"; it is "${columns.join()}".`)
  const labels: string[] = []
  for (const { line, fields } of rows) {
    const [idx = '', label = ''] = fields
    if (fields.length !== 2 || !/^\d+$/.test(idx))
      throw new Error(`${where}, line ${line}: an index and a label are needed; found "${fields.join()}".`)
    if (labels[Number(idx)] !== undefined) throw new Error(`${where}, line ${line}: the index ${idx} is given twice.`)
    labels[Number(idx)] = label
  }
  const twice = labels.find((label, index) => labels.indexOf(label) !== index)
  if (twice !== undefined) throw new Error(`${where}: the label "${twice}" is given twice.`)
  if (labels.length < 2 || labels.length !== rows.length)
    throw new Error(`${where}: indices must count from 0 without gaps, over two labels or more.`)
  return labels
}

/** Line of a key of a JSON text, `, line 3`, whether or not its letters are escaped; that of the object when it is not there. */
function lineOf(text: string, key: string): string {
  const written = JSON.stringify(key)
  // As Python writes by default: what is no ASCII as escapes of UTF-16 units.
  const escaped = written.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const at = Math.max(text.indexOf(written), text.indexOf(escaped), text.indexOf('{'), 0)
  return `, line ${text.slice(0, at).split('\n').length}`
}

function within<T>(where: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : error}.`, { cause: error })
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, where: string): T {
  const value: unknown = within(where, () => JSON.parse(text))
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const [key = '', ...rest] = (issue?.path ?? []).map(String)
  const inside = rest.length > 0 ? `, entry ${rest.join('.')}` : ''
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
  const cause = isThere || key === '' ? (issue?.message ?? 'unreadable') : 'this key is missing from the object'
  throw new Error(`${where}, key "${key}"${lineOf(text, key)}${inside}: ${cause}.`)
}
