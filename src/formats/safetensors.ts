/**
 * Safetensors: an 8-byte header length, a JSON header, then raw little-endian tensors (huggingface.co/docs/safetensors).
 * Golden files, imported weights and exports use it. Files come from outside: everything is checked before it is read.
 */

import { decodeElements, type ElementType, elementBytes, elementCount, type LazyTensor, maxElements } from './elements'

/** Typed arrays are little-endian wherever browsers run, as the format wants. */
const dtypes = {
  F64: { bytes: 8, view: (buffer: ArrayBuffer, at: number, count: number) => new Float64Array(buffer, at, count) },
  F32: { bytes: 4, view: (buffer: ArrayBuffer, at: number, count: number) => new Float32Array(buffer, at, count) },
  I64: { bytes: 8, view: (buffer: ArrayBuffer, at: number, count: number) => new BigInt64Array(buffer, at, count) },
  I32: { bytes: 4, view: (buffer: ArrayBuffer, at: number, count: number) => new Int32Array(buffer, at, count) },
  U8: { bytes: 1, view: (buffer: ArrayBuffer, at: number, count: number) => new Uint8Array(buffer, at, count) },
  BOOL: { bytes: 1, view: (buffer: ArrayBuffer, at: number, count: number) => new Uint8Array(buffer, at, count) },
} as const

type Dtypes = typeof dtypes
const wholeTypes: readonly (keyof Dtypes)[] = ['F64', 'F32', 'I64', 'I32', 'U8', 'BOOL']
/** What a file of which tensors are read one at a time may hold besides. */
const lazyTypes: readonly ElementType[] = [...wholeTypes, 'F16', 'BF16', 'I16', 'I8']
/** A tensor as stored; `data` is row-major. */
type StoredTensor = {
  [D in keyof Dtypes]: {
    readonly dtype: D
    readonly shape: readonly number[]
    readonly data: ReturnType<Dtypes[D]['view']>
  }
}[keyof Dtypes]

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

const maxHeaderBytes = 100_000_000
const fail = (cause: string): never => {
  throw new Error(`This is no readable safetensors file: ${cause}.`)
}
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

/** Where a tensor lies in its file. */
interface TensorEntry<D extends ElementType> {
  readonly name: string
  readonly dtype: D
  readonly shape: readonly number[]
  /** Bytes from the start of the file. */
  readonly begin: number
  readonly end: number
}

/**
 * Reads a whole file. Aligned tensors are views into `bytes`, others copies.
 * @throws naming the tensor and what is wrong with it: a header that is cut off or no JSON, a dtype other than F64, F32,
 * I64, I32, U8, BOOL, a shape that does not match its bytes, ranges that overlap, leave gaps or leave the file.
 */
export function readSafetensors(bytes: ArrayBuffer): Safetensors {
  const headerBytes = headerLength(bytes.slice(0, 8), bytes.byteLength)
  const { metadata, entries } = readHeader(new Uint8Array(bytes, 8, headerBytes), bytes.byteLength, wholeTypes)
  const tensors = new Map(
    entries.map(({ name, dtype, shape, begin, end }) => {
      const { bytes: size, view } = dtypes[dtype]
      const count = (end - begin) / size
      const data = begin % size === 0 ? view(bytes, begin, count) : view(bytes.slice(begin, end), 0, count)
      // `view` was chosen by `dtype`, which the type system cannot see.
      return [name, { dtype, shape, data } as StoredTensor]
    }),
  )
  return { metadata, tensors }
}

/** A file of which only the header was read. */
export interface OpenSafetensors {
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, LazyTensor>
  /** Shapes of the tensors, in the order of the file. */
  readonly shapes: ReadonlyMap<string, readonly number[]>
  /** Reads one F32 tensor. @throws when there is none of this name and dtype. */
  floats(name: string): Promise<Float32Array<ArrayBuffer>>
}

/** Opens a file that may be too large to hold; its tensors are read one at a time. @throws like {@link readSafetensors}. */
export async function openSafetensors(file: Blob): Promise<OpenSafetensors> {
  const headerBytes = headerLength(await file.slice(0, 8).arrayBuffer(), file.size)
  const header = new Uint8Array(await file.slice(8, 8 + headerBytes).arrayBuffer())
  const { metadata, entries } = readHeader(header, file.size, lazyTypes)
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  return {
    metadata,
    tensors: new Map(entries.map((entry) => [entry.name, lazyTensor(file, entry)])),
    shapes: new Map(entries.map(({ name, shape }) => [name, shape])),
    async floats(name) {
      const entry = byName.get(name)
      if (entry?.dtype !== 'F32') throw new Error(`The file holds no F32 tensor "${name}".`)
      return new Float32Array(await file.slice(entry.begin, entry.end).arrayBuffer())
    },
  }
}

const lazyTensor = (file: Blob, { name, dtype, shape, begin, end }: TensorEntry<ElementType>): LazyTensor => ({
  dtype,
  shape,
  async read() {
    if (elementCount(shape) > maxElements) fail(`"${name}" is [${shape.join(', ')}], more than ${maxElements} elements`)
    return decodeElements(dtype, await file.slice(begin, end).arrayBuffer())
  },
})

function headerLength(start: ArrayBuffer, fileBytes: number): number {
  if (fileBytes < 8) fail(`it has ${fileBytes} bytes, fewer than the 8 of a header length`)
  const headerBytes = Number(new DataView(start).getBigUint64(0, true))
  if (headerBytes > Math.min(maxHeaderBytes, fileBytes - 8))
    fail(`its header claims ${headerBytes} bytes, the file has ${fileBytes}`)
  return headerBytes
}

function readHeader<D extends ElementType>(bytes: Uint8Array, fileBytes: number, types: readonly D[]) {
  const header = parseHeader(bytes)
  const dataStart = 8 + bytes.byteLength
  const entries: TensorEntry<D>[] = []
  for (const [name, entry] of Object.entries(header))
    if (name !== '__metadata__') entries.push(readEntry(name, entry, dataStart, fileBytes, types))
  let expected = dataStart
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== expected)
      fail(
        `"${name}" begins at byte ${begin - dataStart}, not at ${expected - dataStart}: tensors overlap or leave a gap`,
      )
    expected = end
  }
  if (expected !== fileBytes)
    fail(`its tensors fill ${expected - dataStart} bytes, the file has ${fileBytes - dataStart}`)
  return { metadata: readMetadata(header.__metadata__), entries }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    fail(`its header is no JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  return isRecord(header) ? header : fail('its header is no JSON object')
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  if (!isRecord(value)) return fail('__metadata__ is no JSON object')
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [
      key,
      typeof text === 'string' ? text : fail(`__metadata__.${key} is no text`),
    ]),
  )
}

function readEntry<D extends ElementType>(
  name: string,
  entry: unknown,
  dataStart: number,
  fileBytes: number,
  types: readonly D[],
): TensorEntry<D> {
  if (!isRecord(entry)) return fail(`"${name}" is no JSON object`)
  const { shape, data_offsets: offsets } = entry
  const dtype = types.find((type) => type === entry.dtype)
  if (!dtype) return fail(`"${name}" has dtype ${String(entry.dtype)}; ${types.join(', ')} can be read: save it as F32`)
  if (!Array.isArray(shape) || !shape.every(isCount)) return fail(`"${name}" has no valid shape`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return fail(`"${name}" has no valid data_offsets`)
  const [begin, end] = offsets as [number, number]
  if (end < begin || end > fileBytes - dataStart)
    return fail(`"${name}" lies at bytes ${begin} to ${end} of ${fileBytes - dataStart}`)
  if (elementCount(shape) * elementBytes(dtype) !== end - begin)
    return fail(`"${name}" is ${dtype} [${shape.join(', ')}], which is not ${end - begin} bytes`)
  return { name, dtype, shape, begin: dataStart + begin, end: dataStart + end }
}

/** What {@link writeSafetensors} stores: F32 and I64, row-major. */
export interface TensorToWrite {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>
}

/**
 * The file as parts for `new Blob(parts)` or for a checkpoint; tensors are not copied. The same tensors and metadata
 * give the same bytes in whatever order they come: I64 first, then F32, each by name; the header is padded to 8 bytes.
 * @throws when two tensors share a name or a shape does not match its data.
 */
export function writeSafetensors(
  tensors: Iterable<TensorToWrite>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer>[] {
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  const sorted = [...tensors].sort(
    (a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || byText(a.name, b.name),
  )
  const entries: [string, unknown][] = []
  const keys = Object.keys(metadata).sort(byText)
  if (keys.length > 0) entries.push(['__metadata__', Object.fromEntries(keys.map((key) => [key, metadata[key]]))])
  const seen = new Set(['__metadata__'])
  let offset = 0
  for (const { name, shape, data } of sorted) {
    if (seen.has(name)) throw new Error(`Two tensors are called "${name}"; each needs a name of its own.`)
    seen.add(name)
    if (shape.reduce((a, b) => a * b, 1) !== data.length)
      throw new Error(`Tensor "${name}": shape [${shape.join(', ')}] does not hold ${data.length} values.`)
    const end = offset + data.byteLength
    const dtype = data instanceof Float32Array ? 'F32' : 'I64'
    entries.push([name, { dtype, shape, data_offsets: [offset, end] }])
    offset = end
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true)
  header.set(json, 8)
  return [header, ...sorted.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
}
