/** What all kernels of attention are told about its operands: sizes, attributes, uniforms, and what fits together. */
import { dimension, type TensorType, typeAt } from '../gpu/operator'
import type { Grid } from '../schema/mvit'
import { type ClsCount, requireTokens } from './token-grid'

export interface AttentionAttributes {
  readonly scale: number
  readonly cls: ClsCount
  readonly gridQ: Grid
  readonly gridKv: Grid
}

export interface AttentionSizes {
  /** Batch times heads. */
  readonly items: number
  readonly queries: number
  readonly keys: number
  /** Channels of a head. */
  readonly width: number
  /** Columns of P; 0 without P. */
  readonly columns: number
  /** Whether P has columns for t. */
  readonly temporal: boolean
}

/** @param bias Whether input 3 is P; without it scores have no bias. */
export function sizesOf(inputs: readonly TensorType[], { gridKv }: AttentionAttributes, bias: boolean): AttentionSizes {
  const q = typeAt(inputs, 0, 'attention')
  const columns = bias ? dimension(typeAt(inputs, 3, 'attention'), 3) : 0
  return {
    items: dimension(q, 0) * dimension(q, 1),
    queries: dimension(q, 2),
    keys: dimension(typeAt(inputs, 1, 'attention'), 2),
    width: dimension(q, 3),
    columns,
    temporal: columns > gridKv[1] + gridKv[2],
  }
}

/** @throws when q, k, v and P do not belong together. */
export function requireFit(inputs: readonly TensorType[], { gridQ, gridKv, cls }: AttentionAttributes): void {
  const [q, k, v] = [0, 1, 2].map((index) => typeAt(inputs, index, 'attention'))
  if (!q || !k || !v) throw new Error('expects q, k and v')
  requireTokens(q, 2, gridQ, cls)
  requireTokens(k, 2, gridKv, cls)
  if (k.shape.join() !== [dimension(q, 0), dimension(q, 1), dimension(k, 2), dimension(q, 3)].join())
    throw new Error('k does not go with q')
  if (k.shape.join() !== v.shape.join()) throw new Error('k and v differ in shape')
  const P = inputs[3]
  if (!P) return
  const columns = gridKv[1] + gridKv[2]
  if (
    P.shape.slice(0, 3).join() !== q.shape.slice(0, 3).join() ||
    ![columns, columns + gridKv[0]].includes(dimension(P, 3))
  )
    throw new Error(`P should be [B, H, Nq, ${columns} or ${columns + gridKv[0]}]`)
}

/** Multiply-adds of `products` matrix products over all queries, keys and channels, twice. */
export const flopsOf = ({ items, queries, keys, width }: AttentionSizes, products: number): number =>
  2 * products * items * queries * keys * width
