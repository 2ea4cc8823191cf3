/**
 * Linear interpolation of a relative-position table to another number of rows, as
 * torch.nn.functional.interpolate(mode='linear', align_corners=False) does (spec/pretraining.md section 5, detail 2).
 */
import source from '../../shaders/interpolate-table/interpolate.wgsl?raw'
import { dimension, f32Tensor, type Launch, type Operator, only, spread, type Target, typeAt } from '../gpu/operator'

export interface InterpolateTableAttributes {
  readonly rows: number
}

const made = new Map<string, Uint32Array<ArrayBuffer>>()

/**
 * Where each of `rowsOut` rows reads among `rowsIn`: first row and the bits of both weights. PyTorch keeps the ratio of
 * the lengths in float32, the position in float64 and the weights in float32, which matters beyond 50 rows or so.
 */
function placesOf(rowsIn: number, rowsOut: number): Uint32Array<ArrayBuffer> {
  const key = `${rowsIn} ${rowsOut}`
  const known = made.get(key)
  if (known) return known
  const ratio = Math.fround(rowsIn / rowsOut)
  const places = new Uint32Array(3 * rowsOut)
  const weights = new Float32Array(places.buffer)
  for (let row = 0; row < rowsOut; row++) {
    const position = Math.max(0, ratio * (row + 0.5) - 0.5)
    const first = Math.min(Math.floor(position), rowsIn - 1)
    const high = Math.fround(position - first)
    places[3 * row] = first
    weights[3 * row + 1] = 1 - high
    weights[3 * row + 2] = high
  }
  made.set(key, places)
  return places
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
    bindings: [{ input: 0 }, { table: placesOf(rowsIn, rowsOut) }, { output: 0 }],
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
