/** Undo and redo: the documents before and after the present one. Plain data, so that any document type fits. */

export interface History<T> {
  readonly past: readonly T[]
  readonly future: readonly T[]
  /** What the latest edit touched and when (ms), so that typing one title is one step. */
  readonly latest?: { readonly what: string; readonly at: number }
}

const deepest = 200
const together = 1000

export const emptyHistory: History<never> = { past: [], future: [] }

/** Remembers `before` as what undo returns to; edits of the same thing within a second count as one. */
export function remember<T>(history: History<T>, before: T, what: string, at: number): History<T> {
  const continues = history.latest?.what === what && at - history.latest.at < together && history.past.length > 0
  return {
    past: continues ? history.past : [...history.past, before].slice(-deepest),
    future: [],
    latest: { what, at },
  }
}

/** The document before the latest edit, or null when there is none. */
export function stepBack<T>(history: History<T>, present: T): { history: History<T>; present: T } | null {
  const previous = history.past.at(-1)
  if (previous === undefined) return null
  return { history: { past: history.past.slice(0, -1), future: [present, ...history.future] }, present: previous }
}

/** The document that the latest undo left, or null when there is none. */
export function stepForward<T>(history: History<T>, present: T): { history: History<T>; present: T } | null {
  const next = history.future[0]
  if (next === undefined) return null
  return { history: { past: [...history.past, present], future: history.future.slice(1) }, present: next }
}
