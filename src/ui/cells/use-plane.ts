/** The plane that is looked at: principal components at once, UMAP when asked for, with progress and a way to stop. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type EmbeddingSpace, vectorFile } from '../../schema/embedding-space'
import { percent } from '../format'
import type { Embeddings } from '../plots/embedding-points'
import { useSession, useSessionState } from '../session-context'

export type Method = 'PCA' | 'UMAP'

/** Defaults of McInnes, Healy and Melville. */
const umapSettings = { neighbours: 15, minDistance: 0.1 }

export interface ShownPlane {
  /** [rows of the space, 2] */
  readonly plane: Float32Array
  readonly method: Method
  readonly setMethod: (method: Method) => void
  /** What is going on or went wrong; empty when there is nothing to say. */
  readonly status: string
}

export function usePlane({ hash, step, planes }: Embeddings, space: EmbeddingSpace): ShownPlane {
  const session = useSession()
  const seed = useSessionState(({ notebook }) => notebook.seed)
  const [method, setMethod] = useState<Method>('PCA')
  const [fraction, setFraction] = useState(0)
  const file = vectorFile(space, step)
  const { data, error, isFetching } = useQuery({
    queryKey: ['umap', hash, file, seed],
    enabled: method === 'UMAP',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: ({ signal }) => {
      setFraction(0)
      return session.umap(hash, file, { ...umapSettings, seed }, setFraction, signal)
    },
  })
  const principal = planes[space] ?? new Float32Array(0)
  if (method === 'PCA') return { plane: principal, method, setMethod, status: '' }
  const status = error ? error.message : isFetching ? `Computing UMAP, ${percent(fraction)}. PCA until then.` : ''
  return { plane: data ?? principal, method, setMethod, status }
}
