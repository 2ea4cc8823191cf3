/** A checkpoint comes from anywhere: whatever is in it, reading ends soon, in a result or a message, in little memory. */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../schema/random'
import { readPickle } from './pickle'
import { readPytorch } from './pytorch'
import { writeZip } from './zip-writer'

const fixture = async (): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await fetch('/src/formats/fixtures/everything.pt')).arrayBuffer())

const pickle = (...parts: readonly (string | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [...part])))
const checkpoint = (bytes: Uint8Array<ArrayBuffer>): Blob => new Blob(writeZip([{ name: 'a/data.pkl', data: bytes }]))
const text = (value: string) => ['X', [value.length, 0, 0, 0], value] as const

/** Everything that reading does, numbers included. */
async function readAll(file: Blob): Promise<number> {
  const { tensors } = await readPytorch(file)
  let elements = 0
  for (const tensor of tensors.values()) elements += (await tensor.read()).length
  return elements
}

describe('a hostile checkpoint', () => {
  it('with bytes changed at random ends in a message or a result', async () => {
    const original = await fixture()
    const random = randomStream(4, 0, 0)
    const ends = { result: 0, message: 0 }
    for (let round = 0; round < 700; round++) {
      const bytes = original.slice()
      for (let change = random.integer(8); change >= 0; change--)
        bytes[random.integer(bytes.length)] = random.integer(256)
      const cut = random.uniform() < 0.1 ? bytes.subarray(0, random.integer(bytes.length)) : bytes
      try {
        expect(await readAll(new Blob([cut]))).toBeLessThan(2 ** 24)
        ends.result++
      } catch (error) {
        // A fault of ours would be a TypeError or a RangeError.
        expect((error as Error).constructor, String(error)).toBe(Error)
        expect((error as Error).message).toMatch(/^[A-Z"].*[.)]$/s)
        ends.message++
      }
    }
    expect(ends.result).toBeGreaterThan(50)
    expect(ends.message).toBeGreaterThan(200)
  })

  it('of random opcodes ends in a message or a result', async () => {
    const random = randomStream(5, 0, 0)
    const used = [...new Set(await fixture())]
    for (let round = 0; round < 5000; round++) {
      const bytes = Uint8Array.from({ length: 1 + random.integer(60) }, () => used[random.integer(used.length)] ?? 0)
      try {
        readPickle(bytes)
      } catch (error) {
        expect((error as Error).constructor, String(error)).toBe(Error)
      }
    }
  })

  it('that would run a program is refused by the program’s name and runs nothing', async () => {
    const attack = pickle([0x80, 2], '}', ...text('model'), 'cos\nsystem\n', ...text('echo'), [0x85], 'R', 's.')
    await expect(readPytorch(checkpoint(attack))).rejects.toThrow('"model" is a whole object (os.system)')
    const inside = pickle(
      [0x80, 2],
      '}',
      ...text('model'),
      '}',
      ...text('x'),
      'cos\nsystem\n',
      ...text('echo'),
      [0x85],
      'R',
      'ss.',
    )
    await expect(readPytorch(checkpoint(inside))).rejects.toThrow('"model.x" is os.system')
    const attribute = pickle(
      [0x80, 2],
      '}',
      ...text('model'),
      '}}',
      ...text('x'),
      'cos\nsystem\n',
      ...text('echo'),
      [0x85],
      'R',
      'sbs.',
    )
    await expect(readPytorch(checkpoint(attribute))).rejects.toThrow('"model" has attributes: os.system')
  })

  it('that claims absurd lengths is refused before anything of that size is made', () => {
    expect(() => readPickle(pickle('X', [255, 255, 255, 255], 'a.'))).toThrow(
      '4294967295 bytes are wanted where 2 are left',
    )
    expect(() => readPickle(pickle([0x8d, ...Array(8).fill(255)], '.'))).toThrow('bytes are wanted')
    expect(() => readPickle(pickle([0x8b, 0xff, 0xff, 0, 0], 'a.'))).toThrow(
      'a whole number of 65535 bytes is too long',
    )
    expect(() => readPickle(new Uint8Array(3_000_000).fill(0x7d))).toThrow('more than 2000000 values')
    expect(() => readPickle(new Uint8Array(3_000_000).fill(0x28))).toThrow('more than 2000000 values')
  })

  it('whose few bytes describe 2^60 paths is refused', async () => {
    // Sixty times a list of twice the list before: ( h0 h0 l, remembered again as 0.
    const doubled = Array.from({ length: 60 }, () => pickle('(h', [0], 'h', [0], 'lq', [0]))
    const bomb = pickle(
      [0x80, 2],
      ']q',
      [0],
      ...doubled.map((part) => [...part]),
      '0}',
      ...text('model'),
      '}',
      ...text('x'),
      'h',
      [0],
      'ss.',
    )
    await expect(readPytorch(checkpoint(bomb))).rejects.toThrow('nested too deeply or too often')
    const beside = pickle(
      [0x80, 2],
      ']q',
      [0],
      ...doubled.map((part) => [...part]),
      '0}(',
      ...text('model'),
      '}',
      ...text('x'),
      'h',
      [0],
      'u.',
    )
    expect((await readPytorch(checkpoint(beside))).skipped).toEqual([])
  })

  it('that contains itself is refused', async () => {
    const cycle = pickle([0x80, 2], '}', ...text('model'), '}q', [0], ...text('x'), 'h', [0], 'ss.')
    await expect(readPytorch(checkpoint(cycle))).rejects.toThrow('nested too deeply or too often')
  })

  it('whose tensor reaches outside its storage, or is huge by repeating one number, is refused', async () => {
    const storage = [
      '(',
      ...text('storage'),
      'ctorch\nFloatStorage\n',
      ...text('0'),
      ...text('cpu'),
      'K',
      [4],
      'tQ',
    ] as const
    const tensor = (offset: number, size: readonly number[], stride: readonly number[]) =>
      pickle(
        [0x80, 2],
        ...['}', ...text('model'), '}', ...text('w'), 'ctorch._utils\n_rebuild_tensor_v2\n(', ...storage],
        ...[
          'K',
          [offset],
          '(',
          ...size.flatMap((n) => ['J', [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >> 24]]),
          't',
        ],
        ...['(', ...stride.flatMap((n) => ['K', [n]]), 't', [0x89], '}tRss.'],
      )
    const file = (bytes: Uint8Array<ArrayBuffer>) =>
      new Blob(
        writeZip([
          { name: 'a/data.pkl', data: bytes },
          { name: 'a/data/0', data: new Uint8Array(16) },
        ]),
      )
    expect(await readAll(file(tensor(1, [3], [1])))).toBe(3)
    await expect(readAll(file(tensor(2, [3], [1])))).rejects.toThrow(
      '"model.w" is torch.Tensor (it reaches to element 4 of a storage of 4)',
    )
    await expect(readAll(file(tensor(0, [2 ** 30], [0])))).rejects.toThrow(
      '"w" is [1073741824], more than 268435456 elements',
    )
    await expect(readAll(file(tensor(0, [2, 2], [1])))).rejects.toThrow('its arguments are not those')
  })
})
