/**
 * Reads the LVU benchmark's split files and finds its clips (`spec/evaluation.md` section 3.2): despite their name they are
 * separated by spaces, with the video's id in front of the film's. Clips that are not here are counted.
 */
import type { DataSplit } from './hear-grid'

/** The classification tasks, by folder. */
const folders = ['relationship', 'way_speaking', 'scene', 'director', 'writer', 'year', 'genre'] as const
const splitNames = ['train', 'val', 'test'] as const

export interface LvuItem<F> {
  /** Video id. */
  readonly id: string
  readonly split: string
  readonly labels: readonly [number]
  readonly film: string
  readonly clip: F
}

export interface LvuTask<F> {
  readonly name: string
  readonly labels: readonly string[]
  /** Those whose clips are here. */
  readonly items: readonly LvuItem<F>[]
  readonly split: DataSplit
  /** Rows of each split file, with and without clips. */
  readonly listed: Readonly<Record<string, number>>
  readonly notes: readonly string[]
}

interface NamedFile {
  readonly path: string
  readonly file: Blob
}

const media = /\.(mp4|mkv|webm|wav|m4v|mov)$/i
const splitFile = new RegExp(`(?:^|/)(${folders.join('|')})/(${splitNames.join('|')})\\.csv$`)

/** Whether a folder holds split files of the benchmark. */
export const holdsLvu = (files: readonly NamedFile[]): boolean => files.some(({ path }) => splitFile.test(path))

/**
 * Tasks in the paper's order, of those whose three split files are here and have clips; and what is wrong with others.
 * @throws when no task is left, naming file and line of what is wrong, or a task without a clip for one of its splits.
 */
export async function readLvuTasks<F extends NamedFile>(
  files: readonly F[],
): Promise<{ tasks: LvuTask<F>[]; problems: { file: string; message: string }[] }> {
  const clips = new Map<string, F>()
  const tables = new Map<string, F>()
  for (const file of files) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    if (media.test(name)) clips.set(name.replace(media, ''), file)
    const [, folder, split] = splitFile.exec(file.path) ?? []
    if (folder) tables.set(`${folder} ${split}`, file)
  }
  const tasks: LvuTask<F>[] = []
  const problems: { file: string; message: string }[] = []
  for (const folder of folders) {
    if (!splitNames.some((split) => tables.has(`${folder} ${split}`))) continue
    try {
      const rows: LvuRow[] = []
      for (const split of splitNames) {
        const table = tables.get(`${folder} ${split}`)
        if (!table) throw new Error(`${folder}/${split}.csv is missing. Drop the whole lvu_1.0 folder.`)
        rows.push(...parseRows(await table.file.text(), `${folder}/${split}.csv`, split))
      }
      tasks.push(taskOf(folder, rows, clips))
    } catch (error) {
      problems.push({ file: folder, message: error instanceof Error ? error.message : String(error) })
    }
  }
  if (tasks.length === 0) throw new Error(problems.map(({ message }) => message).join(' '))
  return { tasks, problems }
}

interface LvuRow {
  readonly split: string
  readonly label: number
  readonly labelName: string
  readonly id: string
  readonly film: string
}

function parseRows(text: string, where: string, split: string): LvuRow[] {
  const [, ...lines] = text.split(/\r\n|\n|\r/)
  return lines.flatMap((line, index) => {
    const words = line.trim().split(/\s+/)
    if (line.trim() === '') return []
    const [first = '', ...rest] = words
    const [id = '', film = ''] = rest.slice(-2)
    if (!/^\d+$/.test(first) || rest.length < 2)
      throw new Error(
        `${where}, line ${index + 2}: a class number, a class name, a video id and a film id are needed; found "${line}".`,
      )
    return [{ split, label: Number(first), labelName: rest.slice(0, -2).join(' '), id, film }]
  })
}

function taskOf<F>(name: string, rows: readonly LvuRow[], clips: ReadonlyMap<string, F>): LvuTask<F> {
  const classes = Math.max(...rows.map(({ label }) => label)) + 1
  const names = Array.from(
    { length: classes },
    (_, label) => rows.find((row) => row.label === label)?.labelName || String(label),
  )
  // Files name columns by labels, so that two classes of one name need their numbers.
  const labels = names.map((own, label) => (names.indexOf(own) === names.lastIndexOf(own) ? own : `${label} ${own}`))
  const items = rows.flatMap(({ id, split, label, film }): LvuItem<F>[] => {
    const clip = clips.get(id)
    return clip ? [{ id, split, film, clip, labels: [label] }] : []
  })
  const count = (split: string, of: readonly { readonly split: string }[]) =>
    of.filter((row) => row.split === split).length
  for (const split of splitNames)
    if (count(split, items) === 0)
      throw new Error(
        `${name}: of the ${count(split, rows)} clips of ${split}.csv none is here, named by its video id.`,
      )
  const listed = Object.fromEntries(splitNames.map((split) => [split, count(split, rows)]))
  const missing = splitNames.filter((split) => count(split, items) < (listed[split] ?? 0))
  return {
    name,
    labels,
    items,
    split: { train: ['train'], valid: 'val', test: 'test' },
    listed,
    notes: [
      ...missing.map((split) => `${name}: ${count(split, items)} of ${listed[split]} clips of ${split} are here.`),
      ...crossingNote(name, rows),
    ],
  }
}

/** Films must not be known from training. */
function crossingNote(name: string, rows: readonly LvuRow[]): string[] {
  const splits = new Map<string, Set<string>>()
  for (const { film, split } of rows) splits.set(film, (splits.get(film) ?? new Set()).add(split))
  const crossing = [...splits].filter(([, own]) => own.size > 1).map(([film]) => film)
  if (crossing.length === 0) return []
  const more = crossing.length > 3 ? ` and ${crossing.length - 3} more` : ''
  return [
    `${name}: films are in more than one split, so scores may be too high: ${crossing.slice(0, 3).join(', ')}${more}.`,
  ]
}
