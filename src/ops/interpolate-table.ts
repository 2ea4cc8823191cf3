/**
 * Linear interpolation of a relative-position table to another number of rows, as
 * torch.nn.functional.interpolate(mode='linear', align_corners=False) does (spec/pretraining.md section 5, detail 2).
 */
import source from '../../shaders/interpolate-table/interpolate.wgsl?raw'
import { dimension, f32Tensor, type Launch, type Operator, only, spread, type Target, typeAt } from '../gpu/operator'

export interface InterpolateTableAttributes {
  readonly rows: number
}

const launchOf = (
  entryPoint: string,
  rowsIn: number,
  rowsOut: number,
  width: number,
  elements: number,
  target: Target,
): Launch[] => [
  {
    source,
    entryPoint,
    uniforms: [rowsIn, rowsOut, width],
    bindings: [{ input: 0 }, { output: 0 }],
    workgroups: spread(Math.ceil(elements / 64), target),
    flops: 4 * Math.max(rowsIn, rowsOut) * width,
  },
]

/** Input table [rowsIn, D]. Output [rows, D]. */
export const interpolateTable: Operator<InterpolateTableAttributes> = {
  name: 'interpolateTable',
  infer: (inputs, { rows }) => [f32Tensor(rows, dimension(typeAt(inputs, 0, 'interpolateTable'), 1))],
  launch({ inputs, attributes: { rows } }, target) {
    const table = typeAt(inputs, 0, 'interpolateTable')
    const width = dimension(table, 1)
    return launchOf('interpolate_rows', dimension(table, 0), rows, width, rows * width, target)
  },
  gradient(builder, { inputs }, [dOut]) {
    const rows = dimension(typeAt(inputs, 0, 'interpolateTable'), 0)
    return [dOut ? only(builder.apply(interpolateTableGradient, [dOut], { rows })) : null]
  },
}

/** Input dOut [rowsOut, D]. Output dTable [rows, D]. */
const interpolateTableGradient: Operator<InterpolateTableAttributes> = {
  name: 'interpolateTableGradient',
  infer: interpolateTable.infer,
  launch({ inputs, attributes: { rows } }, target) {
    const dOut = typeAt(inputs, 0, 'interpolateTableGradient')
    const width = dimension(dOut, 1)
    return launchOf('interpolate_rows_gradient', rows, dimension(dOut, 0), width, rows * width, target)
  },
}
