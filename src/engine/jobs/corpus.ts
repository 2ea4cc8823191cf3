/** The corpus cell: opens its files and describes them. */
import type { OpenCorpus, OpenTitle } from '../../corpus/open-corpus'
import { corpusStatistics } from '../../corpus/statistics'
import { still } from '../../media/still'
import type { CorpusResult, TitleSummary } from '../api'
import type { JobContext } from './job'

const stillWidth = 192

/** Describes an opened corpus; it stays open in the engine for the cells below. */
export async function describeCorpus(corpus: OpenCorpus, { progress, signal }: JobContext): Promise<CorpusResult> {
  const titles: TitleSummary[] = []
  const problems = [...corpus.problems]
  for (const [index, title] of corpus.titles.entries()) {
    signal.throwIfAborted()
    progress({ message: `Reading ${title.file}`, fraction: index / corpus.titles.length })
    const image = await still(title.source, title.durationS / 3, stillWidth, signal).catch((cause: unknown) => {
      signal.throwIfAborted()
      // A damaged picture is said; the other titles are none the worse for it.
      problems.push({ file: title.file, message: cause instanceof Error ? cause.message : String(cause) })
      return null
    })
    titles.push(summarise(title, image))
  }
  const tracks = corpus.titles.reduce((sum, { audio }) => sum + audio.length, 0)
  const snippets = corpus.titles.reduce((sum, title) => sum + title.snippets.length, 0)
  const statistics = corpusStatistics(corpus.titles)
  if (titles.length === 0)
    throw new Error(
      problems.length === 0
        ? 'There are no clips. Add videos (MP4, MOV, Matroska, WebM, transport streams) with at least one soundtrack, or with sound files beside them.'
        : `None of the files can be used. ${problems.map(({ message }) => message).join(' ')}`,
    )
  return {
    kind: 'corpus',
    titles,
    problems,
    metrics: { titles: titles.length, tracks, snippets, statistics, problems },
  }
}

function summarise(title: OpenTitle, image: Blob | null): TitleSummary {
  return {
    file: title.file,
    durationS: title.durationS,
    originalLanguage: title.audio[0]?.language ?? 'und',
    originalTrack: title.audio[0]?.trackId ?? 0,
    ...(title.genre === undefined ? {} : { genre: title.genre }),
    tracks: title.source.tracks.map(({ said: _, ...track }) => track),
    segments: title.segments,
    snippets: title.snippets,
    still: image,
  }
}
