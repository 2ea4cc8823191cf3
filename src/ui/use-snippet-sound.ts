/** Plays the sound of a snippet, kept once fetched. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { EmbeddingRow } from '../engine/api'
import { ancestorsOf } from '../notebook/graph'
import type { Cell } from '../schema/notebook'
import { Player } from './player'
import { useSession, useSessionState } from './session-context'

export interface SnippetSound {
  /** Plays a row's sound from its beginning; a picture plays the original language's. */
  readonly play: (row: EmbeddingRow | undefined) => void
  readonly stop: () => void
}

export function useSnippetSound(cell: Cell): SnippetSound {
  const session = useSession()
  const queries = useQueryClient()
  const notebook = useSessionState((state) => state.notebook)
  const corpusId = ancestorsOf(notebook, cell.id).findLast(({ kind }) => kind === 'corpus')?.id
  const corpus = useSessionState(({ cells }) => (corpusId === undefined ? undefined : cells[corpusId]))
  const player = useMemo(() => new Player(), [])
  useEffect(() => () => void player.close(), [player])
  return useMemo(() => {
    /** The last one asked for: what comes later than it is not played any more. */
    let wanted = 0
    return {
      play(row) {
        if (!row || corpusId === undefined || corpus?.result?.kind !== 'corpus') return
        const mine = ++wanted
        const title = corpus.result.titles.find(({ file }) => file === row.file)
        const language = row.language || title?.originalLanguage || ''
        queries
          .fetchQuery({
            queryKey: ['sound', corpus.hash, row.file, language, row.startS, row.endS],
            queryFn: () => session.sound(corpusId, row.file, language, row.startS, row.endS),
          })
          .then(
            (samples) => {
              if (mine === wanted) player.play([samples], 0, 0, () => undefined)
            },
            (cause: unknown) => console.warn(`${row.file} could not be played.`, cause),
          )
      },
      stop() {
        wanted++
        player.stop()
      },
    }
  }, [session, queries, corpusId, corpus, player])
}
