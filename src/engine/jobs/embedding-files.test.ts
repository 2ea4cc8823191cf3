import { parquetReadObjects } from 'hyparquet'
import { beforeAll, expect, test } from 'vitest'
import { closeCorpus, openCorpus } from '../../corpus/open-corpus'
import type { MeanEmbedding } from '../../evaluation/clip-station'
import { parseCsv } from '../../formats/csv'
import { readZipDirectory, zipContent } from '../../formats/zip'
import { embeddingFiles, filesOf } from './embedding-files'
import { rowOf, type SnippetSegment, snippetSegments } from './snippet-segments'

const d = 4
const crops = 5
let segments: SnippetSegment[]
let files: ReadonlyMap<string, Blob>

/** Three windows of 3 s each, whose numbers tell which they are. */
function embeddingOf({ source, startS }: SnippetSegment, index: number): MeanEmbedding {
  const views = source.modality === 'video' ? crops : 1
  return {
    embedding: Float32Array.of(index, 0.1, -2, 3e-8),
    projection: Float32Array.of(index, 1),
    windows: {
      embeddings: Float32Array.from({ length: 3 * views * d }, (_, at) => index + at / 1000),
      rangesS: [0, 3, 6].map((from) => [startS + from, startS + from + 3] as const),
    },
  }
}

beforeAll(async () => {
  const file = new File([await (await fetch('/samples/title00.mp4')).blob()], 'title00.mp4')
  const corpus = await openCorpus([{ path: file.name, file }], 10, () => undefined, new AbortController().signal)
  segments = snippetSegments(corpus)
  const written = await filesOf(segments, segments.map(rowOf), segments.map(embeddingOf), crops, () => d)
  files = new Map(written.map(({ name, parts }) => [name, new Blob([...parts])]))
  closeCorpus(corpus)
})

const fileOf = (name: string): Blob => files.get(name) ?? new Blob()

test('everything that an export passes on is there', () => {
  for (const name of embeddingFiles) expect(fileOf(name).size, name).toBeGreaterThan(0)
})

test('CSV and Parquet hold a row per embedding, with the same numbers to the bit', async () => {
  const [head, ...rows] = parseCsv(await fileOf('embeddings-values.csv').text())
  expect(head?.fields).toEqual([
    ...['modality', 'row', 'file', 'start', 'end', 'language', 'scene'],
    ...['e0', 'e1', 'e2', 'e3'],
  ])
  const table = await parquetReadObjects({ file: await fileOf('embeddings.parquet').arrayBuffer() })
  expect(rows).toHaveLength(segments.length)
  expect(table).toHaveLength(segments.length)
  for (const [index, segment] of segments.entries()) {
    const { embedding, projection } = embeddingOf(segment, index)
    expect(rows[index]?.fields.slice(7).map((text) => Math.fround(Number(text)))).toEqual([...embedding])
    expect(table[index]).toMatchObject({ embedding: [...embedding], projection: [...projection], file: 'title00.mp4' })
  }
})

test('the authors’ layout has a folder per picture and soundtrack: windows, crops, and ranges in their units', async () => {
  const zip = fileOf('embeddings-windows.zip')
  const entries = await readZipDirectory(zip)
  const languages = new Set(segments.flatMap(({ language }) => (language ? [language] : [])))
  expect(entries.size).toBe(2 * (1 + languages.size))
  const read = async (name: string) => {
    const entry = entries.get(name)
    if (!entry) throw new Error(`${name} is not among ${[...entries.keys()].join(', ')}.`)
    return zipContent(zip, entry)
  }
  const windows = 3 * new Set(segments.map(({ snippet }) => snippet)).size
  expect(await (await read('title00.mp4/video/embeddings.npy')).text()).toContain(
    `'shape': (${windows}, ${crops}, ${d})`,
  )
  const video = JSON.parse(await (await read('title00.mp4/video/metadata.json')).text())
  expect(video).toMatchObject({ filepath: 'title00.mp4', sample_rate: null })
  expect(video.range.slice(0, 4)).toEqual([
    [0, 3],
    [3, 6],
    [6, 9],
    [10, 13],
  ])
  const folder = [...entries.keys()].find((name) => name.includes('-en/metadata'))?.replace('/metadata.json', '') ?? ''
  expect(await (await read(`${folder}/embeddings.npy`)).text()).toContain(`'shape': (${windows}, ${d})`)
  const audio = JSON.parse(await (await read(`${folder}/metadata.json`)).text())
  expect(audio.sample_rate).toBe(48000)
  expect(audio.range[3]).toEqual([480000, 624000])
})
