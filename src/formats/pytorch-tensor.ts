/** A view of a storage as row-major numbers; only the stretch of the storage that it touches is read. */
import { decodeElements, elementBytes, elementCount, maxElements, type Numbers } from './elements'
import type { StoredView } from './pickle-values'

/** @throws when the view has too many elements, or the storage is shorter than it says. */
export async function readStoredView(storage: Blob, name: string, view: StoredView): Promise<Numbers> {
  const { offset, shape, strides } = view
  const { dtype, elements } = view.storage
  const size = elementBytes(dtype)
  const count = elementCount(shape)
  // Strides that skip, or repeat one element, could make much of little and the other way round.
  const span = count === 0 ? 0 : shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), 1)
  if (count > maxElements || span > maxElements)
    throw new Error(`"${name}" is [${shape.join(', ')}], more than ${maxElements} elements.`)
  if (storage.size < elements * size)
    throw new Error(`"${name}" is in a storage of ${elements} ${dtype}, of which the file holds ${storage.size} bytes.`)
  const bytes = await storage.slice(offset * size, (offset + span) * size).arrayBuffer()
  const stretch = decodeElements(dtype, bytes)
  return isContiguous(shape, strides) ? stretch : gather(stretch, shape, strides, count)
}

/** Whether elements lie in row-major order without gaps; the stride of an axis of length 1 means nothing. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1
    if (length !== 1 && strides[axis] !== expected) return false
    expected *= length
  }
  return true
}

function gather(stretch: Numbers, shape: readonly number[], strides: readonly number[], count: number): Numbers {
  const position = shape.map(() => 0)
  let from = 0
  const next = () => {
    const here = from
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0
      const at = (position[axis] ?? 0) + 1
      from += stride
      position[axis] = at
      if (at < (shape[axis] ?? 1)) break
      position[axis] = 0
      from -= at * stride
    }
    return here
  }
  if (stretch instanceof Float32Array) return Float32Array.from({ length: count }, () => stretch[next()] ?? 0)
  return BigInt64Array.from({ length: count }, () => stretch[next()] ?? 0n)
}
