/** The spectrogram cell: one scene in all its languages. */
import { windowS } from '../../corpus/snippets'
import { WindowReader } from '../../corpus/window-reader'
import { spectrogram } from '../../features/spectrogram'
import { melShape } from '../../schema/presets'
import type { SpectrogramResult } from '../api'
import type { Job } from './job'

export const runSpectrogram: Job = async (context): Promise<SpectrogramResult> => {
  const { settings } = context.request
  const corpus = context.corpus()
  const name = String(settings.title)
  const title = name === '' ? corpus.titles[0] : corpus.titles.find(({ file }) => file === name)
  if (!title) {
    const known = corpus.titles.map(({ file }) => file).join(', ')
    throw new Error(`The corpus has no title "${name}"; it has ${known}.`)
  }
  const durationS = Math.min(windowS, title.durationS)
  const startS = Math.max(0, Math.min(Number(settings.startS), title.durationS - durationS))
  const reader = new WindowReader(corpus)
  const gpu = await context.gpu()
  const rows: SpectrogramResult['rows'][number][] = []
  for (const [index, { trackId, language }] of title.audio.entries()) {
    context.progress({ message: `Reading ${language}`, fraction: index / title.audio.length })
    const { mel, samples } = await spectrogram(
      gpu,
      await reader.sound(title, trackId, startS, durationS, context.signal),
    )
    rows.push({ language, mel, samples })
  }
  let minDb = Number.POSITIVE_INFINITY
  let maxDb = Number.NEGATIVE_INFINITY
  for (const { mel } of rows)
    for (const value of mel) {
      minDb = Math.min(minDb, value)
      maxDb = Math.max(maxDb, value)
    }
  const bands = melShape.bands
  const frames = (rows[0]?.mel.length ?? 0) / bands
  const languages = rows.map(({ language }) => language)
  return {
    kind: 'spectrogram',
    file: title.file,
    startS,
    durationS,
    rows,
    bands,
    frames,
    metrics: { languages, minDb, maxDb },
  }
}
