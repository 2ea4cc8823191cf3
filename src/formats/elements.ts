/**
 * How the numbers of tensors lie in files, little-endian, and how they become the two kinds that the project computes
 * with: float32 for whatever has a fraction, int64 for whole numbers and truth values.
 */

type Reader = (view: DataView, at: number) => number

const floats = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => bfloatToNumber(view.getUint16(at, true)) },
} as const satisfies Record<string, { bytes: number; read: Reader }>

const integers = {
  I64: { bytes: 8, read: (view: DataView, at: number) => view.getBigInt64(at, true) },
  I32: { bytes: 4, read: (view: DataView, at: number) => BigInt(view.getInt32(at, true)) },
  I16: { bytes: 2, read: (view: DataView, at: number) => BigInt(view.getInt16(at, true)) },
  I8: { bytes: 1, read: (view: DataView, at: number) => BigInt(view.getInt8(at)) },
  U8: { bytes: 1, read: (view: DataView, at: number) => BigInt(view.getUint8(at)) },
  BOOL: { bytes: 1, read: (view: DataView, at: number) => BigInt(view.getUint8(at)) },
} as const

export type ElementType = keyof typeof floats | keyof typeof integers
export type Numbers = Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>

/** A tensor of a file that is only read when asked for. */
export interface LazyTensor {
  readonly dtype: ElementType
  readonly shape: readonly number[]
  /** Row-major. @throws when the file is shorter than it says, or the tensor is larger than {@link maxElements}. */
  read(): Promise<Numbers>
}

/** More than any tensor of a network here has: 1 GiB of float32. */
export const maxElements = 2 ** 28

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)

export const elementBytes = (type: ElementType): number => (isFloat(type) ? floats[type] : integers[type]).bytes

const isFloat = (type: ElementType): type is keyof typeof floats => Object.hasOwn(floats, type)

/** IEEE 754 binary16 as a number. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const word = new DataView(new ArrayBuffer(4))
/** bfloat16 is the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  word.setUint32(0, bits << 16)
  return word.getFloat32(0)
}

/** All elements in `bytes`; a rest shorter than an element is left out. float64 is rounded to float32. */
export function decodeElements(type: ElementType, bytes: ArrayBuffer): Numbers {
  const count = Math.floor(bytes.byteLength / elementBytes(type))
  if (type === 'F32') return new Float32Array(bytes, 0, count)
  if (type === 'I64') return new BigInt64Array(bytes, 0, count)
  const view = new DataView(bytes)
  if (isFloat(type)) {
    const { bytes: size, read } = floats[type]
    return Float32Array.from({ length: count }, (_, index) => read(view, index * size))
  }
  const { bytes: size, read } = integers[type]
  return BigInt64Array.from({ length: count }, (_, index) => read(view, index * size))
}
