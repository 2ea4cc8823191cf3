/** How a matrix product is launched: its kernel variants, the split of long sums, and what may be fused behind it. */
import registers from '../../shaders/matmul/registers.wgsl?raw'
import sumParts from '../../shaders/matmul/sum_parts.wgsl?raw'
import workgroup from '../../shaders/matmul/workgroup.wgsl?raw'
import { type Binding, f32, type Launch, spread, type Target } from '../gpu/operator'
import { type VariantFamily, variantOf } from '../gpu/variants'
import { elementsOf, threads } from './elements'

/** Named by what is transposed: `nt` A [m, k] B [n, k]; `nn` A [m, k] B [k, n]; `tn` A [k, m] B [k, n]. */
export type MatmulLayout = 'nt' | 'nn' | 'tn'

/**
 * `quad`: a tile of 32 rows x 8 columns per lane, rows of A shared within a quad. `registers`: 8 x 8 per thread. Both
 * straight from storage. `workgroup`: 64 x 64 per workgroup in workgroup memory.
 */
export const matmulFamily: VariantFamily = {
  name: 'matmul',
  variants: [
    { name: 'registers' },
    { name: 'quad', runsOn: ({ subgroupSizes }) => subgroupSizes !== null },
    { name: 'workgroup' },
  ],
  preferred: { software: ['quad', 'registers'], gpu: ['workgroup', 'registers'] },
  // Long sums of weight gradients, and which side is read along its rows, are what changes with the layout.
  shapeClasses: ['nt', 'nn', 'tn'],
}

/** What a product does to its sums before they are stored, after the bias; `gelu` stores the sums too. */
export type Epilogue = 'none' | 'gelu' | 'residual' | 'gelu-gradient'

export interface ProductSizes {
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  /** One right side serves every batch of the left. */
  readonly sharedB: boolean
}

export interface Product {
  readonly sizes: ProductSizes
  readonly layout: MatmulLayout
  readonly alpha: number
  readonly bias: boolean
  readonly epilogue: Epilogue
  /** After A, B and C: bias, then the epilogue's operand or second result. */
  readonly further: readonly Binding[]
}

const maxPartBytes = 32 * 2 ** 20
/** A stretch keeps its rounding small; a GPU also needs many of them to be busy. */
const longestStretch = { software: 2048, gpu: 512 } as const

/** Cuts a long sum into stretches of `chunk` rows, a multiple of 4. */
export function stretchOf(length: number, bytesPerPart: number, target: Target): { chunk: number; splits: number } {
  const wanted = Math.ceil(length / longestStretch[target.kind])
  const splits = Math.max(1, Math.min(wanted, Math.floor(maxPartBytes / bytesPerPart)))
  const chunk = Math.ceil(length / splits / 4) * 4
  return { chunk, splits: Math.ceil(length / chunk) }
}

/** Stretches into which the sum along k is cut: 1 where the product is stored at once. Only weight gradients are long. */
export const splitsOf = ({ batch, m, n, k }: ProductSizes, layout: MatmulLayout, target: Target): number =>
  layout === 'tn' ? stretchOf(k, 4 * batch * m * n, target).splits : 1

interface Kernel {
  readonly source: string
  readonly entryPoint: string
  readonly constants: Launch['constants']
  /** Rows and columns of one tile, and threads that share it. */
  readonly tile: readonly [rows: number, columns: number, threads: number]
}

const kernels: Readonly<Record<string, Kernel>> = {
  quad: {
    source: registers,
    entryPoint: 'multiply',
    constants: { QUAD: true, SHARES: 4, GROUPS_A: 2, GROUPS_B: 2 },
    tile: [32, 32, 4],
  },
  registers: {
    source: registers,
    entryPoint: 'multiply',
    constants: { QUAD: false, SHARES: 1, GROUPS_A: 2, GROUPS_B: 2 },
    tile: [8, 8, 1],
  },
  workgroup: { source: workgroup, entryPoint: 'multiply_tiles', constants: {}, tile: [64, 64, 64] },
}

/** Launches of one product; a long sum (`tn`) goes through workspace 0, [splits, batch, m, n]. */
export function productLaunches(product: Product, target: Target): Launch[] {
  const { sizes, layout, alpha, bias, epilogue, further } = product
  const { batch, m, n, k, sharedB } = sizes
  const kernel = kernels[variantOf(matmulFamily, target, layout)]
  if (!kernel) throw new Error('A variant of the matrix product has no kernel.')
  const { chunk, splits } = layout === 'tn' ? stretchOf(k, 4 * batch * m * n, target) : { chunk: k, splits: 1 }
  const [rows, columns, sharing] = kernel.tile
  const tiles = Math.ceil(m / rows) * Math.ceil(n / columns)
  // Few lanes with large tiles keep all cores of a CPU busy to the end.
  const lanes = sharing === 4 && target.kind === 'software' ? 16 : 64
  const [x, y] = spread(Math.ceil((tiles * sharing) / lanes), target)
  const vector = { nt: [k], nn: [k, n], tn: [m, n, k] }[layout].every((size) => size % 4 === 0)
  const launch: Launch = {
    source: kernel.source,
    entryPoint: kernel.entryPoint,
    constants: {
      ...kernel.constants,
      LANES: lanes,
      A_IS_KM: layout === 'tn',
      B_IS_NK: layout === 'nt',
      VECTOR: vector,
      VEC4: n % 4 === 0,
      WHOLE: vector && n % 4 === 0,
      BIAS: bias,
      GELU: epilogue === 'gelu',
      RESIDUAL: epilogue === 'residual',
      GELU_GRADIENT: epilogue === 'gelu-gradient',
    },
    uniforms: [m, n, k, m * k, sharedB ? 0 : n * k, batch, chunk, f32(alpha)],
    bindings: [{ input: 0 }, { input: 1 }, splits > 1 ? { workspace: 0 } : { output: 0 }, ...further],
    workgroups: [x, y, batch * splits],
    flops: 2 * batch * m * n * k,
  }
  return splits > 1 ? [launch, sumPartsLaunch(batch * m * n, splits, target)] : [launch]
}

/** An output [size] = the sum, in order, of a workspace [count, size]. */
export function sumPartsLaunch(size: number, count: number, target: Target, workspace = 0, output = 0): Launch {
  const elements = elementsOf(size)
  return {
    source: sumParts,
    entryPoint: 'sum_parts',
    constants: elements.constants,
    uniforms: [elements.count, count],
    bindings: [{ workspace }, { output }],
    workgroups: threads(elements.count, target),
    flops: size * count,
  }
}
