/** The export cell: collects weights, losses, embeddings and the notebook as files. */
import { writeCsv } from '../../formats/csv'
import { checkSummary } from '../../schema/gpu-check'
import type { CellKind } from '../../schema/notebook'
import { loadBytes, saveBytes } from '../../storage/result-store'
import type { ExportResult } from '../api'
import { embeddingFiles } from './embedding-files'
import type { Job } from './job'
import { checkpointFile, encodeCheckpoint, encodeWeights, upstreamWeights, weightsFile } from './weights'

const encoder = new TextEncoder()
const trackedColumns = [
  'retrievalVideoToAudio',
  'retrievalAudioToVideo',
  'positives',
  'inTitle',
  'crossTitle',
  'sameLanguage',
  'otherLanguage',
] as const

export const runExport: Job = async (context): Promise<ExportResult> => {
  const { request, progress } = context
  const { hash } = request
  const files: { name: string; bytes: number }[] = []
  const add = async (name: string, parts: readonly Uint8Array[]) => {
    progress({ message: `Writing ${name}` })
    await saveBytes(hash, name, parts)
    files.push({ name, bytes: parts.reduce((sum, part) => sum + part.byteLength, 0) })
  }
  const notebook = encoder.encode(request.notebookJson ?? '')
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', notebook))
  const notebookHash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')

  const check = await context.gpuCheck()
  // Without the date: the same run gives the same bytes.
  const { adapter, browser, references } = check
  const gpuCheck = JSON.stringify({ result: checkSummary(check), adapter, browser, references })
  const metadata = { notebookHash, gpuCheck }

  const reads = (kind: CellKind) => request.upstream.some((cell) => cell.kind === kind)
  if (reads('pretrain') || reads('model')) {
    const { network, tensors, info } = await upstreamWeights(context)
    await add(weightsFile, encodeWeights(network, tensors, info, metadata))
    await add(checkpointFile, encodeCheckpoint(network, tensors, info, metadata))
  }
  if (reads('pretrain')) {
    const pretrain = await context.upstream('pretrain')
    const rows = pretrain.result.losses.map((p) => [p.step, p.L, p.Lv, p.La, p.total, p.learningRate, p.gradientNorm])
    const head = ['step', 'L', 'Lv', 'La', 'total', 'learningRate', 'gradientNorm']
    await add('loss.csv', [encoder.encode(writeCsv([head, ...rows]))])
    const watched = pretrain.result.losses.flatMap(({ step, tracked, skipped = false }) =>
      tracked ? [[step, ...trackedColumns.map((key) => tracked[key] ?? ''), skipped ? 1 : 0]] : [],
    )
    await add('tracked.csv', [encoder.encode(writeCsv([['step', ...trackedColumns, 'skipped'], ...watched]))])
  }
  const embed = request.upstream.findLast(({ kind }) => kind === 'embed')
  for (const name of embed ? embeddingFiles : []) {
    const stored = await loadBytes(embed?.hash ?? '', name)
    if (!stored) throw new Error(`${name} is no longer stored in this browser. Run the embeddings again.`)
    await add(name, [new Uint8Array(await stored.arrayBuffer())])
  }
  if (request.notebookJson) await add('notebook.dubbook.json', [notebook])
  if (files.length === 0)
    throw new Error('There is nothing to export: this cell reads no pretraining and no embeddings.')
  await add('gpu-check.json', [encoder.encode(`${JSON.stringify(check, null, 2)}\n`)])
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { kind: 'export', files, metrics: { files: files.map(({ name }) => name), bytes } }
}
