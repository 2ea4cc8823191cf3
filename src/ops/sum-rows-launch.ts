/** The launch that adds up rows, shared by operators whose sums over a batch end in it. */
import sumRows from '../../shaders/reduce/sum_rows.wgsl?raw'
import type { Binding, Launch, Target } from '../gpu/operator'
import { elementsOf, threads } from './elements'

interface SumRows {
  /** A thread walks over all of them, so at most some thousands. */
  readonly rows: number
  readonly columns: number
  /** Numbers from one row to the next, a multiple of `columns`; `columns` if not given. */
  readonly stride?: number
  readonly from: Binding
  readonly to: Binding
  readonly target: Target
}

/** to[c] = sum over r of from[r * stride + c]. */
export function sumRowsLaunch({ rows, columns, stride = columns, from, to, target }: SumRows): Launch {
  const { constants, count } = elementsOf(columns)
  return {
    source: sumRows,
    entryPoint: 'sum_rows',
    constants,
    uniforms: [rows, count, constants.VEC4 ? stride / 4 : stride],
    bindings: [from, to],
    workgroups: threads(count, target),
    flops: rows * columns,
  }
}
