import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { writeParquet } from './parquet'

test('a table of texts, numbers and vectors is read back by another reader', async () => {
  const vectors = [Float32Array.of(0.1, -2, 3e-8), Float32Array.of(1, 2, 3), Float32Array.of(0, 0, 0)]
  const bytes = await writeParquet([
    { name: 'file', type: 'text', values: ['a "b".mp4', 'ü.mkv', ''] },
    { name: 'row', type: 'integer', values: [0, 1, 2] },
    { name: 'start', type: 'number', values: [0, 10.25, 1 / 3] },
    { name: 'embedding', type: 'vector', values: vectors },
  ])
  const rows = await parquetReadObjects({ file: bytes.buffer })
  expect(rows).toEqual([
    { file: 'a "b".mp4', row: 0, start: 0, embedding: [...(vectors[0] ?? [])] },
    { file: 'ü.mkv', row: 1, start: 10.25, embedding: [1, 2, 3] },
    { file: '', row: 2, start: 1 / 3, embedding: [0, 0, 0] },
  ])
})

test('a table without rows keeps its columns', async () => {
  const bytes = await writeParquet([
    { name: 'file', type: 'text', values: [] },
    { name: 'embedding', type: 'vector', values: [] },
  ])
  expect(await parquetReadObjects({ file: bytes.buffer })).toEqual([])
})
