/** Answers of a probe, counted by title: what the bootstrap draws from. */
import type { TaskName } from './design'
import { probe } from './ridge'
import type { Soundtrack } from './soundtracks'
import { itemsOf, splitsOf, type Tables } from './tasks'

/** Items of one title, and how many of them were answered rightly while it was left out. */
export interface TitleScore {
  readonly title: number
  readonly items: number
  readonly right: number
}

export interface TaskScore {
  readonly titles: readonly TitleScore[]
  /** What always answering the most frequent class would score: of the split where that is the most. */
  readonly chance: number
}

/** Probes one task on one set of vectors. @throws when a title is never tested. */
export function scoreTask(task: TaskName, tables: Tables, soundtracks: readonly Soundtrack[]): TaskScore {
  const items = itemsOf(task, tables, soundtracks)
  const names = [...new Set(items.map(({ label }) => label))].sort()
  const counted = new Map<number, { items: number; right: number }>()
  const shares: { share: number; items: number }[] = []
  for (const { train, test } of splitsOf(task, items)) {
    if (test.length === 0 || train.length === 0) throw new Error(`${task}: too few titles to leave some out.`)
    // Of the classes that can come up here: line groups share no line.
    const present = names.filter((name) => [...train, ...test].some((at) => items[at]?.label === name))
    const data = {
      vectors: items.map(({ vector }) => vector),
      labels: items.map(({ label }) => present.indexOf(label)),
      titles: items.map(({ title }) => title),
      classes: present.length,
    }
    for (const [index, answer] of probe(data, train, test).entries()) {
      const at = test[index] ?? 0
      const { title = 0 } = items[at] ?? {}
      const count = counted.get(title) ?? { items: 0, right: 0 }
      counted.set(title, {
        items: count.items + 1,
        right: count.right + (answer === data.labels[at] ? 1 : 0),
      })
    }
    const largest = Math.max(
      ...present.map((_, label) => test.filter((at) => data.labels[at] === label).length / test.length),
    )
    shares.push({ share: largest, items: test.length })
  }
  const total = shares.reduce((sum, { items: n }) => sum + n, 0)
  return {
    titles: [...counted].map(([title, count]) => ({ title, ...count })).sort((a, b) => a.title - b.title),
    chance: shares.reduce((sum, { share, items: n }) => sum + share * n, 0) / total,
  }
}
