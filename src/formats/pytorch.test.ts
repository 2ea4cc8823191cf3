/** Checkpoints that torch 1.13 wrote (scripts/make_checkpoints.py) are read; hostile ones end in a message. */
import { describe, expect, it } from 'vitest'
import { readPytorch } from './pytorch'
import { writePytorch } from './pytorch-writer'

const fixture = async (name: string): Promise<Blob> => (await fetch(`/src/formats/fixtures/${name}`)).blob()

async function tensorOf(name: string) {
  const { tensors } = await readPytorch(await fixture('everything.pt'))
  const tensor = tensors.get(`layer.${name}`)
  if (!tensor) throw new Error(`No tensor ${name} among ${[...tensors.keys()].join(', ')}.`)
  return { dtype: tensor.dtype, shape: tensor.shape, values: Array.from<number | bigint>(await tensor.read()) }
}

describe('a checkpoint of torch.save', () => {
  const f32 = Math.fround
  it.each([
    ['float32', 'F32', [2, 3, 4], Array.from({ length: 24 }, (_, i) => i / 8)],
    ['float64', 'F64', [2], [f32(0.1), -2.5]],
    ['float16', 'F16', [4], [1, -0.3330078125, 2 ** -24, 65504]],
    ['bfloat16', 'BF16', [3], [1, -0.33203125, 1.765625 * 2 ** 127]],
    ['int64', 'I64', [], [7n]],
    ['int32', 'I32', [2], [-3n, 4n]],
    ['uint8', 'U8', [2], [0n, 255n]],
    ['bool', 'BOOL', [2], [1n, 0n]],
    ['transposed', 'F32', [4, 2, 3], [0, 1, 2, 3].flatMap((k) => [0, 4, 8, 12, 16, 20].map((i) => (i + k) / 8))],
    ['every_second', 'F32', [5], [1, 3, 5, 7, 9]],
    ['head_of_shared', 'F32', [3], [0, 1, 2]],
    ['expanded', 'F32', [2, 3], [5, 5, 5, 5, 5, 5]],
    ['parameter', 'F32', [2], [1.5, 2.5]],
    ['empty', 'F32', [0, 3], []],
  ])('gives a %s tensor as PyTorch has it', async (name, dtype, shape, values) => {
    const tensor = await tensorOf(name)
    expect(tensor.dtype).toBe(dtype)
    expect(tensor.shape).toEqual(shape)
    expect(tensor.values).toEqual(values)
  })

  it('says which objects beside the weights were not read, and keeps the texts', async () => {
    const { key, skipped, texts } = await readPytorch(await fixture('everything.pt'))
    expect(key).toBe('model')
    expect(skipped).toContain('cfg: lab.configuration.Config')
    expect(skipped).toContain('optimizer_state: torch.device')
    expect(texts).toEqual({ config: '{}' })
  })

  it('may be nothing but a state dict', async () => {
    const { key, tensors } = await readPytorch(await fixture('state-dict.pth'))
    expect(key).toBe('')
    expect([...tensors.keys()]).toEqual([
      ...['0.weight', '0.bias', '1.weight', '1.bias'],
      ...['1.running_mean', '1.running_var', '1.num_batches_tracked'],
    ])
  })

  it.each([
    ['class-inside.pyth', /"model\.inner" is lab\.configuration\.Config: only tensors/],
    ['whole-object.pt', /whole object \(torch\.nn\.modules\.container\.Sequential\).*state_dict\(\)/],
    ['legacy.pt', /before 1\.6.*_use_new_zipfile_serialization=True/],
    ['bare-pickle.pt', /bare pickle.*_use_new_zipfile_serialization=True/],
    ['torchscript.pt', /TorchScript/],
  ])('is refused with its reason: %s', async (name, message) => {
    await expect(readPytorch(await fixture(name))).rejects.toThrow(message)
  })

  it('is read by ranges: numbers that nobody asks for are not touched', async () => {
    const read: number[] = []
    const watched = (blob: Blob): Blob => {
      const { slice, arrayBuffer } = blob
      return Object.assign(blob, {
        slice: (from: number, to: number) => watched(slice.call(blob, from, to)),
        arrayBuffer: () => {
          read.push(blob.size)
          return arrayBuffer.call(blob)
        },
      })
    }
    const { tensors } = await readPytorch(watched(await fixture('everything.pt')))
    const before = read.length
    await tensors.get('layer.head_of_shared')?.read()
    // The header of one entry, then three of its ten numbers.
    expect(read.slice(before)).toEqual([30, 12])
  })
})

describe('what writePytorch writes', () => {
  const tensors = [
    { name: 'net.video.weight', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6.5) },
    { name: 'net.video.num_batches_tracked', shape: [], data: BigInt64Array.of(70n) },
    { name: 'net.video.größe', shape: [0], data: new Float32Array() },
  ]

  it('is read back as it was', async () => {
    const file = new Blob(writePytorch(tensors, { config: '{"a":1}' }))
    const { key, texts, tensors: read, skipped } = await readPytorch(file)
    expect({ key, texts, skipped }).toEqual({ key: 'model', texts: { config: '{"a":1}' }, skipped: [] })
    expect([...read.keys()]).toEqual(tensors.map(({ name }) => name))
    for (const { name, shape, data } of tensors) {
      expect(read.get(name)?.shape).toEqual(shape)
      expect(await read.get(name)?.read()).toEqual(data)
    }
  })

  it('is the same bytes for the same tensors, every content at a multiple of 64 bytes', async () => {
    const bytes = () => new Blob(writePytorch(tensors, {})).bytes()
    expect(await bytes()).toEqual(await bytes())
    let at = 0
    for (const part of writePytorch(tensors, {}).slice(0, 12)) {
      const isHeader = new DataView(part.buffer, part.byteOffset).byteLength > 4 && part[0] === 0x50 && part[2] === 3
      if (!isHeader) expect(at % 64).toBe(0)
      at += part.length
    }
  })

  it('refuses two tensors of one name and a shape that does not fit', () => {
    const [one] = tensors
    if (!one) throw new Error('No tensor.')
    expect(() => writePytorch([one, one], {})).toThrow('Two tensors are called "net.video.weight"')
    expect(() => writePytorch([{ ...one, shape: [7] }], {})).toThrow('[7] does not hold 6 values')
  })
})
