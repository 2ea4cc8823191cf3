/**
 * Values to bytes and back: JSON, with typed arrays and Blobs out of line behind it. Exact, numbers that JSON cannot say
 * included; properties that are `undefined` are left out, as JSON does.
 * Layout: u32 length of the JSON, JSON padded to 8 bytes, then each array or Blob from a multiple of 8 bytes.
 */

const arrayTypes = {
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
}
type ArrayName = keyof typeof arrayTypes

/** What stands in the JSON for something that JSON does not have; a plain object is told from it by {@link storedObject}. */
type Stand =
  | { readonly $array: readonly [type: ArrayName, offset: number, length: number] }
  | { readonly $blob: readonly [type: string, offset: number, size: number] }
  | { readonly $number: string }
  | { readonly $object: readonly (readonly [string, unknown])[] }

type StandWith<K extends string> = Extract<Stand, Readonly<Record<K, unknown>>>
const is = <K extends string>(node: object, key: K): node is StandWith<K> => Object.hasOwn(node, key)

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8
const show = (path: string) => path || 'the value'

/**
 * Encodes plain objects, arrays, texts, numbers, booleans, null, typed arrays and Blobs, as parts of one file.
 * @throws naming the place of anything else.
 */
export async function encodeValue(value: unknown): Promise<Uint8Array<ArrayBuffer>[]> {
  const binaries: (ArrayBufferView | Blob)[] = []
  let offset = 0
  const place = (binary: ArrayBufferView | Blob, bytes: number): number => {
    const at = offset
    binaries.push(binary)
    offset = aligned(offset + bytes)
    return at
  }
  const walk = (node: unknown, path: string): unknown => {
    if (node === null || typeof node === 'string' || typeof node === 'boolean') return node
    if (typeof node === 'number')
      return Number.isFinite(node) && !Object.is(node, -0)
        ? node
        : ({ $number: Object.is(node, -0) ? '-0' : String(node) } satisfies Stand)
    if (Array.isArray(node)) return node.map((element, index) => walk(element, `${path}[${index}]`))
    if (ArrayBuffer.isView(node) && node.constructor.name in arrayTypes) {
      const array = node as InstanceType<(typeof arrayTypes)[ArrayName]>
      const type = node.constructor.name as ArrayName
      return { $array: [type, place(node, node.byteLength), array.length] } satisfies Stand
    }
    if (node instanceof Blob) return { $blob: [node.type, place(node, node.size), node.size] } satisfies Stand
    if (typeof node === 'object' && Object.getPrototypeOf(node) === Object.prototype) {
      const entries = Object.entries(node)
        .filter(([, child]) => child !== undefined)
        .map(([key, child]) => [key, walk(child, path ? `${path}.${key}` : key)] as const)
      return storedObject(entries)
    }
    throw new Error(`Cannot store ${show(path)}: ${Object.prototype.toString.call(node)} has no stored form.`)
  }
  const json = new TextEncoder().encode(JSON.stringify(walk(value, '')))
  const head = new Uint8Array(aligned(4 + json.length))
  new DataView(head.buffer).setUint32(0, json.length, true)
  head.set(json, 4)
  const parts = [head]
  for (const binary of binaries) {
    const bytes =
      binary instanceof Blob
        ? new Uint8Array(await binary.arrayBuffer())
        : new Uint8Array(binary.buffer as ArrayBuffer, binary.byteOffset, binary.byteLength)
    parts.push(bytes, new Uint8Array(aligned(bytes.length) - bytes.length))
  }
  return parts
}

/** A plain object whose keys could be mistaken for a stand-in, or for a prototype, goes as a list. */
const storedObject = (entries: (readonly [string, unknown])[]): unknown =>
  entries.some(([key]) => key.startsWith('$') || key === '__proto__')
    ? ({ $object: entries } satisfies Stand)
    : Object.fromEntries(entries)

/** Decodes what {@link encodeValue} wrote; typed arrays have buffers of their own. */
export function decodeValue(bytes: ArrayBuffer): unknown {
  const jsonBytes = new DataView(bytes).getUint32(0, true)
  const start = aligned(4 + jsonBytes)
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk)
    if (typeof node !== 'object' || node === null) return node
    // Only `encodeValue` writes what is read here, behind a checksum.
    const stand = node as Stand | Readonly<Record<string, unknown>>
    if (is(stand, '$number')) return Number(stand.$number)
    if (is(stand, '$array')) {
      const [type, offset, length] = stand.$array
      const TypedArray = arrayTypes[type]
      const from = start + offset
      return new TypedArray(bytes.slice(from, from + length * TypedArray.BYTES_PER_ELEMENT))
    }
    if (is(stand, '$blob')) {
      const [type, offset, size] = stand.$blob
      return new Blob([bytes.slice(start + offset, start + offset + size)], { type })
    }
    const entries = is(stand, '$object') ? stand.$object : Object.entries(node)
    return Object.fromEntries(entries.map(([key, child]) => [key, walk(child)]))
  }
  return walk(JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, jsonBytes))))
}
