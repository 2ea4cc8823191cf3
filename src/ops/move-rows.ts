/** Rows moved up or down inside each sample, zeros where none comes from: slices, takes, and the gradients of both. */
import source from '../../shaders/tokens/move_rows.wgsl?raw'
import {
  type Binding,
  dimension,
  f32Tensor,
  type Launch,
  type Operator,
  only,
  type Target,
  typeAt,
} from '../gpu/operator'
import { elementsOf, threads } from './elements'

export interface MoveRows {
  readonly outer: number
  readonly inRows: number
  readonly outRows: number
  readonly width: number
  /** Output row r is input row r - shift. */
  readonly shift: number
}

/** The launch alone, for operators that have a name of their own for it. */
export function moveRowsLaunch(sizes: MoveRows, from: Binding, to: Binding, target: Target): Launch {
  const { constants, count } = elementsOf(sizes.width)
  const total = sizes.outer * sizes.outRows * count
  return {
    source,
    entryPoint: 'move_rows',
    constants,
    uniforms: [sizes.outer, sizes.inRows, sizes.outRows, count, sizes.shift],
    bindings: [from, to],
    workgroups: threads(total, target),
  }
}

export interface MoveRowsAttributes {
  readonly rows: number
  readonly shift: number
}

/** x [B, N, C] -> [B, rows, C]: output row r is input row r - shift, or 0. */
export const moveRows: Operator<MoveRowsAttributes> = {
  name: 'moveRows',
  infer(inputs, { rows }) {
    const x = typeAt(inputs, 0, 'moveRows')
    if (x.shape.length !== 3) throw new Error('the input must be [batch, rows, width]')
    return [f32Tensor(dimension(x, 0), rows, dimension(x, 2))]
  },
  launch({ inputs, attributes: { rows, shift } }, target) {
    const [outer = 1, inRows = 1, width = 1] = typeAt(inputs, 0, 'moveRows').shape
    return [moveRowsLaunch({ outer, inRows, outRows: rows, width, shift }, { input: 0 }, { output: 0 }, target)]
  },
  gradient(builder, { inputs, attributes: { shift } }, [dY]) {
    const rows = dimension(typeAt(inputs, 0, 'moveRows'), 1)
    return [dY ? only(builder.apply(moveRows, [dY], { rows, shift: -shift })) : null]
  },
}

export interface SliceRowsAttributes {
  readonly start: number
  readonly count: number
}

/** x [N, D] -> rows start to start + count - 1, [count, D]. */
export const sliceRows: Operator<SliceRowsAttributes> = {
  name: 'sliceRows',
  infer(inputs, { start, count }) {
    const x = typeAt(inputs, 0, 'sliceRows')
    if (x.shape.length !== 2) throw new Error('the input must be [rows, width]')
    if (start < 0 || count < 1 || start + count > dimension(x, 0))
      throw new Error(`rows ${start} to ${start + count - 1} are not all there`)
    return [f32Tensor(count, dimension(x, 1))]
  },
  launch({ inputs, attributes: { start, count } }, target) {
    const [inRows = 1, width = 1] = typeAt(inputs, 0, 'sliceRows').shape
    const sizes = { outer: 1, inRows, outRows: count, width, shift: -start }
    return [moveRowsLaunch(sizes, { input: 0 }, { output: 0 }, target)]
  },
  gradient(builder, { inputs, attributes: { start, count } }, [dY]) {
    if (!dY) return [null]
    const [rows = 1, width = 1] = typeAt(inputs, 0, 'sliceRows').shape
    const padded = builder.apply(moveRows, [builder.reshape(dY, [1, count, width])], { rows, shift: start })
    return [builder.reshape(only(padded), [rows, width])]
  },
}
