/**
 * Safetensors: an 8-byte header length, a JSON header, then raw little-endian tensors (huggingface.co/docs/safetensors).
 * Golden files, imported weights and exports use it. Files come from outside: everything is checked before it is read.
 */

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

/**
 * Reads a whole file. Aligned tensors are views into `bytes`, others copies.
 * @throws naming the tensor and what is wrong with it: a header that is cut off or no JSON, a dtype other than F64, F32,
 * I64, I32, U8, BOOL, a shape that does not match its bytes, ranges that overlap, leave gaps or leave the file.
 */
export function readSafetensors(bytes: ArrayBuffer): Safetensors {
  if (bytes.byteLength < 8) fail(`it has ${bytes.byteLength} bytes, fewer than the 8 of a header length`)
  const headerBytes = Number(new DataView(bytes).getBigUint64(0, true))
  if (headerBytes > Math.min(maxHeaderBytes, bytes.byteLength - 8))
    fail(`its header claims ${headerBytes} bytes, the file has ${bytes.byteLength}`)
  const header = parseHeader(new Uint8Array(bytes, 8, headerBytes))
  const tensors = new Map<string, StoredTensor>()
  const ranges: { name: string; begin: number; end: number }[] = []
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const { tensor, begin, end } = readTensor(bytes, 8 + headerBytes, name, entry)
    tensors.set(name, tensor)
    ranges.push({ name, begin, end })
  }
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let expected = 0
  for (const { name, begin, end } of ranges) {
    if (begin !== expected)
      fail(`"${name}" begins at byte ${begin}, not at ${expected}: tensors overlap or leave a gap`)
    expected = end
  }
  const stored = bytes.byteLength - 8 - headerBytes
  if (expected !== stored) fail(`its tensors fill ${expected} bytes, the file has ${stored}`)
  return { metadata: readMetadata(header.__metadata__), tensors }
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

function readTensor(bytes: ArrayBuffer, dataStart: number, name: string, entry: unknown) {
  if (!isRecord(entry)) return fail(`"${name}" is no JSON object`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypes, dtype))
    return fail(`"${name}" has dtype ${String(dtype)}; ${Object.keys(dtypes).join(', ')} can be read: save it as F32`)
  if (!Array.isArray(shape) || !shape.every(isCount)) return fail(`"${name}" has no valid shape`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return fail(`"${name}" has no valid data_offsets`)
  const [begin, end] = offsets as [number, number]
  const { bytes: size, view } = dtypes[dtype as keyof Dtypes]
  const count = shape.reduce((product: number, length: number) => product * length, 1)
  if (end < begin || end > bytes.byteLength - dataStart)
    return fail(`"${name}" lies at bytes ${begin} to ${end} of ${bytes.byteLength - dataStart}`)
  if (count * size !== end - begin)
    return fail(`"${name}" is ${dtype} [${shape.join(', ')}], which is not ${end - begin} bytes`)
  const at = dataStart + begin
  const data = at % size === 0 ? view(bytes, at, count) : view(bytes.slice(at, dataStart + end), 0, count)
  // `view` was chosen by `dtype`, which the type system cannot see.
  const tensor = { dtype, shape, data } as StoredTensor
  return { tensor, begin, end }
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
