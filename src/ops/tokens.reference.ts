/** Float64 truth of `tokens.ts` and `move-rows.ts`. */
import { type TensorType, typeAt } from '../gpu/operator'
import type { MoveRowsAttributes, SliceRowsAttributes } from './move-rows'
import type { MeanTokensAttributes } from './tokens'

type Inputs = readonly Float64Array[]
type Types = readonly TensorType[]

/** Rows [B][N] of x [B, N, C]. */
function samples([x = new Float64Array()]: Inputs, types: Types): Float64Array[][] {
  const [batch = 1, rows = 1, width = 1] = typeAt(types, 0, 'tokens').shape
  return Array.from({ length: batch }, (_, b) =>
    Array.from({ length: rows }, (_, n) => x.slice((b * rows + n) * width, (b * rows + n + 1) * width)),
  )
}

const flat = (rows: readonly Float64Array[]): Float64Array[] => [Float64Array.from(rows.flatMap((row) => [...row]))]

export const meanTokensReference = (inputs: Inputs, types: Types, { skipFirst }: MeanTokensAttributes) =>
  flat(
    samples(inputs, types).map((rows) => {
      const kept = rows.slice(skipFirst)
      return (kept[0] ?? new Float64Array()).map(
        (_, c) => kept.reduce((sum, row) => sum + (row[c] ?? Number.NaN), 0) / kept.length,
      )
    }),
  )

export const takeTokenReference = (inputs: Inputs, types: Types) =>
  flat(samples(inputs, types).map(([first = new Float64Array()]) => first))

export const prependTokenReference = (inputs: Inputs, types: Types) =>
  flat(samples(inputs, types).flatMap((rows) => [inputs[1] ?? new Float64Array(), ...rows]))

export const moveRowsReference = (inputs: Inputs, types: Types, { rows, shift }: MoveRowsAttributes) => {
  const width = typeAt(types, 0, 'moveRows').shape[2] ?? 0
  return flat(
    samples(inputs, types).flatMap((sample) =>
      Array.from({ length: rows }, (_, r) => sample[r - shift] ?? new Float64Array(width)),
    ),
  )
}

export const sliceRowsReference = (
  [x = new Float64Array()]: Inputs,
  types: Types,
  { start, count }: SliceRowsAttributes,
): Float64Array[] => {
  const width = typeAt(types, 0, 'sliceRows').shape[1] ?? 0
  return [x.slice(start * width, (start + count) * width)]
}
