/** Rows of relative positions, against what PyTorch 1.13 prints for the formula of spec/pretraining.md section 5. */
import { describe, expect, it } from 'vitest'
import { pairsOfRow, relativeRows, rowOfPair } from './relative-rows'

/** Sum over all pairs of row times (index + 1): one number that sees every entry. */
const weightedSum = (table: Uint32Array) => table.reduce((sum, row, index) => sum + row * (index + 1), 0)

describe('the row of a pair of places is the one PyTorch reads', () => {
  it('for 4 queries on 7 keys', () => {
    expect([...rowOfPair(4, 7)]).toEqual([
      ...[6, 5, 4, 3, 2, 1, 0],
      ...[7, 6, 5, 4, 3, 2, 1],
      ...[9, 8, 7, 6, 5, 4, 3],
      ...[11, 10, 9, 8, 7, 6, 5],
    ])
  })

  it('for 8 queries on 6 keys, where float32 lands below the whole number', () => {
    expect([...rowOfPair(8, 6)].slice(0, 12)).toEqual([6, 5, 3, 2, 1, 0, 7, 6, 5, 3, 2, 0])
  })

  it.each([
    [39, 10, 3_225_960],
    [43, 11, 5_266_393],
    [53, 7, 3_918_562],
    [57, 29, 87_930_262],
    [14, 62, 25_783_910],
  ])('for %d queries on %d keys', (queries, keys, sum) => {
    expect(weightedSum(rowOfPair(queries, keys))).toBe(sum)
  })
})

it('pairs are listed under the row that they read, each once', () => {
  for (const [queries, keys] of [
    [39, 10],
    [4, 7],
    [1, 1],
  ] as const) {
    const rows = relativeRows(queries, keys)
    const table = pairsOfRow(queries, keys)
    const listed = [...table.subarray(rows + 1)]
    expect([...listed].sort((a, b) => a - b)).toEqual([...rowOfPair(queries, keys).keys()])
    for (let row = 0; row < rows; row++)
      for (const pair of listed.slice(table[row], table[row + 1])) expect(rowOfPair(queries, keys)[pair]).toBe(row)
  }
})
