/** Archives are read by their directory, zip64 too; what is written unpacks elsewhere; damage ends in a message. */
import { describe, expect, it } from 'vitest'
import { readZipDirectory, zipContent } from './zip'
import { writeZip } from './zip-writer'

const encoder = new TextEncoder()
const contents = [
  { name: 'root/first', data: encoder.encode('one') },
  { name: 'root/größe', data: new Uint8Array(200).fill(7) },
  { name: 'root/empty', data: new Uint8Array() },
]
const bytesOf = (): Promise<Uint8Array<ArrayBuffer>> => new Blob(writeZip(contents)).bytes()

async function contentOf(file: Blob, name: string): Promise<Uint8Array> {
  const entry = (await readZipDirectory(file)).get(name)
  if (!entry) throw new Error(`No entry ${name}.`)
  return (await zipContent(file, entry)).bytes()
}

/** The same archive with every size and offset of one entry in zip64 fields, as for one over 4 GiB. */
function asZip64(name: string, data: Uint8Array<ArrayBuffer>): Blob {
  const local = new DataView(new ArrayBuffer(30))
  local.setUint32(0, 0x04034b50, true)
  local.setUint16(26, name.length, true)
  const entry = new DataView(new ArrayBuffer(46))
  entry.setUint32(0, 0x02014b50, true)
  for (const at of [20, 24, 42]) entry.setUint32(at, 0xffffffff, true)
  entry.setUint16(28, name.length, true)
  entry.setUint16(30, 4 + 24, true)
  const extra = new DataView(new ArrayBuffer(28))
  extra.setUint16(0, 1, true)
  extra.setUint16(2, 24, true)
  extra.setBigUint64(4, BigInt(data.length), true)
  extra.setBigUint64(12, BigInt(data.length), true)
  const at = 30 + name.length + data.length
  const end64 = new DataView(new ArrayBuffer(56))
  end64.setUint32(0, 0x06064b50, true)
  end64.setBigUint64(32, 1n, true)
  end64.setBigUint64(40, BigInt(46 + name.length + 28), true)
  end64.setBigUint64(48, BigInt(at), true)
  const locator = new DataView(new ArrayBuffer(20))
  locator.setUint32(0, 0x07064b50, true)
  locator.setBigUint64(8, BigInt(at + 46 + name.length + 28), true)
  const end = new DataView(new ArrayBuffer(22))
  end.setUint32(0, 0x06054b50, true)
  for (const position of [8, 10]) end.setUint16(position, 0xffff, true)
  for (const position of [12, 16]) end.setUint32(position, 0xffffffff, true)
  return new Blob([local, name, data, entry, name, extra, end64, locator, end])
}

describe('a zip archive', () => {
  it('gives back what was written', async () => {
    const file = new Blob(writeZip(contents))
    expect([...(await readZipDirectory(file)).keys()]).toEqual(contents.map(({ name }) => name))
    for (const { name, data } of contents) expect(await contentOf(file, name)).toEqual(data)
  })

  it('may have a comment at its end, and zip64 fields', async () => {
    const bytes = await bytesOf()
    new DataView(bytes.buffer).setUint16(bytes.length - 2, 5, true)
    expect(await contentOf(new Blob([bytes, 'hello']), 'root/first')).toEqual(encoder.encode('one'))
    expect(await contentOf(asZip64('big', encoder.encode('content')), 'big')).toEqual(encoder.encode('content'))
  })

  it('is refused when it is cut off anywhere, saying so', async () => {
    const bytes = await bytesOf()
    for (let length = 0; length < bytes.length; length += 7)
      await expect(readZipDirectory(new Blob([bytes.subarray(0, length)]))).rejects.toThrow(
        'The zip archive is damaged',
      )
  })

  it('is refused when an entry is compressed, encrypted or elsewhere', async () => {
    const bytes = await bytesOf()
    const view = new DataView(bytes.buffer)
    const directory = view.getUint32(bytes.length - 6, true)
    const changed = (at: number, value: number) => {
      const copy = bytes.slice()
      new DataView(copy.buffer).setUint16(directory + at, value, true)
      return contentOf(new Blob([copy]), 'root/first')
    }
    await expect(changed(10, 8)).rejects.toThrow('"root/first" in the zip archive is compressed or encrypted')
    await expect(changed(8, 1)).rejects.toThrow('compressed or encrypted')
    await expect(changed(44, 0x7fff)).rejects.toThrow('"root/first" begins at byte')
    await expect(changed(42, 3)).rejects.toThrow('has no header where it begins')
    await expect(changed(24, 0xffff)).rejects.toThrow('lies at bytes')
  })

  it('is refused when two entries share a name', async () => {
    const [one] = contents
    if (!one) throw new Error('No content.')
    await expect(readZipDirectory(new Blob(writeZip([one, one])))).rejects.toThrow(
      'two entries are called "root/first"',
    )
  })
})
