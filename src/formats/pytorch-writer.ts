/**
 * Writes `{'model': OrderedDict(name -> tensor), ...texts}` as a PyTorch checkpoint that `torch.load` reads, also with
 * `weights_only=True`: a zip of stored entries, a pickle of protocol 2 (opcodes of Python's `pickletools.py`).
 */
import type { Numbers } from './elements'
import { writeZip } from './zip-writer'

export interface TensorToSave {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Numbers
}

const root = 'weights'
const encoder = new TextEncoder()
/** As `torch.save` numbers its format. */
const formatVersion = '3\n'

/**
 * The file as parts for `new Blob(parts)`; tensors are not copied. The same tensors and texts give the same bytes.
 * @param texts - stand beside `model` under their keys
 * @throws when two tensors share a name, a shape does not match its data, or the file would be over 4 GiB
 */
export function writePytorch(
  tensors: readonly TensorToSave[],
  texts: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer>[] {
  const seen = new Set<string>()
  for (const { name, shape, data } of tensors) {
    if (seen.has(name)) throw new Error(`Two tensors are called "${name}"; each needs a name of its own.`)
    seen.add(name)
    if (shape.reduce((a, b) => a * b, 1) !== data.length)
      throw new Error(`Tensor "${name}": shape [${shape.join(', ')}] does not hold ${data.length} values.`)
  }
  return writeZip([
    { name: `${root}/data.pkl`, data: pickleOf(tensors, texts) },
    { name: `${root}/byteorder`, data: encoder.encode('little') },
    ...tensors.map(({ data }, index) => ({
      name: `${root}/data/${index}`,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
    { name: `${root}/version`, data: encoder.encode(formatVersion) },
  ])
}

function pickleOf(tensors: readonly TensorToSave[], texts: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  const write = (opcode: string, ...more: readonly number[]) => bytes.push(opcode.charCodeAt(0), ...more)
  const uint32 = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
  const text = (value: string) => {
    const encoded = encoder.encode(value)
    write('X', ...uint32(encoded.length))
    for (const byte of encoded) bytes.push(byte)
  }
  // BININT is signed; no tensor here has 2^31 elements.
  const integer = (value: number) => write('J', ...uint32(value))
  const global = (module: string, name: string) => {
    write('c')
    bytes.push(...encoder.encode(`${module}\n${name}\n`))
  }
  const tuple = (values: readonly number[]) => {
    write('(')
    for (const value of values) integer(value)
    write('t')
  }
  const orderedDict = () => {
    global('collections', 'OrderedDict')
    write(')')
    write('R')
  }
  const tensor = ({ shape, data }: TensorToSave, index: number) => {
    global('torch._utils', '_rebuild_tensor_v2')
    write('(')
    write('(')
    text('storage')
    global('torch', data instanceof Float32Array ? 'FloatStorage' : 'LongStorage')
    text(String(index))
    text('cpu')
    integer(data.length)
    write('t')
    write('Q')
    integer(0)
    tuple(shape)
    tuple(shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1)))
    // requires_grad is false: NEWFALSE.
    bytes.push(0x89)
    orderedDict()
    write('t')
    write('R')
  }
  bytes.push(0x80, 2)
  write('}')
  write('(')
  text('model')
  orderedDict()
  write('(')
  for (const [index, entry] of tensors.entries()) {
    text(entry.name)
    tensor(entry, index)
  }
  write('u')
  for (const [key, value] of Object.entries(texts)) {
    text(key)
    text(value)
  }
  write('u')
  write('.')
  return Uint8Array.from(bytes)
}
