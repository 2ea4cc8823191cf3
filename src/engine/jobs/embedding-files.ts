/**
 * Embeddings as files: NumPy, CSV and Parquet for data tools, and the layout of the authors' inference script, which keeps
 * every window of an asset (`spec/evaluation.md` section 1.2).
 */
import { concatenated, type MeanEmbedding } from '../../evaluation/clip-station'
import { writeCsv } from '../../formats/csv'
import { writeNpy } from '../../formats/npy'
import { writeParquet } from '../../formats/parquet'
import { writeZip, type ZipContent } from '../../formats/zip-writer'
import { vectorFile } from '../../schema/embedding-space'
import type { EmbeddingRow } from '../api'
import type { SnippetSegment } from './snippet-segments'

/** What export cells pass on. */
export const embeddingFiles = [
  'embeddings-audio.npy',
  'embeddings-video.npy',
  'embeddings.csv',
  'embeddings-values.csv',
  'embeddings.parquet',
  'embeddings-windows.zip',
] as const

interface NamedFile {
  readonly name: string
  readonly parts: readonly Uint8Array<ArrayBuffer>[]
}

const textFile = (text: string): Uint8Array<ArrayBuffer>[] => [new TextEncoder().encode(text)]
/** Nine digits give a float32 back. */
const nineDigits = (value: number): number => Number(value.toPrecision(9))

/** @param dimensionOf Width of the embeddings, also of a modality without rows. */
export async function filesOf(
  segments: readonly SnippetSegment[],
  rows: readonly EmbeddingRow[],
  embedded: readonly MeanEmbedding[],
  crops: number,
  dimensionOf: (modality: 'audio' | 'video') => number,
): Promise<NamedFile[]> {
  const vectors = embedded.map(({ embedding }) => embedding)
  const projections = embedded.map(({ projection }) => projection)
  const of = (modality: 'audio' | 'video') => {
    const own = vectors.filter((_, index) => rows[index]?.modality === modality)
    return writeNpy(concatenated(own), [own.length, dimensionOf(modality)])
  }
  const counters = { audio: 0, video: 0 }
  /** Which row of its modality's array each row is. */
  const positions = rows.map(({ modality }) => counters[modality]++)
  const described = rows.map(({ modality, file, startS, endS, language }, index) => [
    modality,
    positions[index] ?? 0,
    file,
    startS,
    endS,
    language,
  ])
  const head = ['modality', 'row', 'file', 'start', 'end', 'language']
  const width = Math.max(0, ...vectors.map(({ length }) => length))
  const valueHead = [...head, 'scene', ...Array.from({ length: width }, (_, i) => `e${i}`)]
  const values = described.map((row, index) => [
    ...row,
    rows[index]?.scene ?? '',
    ...Array.from(vectors[index] ?? [], nineDigits),
  ])
  return [
    { name: vectorFile('audio', null), parts: of('audio') },
    { name: vectorFile('video', null), parts: of('video') },
    {
      name: vectorFile('joint', null),
      parts: writeNpy(concatenated(projections), [rows.length, projections[0]?.length ?? 0]),
    },
    { name: 'embeddings.csv', parts: textFile(writeCsv([head, ...described])) },
    { name: 'embeddings-values.csv', parts: textFile(writeCsv([valueHead, ...values])) },
    { name: 'embeddings.parquet', parts: [await parquetOf(rows, positions, vectors, projections)] },
    { name: 'embeddings-windows.zip', parts: writeZip(await windowsOf(segments, embedded, crops)) },
  ]
}

const parquetOf = (
  rows: readonly EmbeddingRow[],
  positions: readonly number[],
  vectors: readonly Float32Array[],
  projections: readonly Float32Array[],
): Promise<Uint8Array<ArrayBuffer>> =>
  writeParquet([
    { name: 'modality', type: 'text', values: rows.map(({ modality }) => modality) },
    { name: 'row', type: 'integer', values: positions },
    { name: 'file', type: 'text', values: rows.map(({ file }) => file) },
    { name: 'start', type: 'number', values: rows.map(({ startS }) => startS) },
    { name: 'end', type: 'number', values: rows.map(({ endS }) => endS) },
    { name: 'language', type: 'text', values: rows.map(({ language }) => language) },
    { name: 'scene', type: 'text', values: rows.map(({ scene }) => scene) },
    { name: 'embedding', type: 'vector', values: vectors },
    ...(projections.some(({ length }) => length > 0)
      ? [{ name: 'projection', type: 'vector' as const, values: projections }]
      : []),
  ])

/**
 * A folder per asset, which is a title's picture or one of its soundtracks: `embeddings.npy`, of sound [M, D] and of picture
 * [M, crops, D], and `metadata.json` with the range of each of the M windows: in samples of the track's own rate for sound,
 * in seconds for pictures.
 */
async function windowsOf(
  segments: readonly SnippetSegment[],
  embedded: readonly MeanEmbedding[],
  crops: number,
): Promise<ZipContent[]> {
  const assets = new Map<string, number[]>()
  for (const [index, { title, source }] of segments.entries()) {
    const { language = '' } = segments[index] ?? {}
    const name = source.modality === 'video' ? 'video' : `audio/${source.trackId}-${language}`
    const key = `${title.file}/${name}`
    assets.set(key, [...(assets.get(key) ?? []), index])
  }
  const contents: ZipContent[] = []
  for (const [folder, indices] of assets) {
    const segment = segments[indices[0] ?? 0]
    const windows = indices.flatMap((index) => embedded[index]?.windows ?? [])
    const rangesS = windows.flatMap((one) => one.rangesS)
    if (!segment || rangesS.length === 0) continue
    const { title, source } = segment
    const sampleRate =
      source.modality === 'audio' ? title.source.tracks.find(({ id }) => id === source.trackId)?.sampleRate : undefined
    const inUnits = (seconds: number) => (sampleRate === undefined ? seconds : Math.round(seconds * sampleRate))
    const data = new Float32Array(windows.reduce((sum, { embeddings }) => sum + embeddings.length, 0))
    let at = 0
    for (const { embeddings } of windows) {
      data.set(embeddings, at)
      at += embeddings.length
    }
    const views = source.modality === 'video' ? [crops] : []
    const shape = [rangesS.length, ...views, data.length / rangesS.length / (views[0] ?? 1)]
    const metadata = {
      range: rangesS.map(([from, to]) => [inUnits(from), inUnits(to)]),
      filepath: title.file,
      sample_rate: sampleRate ?? null,
    }
    const array = new Uint8Array(await new Blob(writeNpy(data, shape)).arrayBuffer())
    contents.push(
      { name: `${folder}/embeddings.npy`, data: array },
      { name: `${folder}/metadata.json`, data: new TextEncoder().encode(`${JSON.stringify(metadata)}\n`) },
    )
  }
  return contents
}
