/**
 * The few calls that a pickle of a checkpoint may ask for, each answered by plain data: containers, bytes, and the views
 * and storages of `torch/_utils.py` and `torch/serialization.py`. Any other call becomes a {@link Foreign} with its name.
 */
import type { ElementType } from './elements'
import {
  emptyDictionary,
  type Foreign,
  isKind,
  type NamedClass,
  type PickleValue,
  type Sequence,
  type StoredView,
} from './pickle-values'

const storageTypes: Readonly<Record<string, ElementType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
}

const maxDimensions = 16

type Call = (args: readonly PickleValue[]) => PickleValue | undefined

const sequence =
  (kind: Sequence['kind']): Call =>
  ([items, ...more]) => {
    if (more.length > 0) return undefined
    if (items === undefined) return { kind, items: [] }
    return isKind(items, 'list', 'tuple', 'set') ? { kind, items: items.items } : undefined
  }

const dictionary: Call = (args) => (args.length === 0 ? emptyDictionary() : undefined)

/**
 * Protocol 2 has no bytes: Python writes them as a text whose characters are the bytes. It stays that text, because
 * copies of one remembered text could fill the memory.
 */
const encode: Call = ([text, encoding]) =>
  typeof text === 'string' && (encoding === 'latin1' || encoding === 'latin-1') ? text : undefined

const noBytes: Call = (args) => (args.length === 0 ? new Uint8Array() : undefined)

const isCount = (value: PickleValue | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const counts = (value: PickleValue | undefined): readonly number[] | null =>
  isKind(value, 'tuple', 'list') && value.items.length <= maxDimensions && value.items.every(isCount)
    ? (value.items as number[])
    : null

const foreign = (name: string, why?: string): Foreign => ({ kind: 'foreign', name, ...(why ? { why } : {}) })

const rebuildTensor: Call = ([storage, offset, size, stride]) => {
  // A storage of a type that is not read says so itself.
  if (isKind(storage, 'foreign')) return storage
  const shape = counts(size)
  const strides = counts(stride)
  if (!isKind(storage, 'storage') || !isCount(offset) || !shape || strides?.length !== shape.length) return undefined
  const isEmpty = shape.includes(0)
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), offset)
  if (!isEmpty && last >= storage.elements)
    return foreign('torch.Tensor', `it reaches to element ${last} of a storage of ${storage.elements}`)
  return { kind: 'tensor', storage, offset, shape, strides } satisfies StoredView
}

const rebuildParameter: Call = ([data]) => (isKind(data, 'tensor', 'foreign') ? data : undefined)

const calls: Readonly<Record<string, Call>> = {
  'collections.OrderedDict': dictionary,
  'builtins.dict': dictionary,
  '__builtin__.dict': dictionary,
  'builtins.list': sequence('list'),
  '__builtin__.list': sequence('list'),
  'builtins.tuple': sequence('tuple'),
  '__builtin__.tuple': sequence('tuple'),
  'builtins.set': sequence('set'),
  '__builtin__.set': sequence('set'),
  'builtins.frozenset': sequence('set'),
  '__builtin__.frozenset': sequence('set'),
  'builtins.bytes': noBytes,
  '__builtin__.bytes': noBytes,
  '_codecs.encode': encode,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
}

/** Functions whose first argument is the class of what they make. */
const makers = new Set([
  'copy_reg._reconstructor',
  'copyreg._reconstructor',
  'copyreg.__newobj__',
  'copy_reg.__newobj__',
])

/** What a call of a named class or function gives. */
export function callNamed({ name }: NamedClass, args: readonly PickleValue[]): PickleValue {
  const call = Object.hasOwn(calls, name) ? calls[name] : undefined
  if (call) return call(args) ?? foreign(name, 'its arguments are not those that torch.save writes')
  const [made] = args
  return foreign(makers.has(name) && isKind(made, 'class') ? made.name : name)
}

/** The storage that a persistent id names: `('storage', type, key, location, elements)`. */
export function storageOf(id: PickleValue): PickleValue {
  const [tag, type, key, , elements] = isKind(id, 'tuple') ? id.items : []
  if (tag !== 'storage' || !isKind(type, 'class') || typeof key !== 'string' || !isCount(elements))
    return foreign('persistent id', 'it is no storage as torch.save names it')
  const dtype = Object.hasOwn(storageTypes, type.name) ? storageTypes[type.name] : undefined
  return dtype
    ? { kind: 'storage', dtype, key, elements }
    : foreign(type.name, `numbers of this type are not read; ${Object.keys(storageTypes).join(', ')} are`)
}
