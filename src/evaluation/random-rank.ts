/** The rank of the first right one among rows in random order: what chance finds, and what ties are worth. */

export interface RandomRank {
  /** Expected rank of the first right one, from 1. */
  readonly mean: number
  /** Chance that one is among the first `depth`; a depth below 1 holds none. */
  within(depth: number): number
}

/** @param rows of which @param right are right; at least one is. */
export const randomRank = (rows: number, right: number): RandomRank => ({
  mean: (rows + 1) / (right + 1),
  within(depth) {
    if (depth < 1) return 0
    // Without one: the product of the chances that each of the first is wrong, given that those before it were.
    let without = 1
    for (let drawn = 0; drawn < Math.min(depth, rows); drawn++)
      without *= Math.max(0, rows - right - drawn) / (rows - drawn)
    return 1 - without
  },
})
