/** How the thread-per-element kernels are launched: four neighbours at once where sizes allow, 64 threads a workgroup. */
import { elementCount, showShape, spread, type Target, type TensorType } from '../gpu/operator'

/** Whether a kernel may read `size` neighbours in fours; sizes are then counted in fours. */
export function elementsOf(size: number): { constants: { VEC4: boolean }; count: number } {
  const VEC4 = size % 4 === 0
  return { constants: { VEC4 }, count: VEC4 ? size / 4 : size }
}

/** Workgroups for `count` threads. */
export const threads = (count: number, target: Target): [number, number, number] =>
  spread(Math.ceil(count / 64), target)

/**
 * Threads that share a row. Barriers are slow on software adapters, where a thread takes a row alone; on a GPU neighbours
 * should read neighbours.
 */
export const rowLanes = (target: Target): { LANES: number; SHARED: boolean } =>
  target.kind === 'software' ? { LANES: 1, SHARED: false } : { LANES: 16, SHARED: true }

/** Workgroups of 64 threads for `rows` rows of {@link rowLanes} threads each. */
export const rowGroups = (rows: number, target: Target): [number, number, number] =>
  spread(Math.ceil((rows * rowLanes(target).LANES) / 64), target)

/** Product of all dimensions but the last. */
export const rowCount = (type: TensorType): number => type.shape.slice(0, -1).reduce((a, b) => a * b, 1)

/** @throws unless both types hold the same shape. */
export function requireSameShape(a: TensorType, b: TensorType): void {
  if (a.shape.length !== b.shape.length || a.shape.some((size, index) => size !== b.shape[index]))
    throw new Error(`${showShape(a)} and ${showShape(b)} must have one shape`)
}

/** @throws unless the type holds `count` numbers. */
export function requireCount(type: TensorType, count: number, what: string): void {
  if (elementCount(type) !== count) throw new Error(`${what} ${showShape(type)} must hold ${count} numbers`)
}
