/**
 * The probe: ridge regression on one column per class, in float64 and closed form, so that it has neither seed nor learning
 * rate. Inputs are standardised by the training rows; the strength of the penalty is chosen inside them, by title.
 */

export interface ProbeData {
  /** [rows, width] */
  readonly vectors: readonly ArrayLike<number>[]
  /** Class of each row, from 0. */
  readonly labels: readonly number[]
  /** Rows of one title stay together when the penalty is chosen. */
  readonly titles: readonly number[]
  readonly classes: number
}

/** Per row, relative to the mean square of an input, which is 1. */
const penalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10] as const
const innerFolds = 4

/** Lower triangle of a symmetric positive definite matrix's Cholesky factor; in place. */
function factor(matrix: Float64Array, size: number): void {
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = matrix[row * size + column] as number
      for (let k = 0; k < column; k++) sum -= (matrix[row * size + k] as number) * (matrix[column * size + k] as number)
      if (row === column) {
        if (!(sum > 0)) throw new Error('The matrix is not positive definite.')
        matrix[row * size + row] = Math.sqrt(sum)
      } else matrix[row * size + column] = sum / (matrix[column * size + column] as number)
    }
  }
}

/** Solves L Lᵀ x = b in place, for every column of b [size, columns]. */
function solve(lower: Float64Array, size: number, b: Float64Array, columns: number): void {
  const divide = (row: number, sign: 1 | -1) => {
    for (let k = sign === 1 ? 0 : row + 1; k < (sign === 1 ? row : size); k++) {
      const weight = (sign === 1 ? lower[row * size + k] : lower[k * size + row]) as number
      for (let c = 0; c < columns; c++)
        b[row * columns + c] = (b[row * columns + c] as number) - weight * (b[k * columns + c] as number)
    }
    const diagonal = lower[row * size + row] as number
    for (let c = 0; c < columns; c++) b[row * columns + c] = (b[row * columns + c] as number) / diagonal
  }
  for (let row = 0; row < size; row++) divide(row, 1)
  for (let row = size - 1; row >= 0; row--) divide(row, -1)
}

/** What the training rows say, before a penalty is chosen. */
interface Moments {
  readonly mean: Float64Array
  readonly scale: Float64Array
  /** [width, width] and [width, classes], of standardised inputs, over the number of rows. */
  readonly gram: Float64Array
  readonly cross: Float64Array
  /** Share of each class. */
  readonly shares: Float64Array
}

function momentsOf({ vectors, labels, classes }: ProbeData, rows: readonly number[]): Moments {
  const width = vectors[0]?.length ?? 0
  const mean = new Float64Array(width)
  const scale = new Float64Array(width)
  const each = (visit: (value: number, column: number) => void) => {
    for (const row of rows) for (let i = 0; i < width; i++) visit(vectors[row]?.[i] as number, i)
  }
  each((value, i) => {
    mean[i] = (mean[i] as number) + value / rows.length
  })
  each((value, i) => {
    scale[i] = (scale[i] as number) + (value - (mean[i] as number)) ** 2 / rows.length
  })
  for (let i = 0; i < width; i++) {
    const deviation = Math.sqrt(scale[i] as number)
    scale[i] = deviation > 1e-12 ? 1 / deviation : 0
  }
  const gram = new Float64Array(width * width)
  const cross = new Float64Array(width * classes)
  const shares = new Float64Array(classes)
  const x = new Float64Array(width)
  for (const row of rows) {
    const vector = vectors[row] ?? []
    const label = labels[row] ?? 0
    shares[label] = (shares[label] ?? 0) + 1 / rows.length
    for (let i = 0; i < width; i++)
      x[i] = (((vector[i] as number) - (mean[i] as number)) * (scale[i] as number)) as number
    for (let i = 0; i < width; i++) {
      const xi = (x[i] as number) / rows.length
      cross[i * classes + label] = (cross[i * classes + label] as number) + xi
      for (let j = 0; j <= i; j++) gram[i * width + j] = (gram[i * width + j] as number) + xi * (x[j] as number)
    }
  }
  // Inputs have mean 0, so the mean of the targets drops out of the products by itself.
  return { mean, scale, gram, cross, shares }
}

/** Classes that one penalty predicts for some rows. */
function predict(
  { vectors, classes }: ProbeData,
  moments: Moments,
  penalty: number,
  rows: readonly number[],
): number[] {
  const { mean, scale, gram, cross, shares } = moments
  const width = mean.length
  const matrix = gram.slice()
  for (let i = 0; i < width; i++) matrix[i * width + i] = (matrix[i * width + i] as number) + penalty
  factor(matrix, width)
  const weights = cross.slice()
  solve(matrix, width, weights, classes)
  return rows.map((row) => {
    const scores = shares.slice()
    for (let i = 0; i < width; i++) {
      const x = ((vectors[row]?.[i] as number) - (mean[i] as number)) * (scale[i] as number)
      for (let c = 0; c < classes; c++) scores[c] = (scores[c] as number) + x * (weights[i * classes + c] as number)
    }
    return scores.indexOf(Math.max(...scores))
  })
}

/**
 * Classes of the test rows, predicted from the training rows with the penalty that does best when titles among these are
 * left out in turn (the strongest on ties).
 * @throws when nothing is there to learn from.
 */
export function probe(data: ProbeData, train: readonly number[], test: readonly number[]): number[] {
  if (train.length === 0) throw new Error('A probe needs training rows.')
  const titles = [...new Set(train.map((row) => data.titles[row] ?? 0))].sort((a, b) => a - b)
  const right = penalties.map(() => 0)
  for (let fold = 0; fold < Math.min(innerFolds, titles.length); fold++) {
    const left = new Set(titles.filter((_, index) => index % innerFolds === fold))
    const [kept, out] = [false, true].map((isOut) => train.filter((row) => left.has(data.titles[row] ?? 0) === isOut))
    if (!kept || !out || kept.length === 0) continue
    const moments = momentsOf(data, kept)
    for (const [index, penalty] of penalties.entries())
      for (const [at, label] of predict(data, moments, penalty, out).entries())
        if (label === data.labels[out[at] ?? 0]) right[index] = (right[index] ?? 0) + 1
  }
  const penalty = penalties[right.lastIndexOf(Math.max(...right))] ?? penalties[0]
  return predict(data, momentsOf(data, train), penalty, test)
}
