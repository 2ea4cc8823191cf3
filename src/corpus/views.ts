/** Where in a snippet a view may lie, and in which languages it can be heard (spec/pretraining.md sections 1 and 4). */
import { type Snippet, windowS } from './snippets'

/** The sound of one language: where it has samples, in title time. */
export interface LanguageTrack {
  readonly language: string
  readonly startS: number
  readonly endS: number
}

/** Times at which a window may start, ends included. */
interface Range {
  readonly from: number
  readonly to: number
}

/** Length of the window at a time: a snippet shorter than a window is taken as a whole (and padded). */
const windowLength = ({ startS, endS }: Snippet) => Math.min(windowS, endS - startS)

/**
 * Whether a track can be used for a window: it must have samples in at least half of it. Less would compare
 * silence with speech, more would drop whole windows for a dub that ends some frames early.
 */
export function covers(track: LanguageTrack, snippet: Snippet, windowStartS: number): boolean {
  const length = windowLength(snippet)
  const heardS = Math.min(track.endS, windowStartS + length) - Math.max(track.startS, windowStartS)
  return heardS >= length / 2 - 1e-9
}

/** Ranges of window starts inside a snippet at which some track can be used; they are apart and in order. */
export function usableStarts(snippet: Snippet, tracks: readonly LanguageTrack[]): Range[] {
  const length = windowLength(snippet)
  const last = snippet.endS - length
  const ranges = tracks
    .map(({ startS, endS }) => ({
      from: Math.max(snippet.startS, startS - length / 2),
      to: Math.min(last, endS - length / 2),
      usable: endS - startS >= length / 2,
    }))
    .filter(({ from, to, usable }) => usable && from <= to)
    .sort((a, b) => a.from - b.from)
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of ranges) {
    const previous = merged.at(-1)
    if (previous && from <= previous.to) previous.to = Math.max(previous.to, to)
    else merged.push({ from, to })
  }
  return merged
}

/** The point at `share` (0 to 1) of the ranges laid end to end. */
export function pointAt(ranges: readonly Range[], share: number): number {
  const total = ranges.reduce((sum, { from, to }) => sum + to - from, 0)
  let rest = share * total
  for (const { from, to } of ranges) {
    if (rest <= to - from) return from + rest
    rest -= to - from
  }
  return ranges.at(-1)?.to ?? 0
}
