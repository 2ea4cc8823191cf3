/** The four questions: what is asked of which stretch of sound, and which titles a probe learns from and is tested on. */
import { parseCsv } from '../../src/formats/csv'
import { lineGroups, type TaskName } from './design'
import type { Soundtrack, VectorWindow } from './soundtracks'

/** What the corpus maker says of its titles. */
export interface Tables {
  /** In the order in which they were made: title i is of line group i mod {@link lineGroups}. Languages in the order of the tracks. */
  readonly titles: readonly { readonly file: string; readonly languages: readonly string[] }[]
  readonly scenes: readonly Stretch[]
  readonly utterances: readonly Stretch[]
}

interface Stretch {
  readonly file: string
  readonly startS: number
  readonly endS: number
  readonly labels: Readonly<Record<string, string>>
}

export interface Item {
  /** Index into {@link Tables.titles}. */
  readonly title: number
  readonly label: string
  readonly vector: ArrayLike<number>
}

/** Positions of items. */
export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

const titlesLeftOut = 4

function rowsOf(text: string): Record<string, string>[] {
  const [head, ...rows] = parseCsv(text)
  return rows.map(({ fields }) => Object.fromEntries((head?.fields ?? []).map((name, i) => [name, fields[i] ?? ''])))
}

const stretches = (text: string): Stretch[] =>
  rowsOf(text).map(({ file = '', start, end, ...labels }) => ({
    file,
    startS: Number(start),
    endS: Number(end),
    labels,
  }))

/** @param titles titles.csv @param labels labels.csv @param utterances utterances.csv */
export const readTables = (titles: string, labels: string, utterances: string): Tables => ({
  titles: rowsOf(titles).map(({ file = '', languages = '' }) => ({ file, languages: languages.split('+') })),
  scenes: stretches(labels),
  utterances: stretches(utterances),
})

const slackS = 0.01
const holds = (outer: VectorWindow | Stretch, inner: VectorWindow | Stretch): boolean =>
  inner.startS >= outer.startS - slackS && inner.endS <= outer.endS + slackS

/** Mean of vectors of one length. */
function meanOf(vectors: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(vectors[0]?.length ?? 0)
  for (const vector of vectors)
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] ?? 0) + (vector[i] ?? 0) / vectors.length
  return mean
}

/**
 * Items of a task. Of scene and speakers they are scenes, embedded by the mean over their windows as the paper does; of the
 * language single windows; of the keyword the windows that hold one line, and all of it.
 */
export function itemsOf(task: TaskName, tables: Tables, soundtracks: readonly Soundtrack[]): Item[] {
  return soundtracks.flatMap(({ file, language, windows }): Item[] => {
    const title = tables.titles.findIndex((one) => one.file === file)
    if (title < 0) throw new Error(`${file} is not in titles.csv.`)
    const own = (list: readonly Stretch[]) => list.filter((stretch) => stretch.file === file)
    if (task === 'language') return windows.map(({ vector }) => ({ title, label: language, vector }))
    if (task === 'keyword')
      return windows.flatMap((window) => {
        const lines = new Set(
          own(tables.utterances).flatMap((said) => (holds(window, said) ? [said.labels.line ?? ''] : [])),
        )
        const [label] = lines
        return lines.size === 1 && label !== undefined ? [{ title, label, vector: window.vector }] : []
      })
    return own(tables.scenes).flatMap((scene) => {
      const inside = windows.filter((window) => holds(scene, window)).map(({ vector }) => vector)
      const label = (task === 'scene' ? scene.labels.scene : scene.labels.speakers) ?? ''
      return inside.length > 0 ? [{ title, label, vector: meanOf(inside) }] : []
    })
  })
}

/**
 * Splits that leave titles out. Keyword: inside each line group, a few titles at a time. All else: a line group at a time,
 * so that test titles speak lines that no training title speaks.
 */
export function splitsOf(task: TaskName, items: readonly Item[]): Split[] {
  const groupOf = (title: number) => title % lineGroups
  const positions = [...items.keys()]
  const titleAt = (position: number) => items[position]?.title ?? 0
  const groups = [...Array(lineGroups).keys()]
  if (task !== 'keyword')
    return groups.map((group) => ({
      train: positions.filter((position) => groupOf(titleAt(position)) !== group),
      test: positions.filter((position) => groupOf(titleAt(position)) === group),
    }))
  return groups.flatMap((group) => {
    const own = positions.filter((position) => groupOf(titleAt(position)) === group)
    const titles = [...new Set(own.map(titleAt))].sort((a, b) => a - b)
    return [...Array(Math.min(titlesLeftOut, titles.length)).keys()].map((fold): Split => {
      const out = new Set(titles.filter((_, index) => index % titlesLeftOut === fold))
      return {
        train: own.filter((position) => !out.has(titleAt(position))),
        test: own.filter((position) => out.has(titleAt(position))),
      }
    })
  })
}
