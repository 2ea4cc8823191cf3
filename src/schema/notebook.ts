/** The notebook document (`*.dubbook.json`): a dataflow graph of cells. Media and results are not in it. */
import { trackEdit } from './track-edits'
import { z } from './zod'

export const cellKinds = ['text', 'corpus', 'spectrogram', 'model', 'pretrain', 'embed', 'probe', 'export'] as const
export type CellKind = (typeof cellKinds)[number]

export type SettingValue = number | string | boolean | null
export type Settings = Readonly<Record<string, SettingValue>>

const settingValue = z.union([z.number(), z.string().max(100_000), z.boolean(), z.null()])

/** One file of a cell: how it is found again. */
const mediaReference = z.object({
  path: z.string(),
  size: z.number().int().nonnegative(),
  contentHash: z.string(),
})

const cell = z.object({
  id: z
    .string()
    .regex(/^[\w-]+$/)
    .max(64),
  kind: z.enum(cellKinds),
  /** What differs from the defaults; see `settings.ts`. */
  settings: z.record(z.string(), settingValue).default({}),
  /** Ids of the cells whose results this one reads. */
  inputs: z.array(z.string()).default([]),
  /** The files of a corpus cell (`samples` stands for the bundled clips), a model cell's file of weights, a probe cell's folder. */
  media: z.union([z.literal('samples'), z.array(mediaReference)]).optional(),
  /** Corpus cells: what is said of their soundtracks by hand. */
  tracks: z.array(trackEdit).max(100_000).optional(),
})

const notebook = z.object({
  version: z.literal(1),
  title: z.string().max(500),
  seed: z.number().int().nonnegative().max(0xffffffff),
  cells: z.array(cell).max(500),
})

export type Cell = z.infer<typeof cell>
export type MediaReference = z.infer<typeof mediaReference>
export type Notebook = z.infer<typeof notebook>

/** Whether a probe cell was given a benchmark's folder. */
export const holdsFolder = ({ kind, media }: Pick<Cell, 'kind' | 'media'>): boolean =>
  kind === 'probe' && Array.isArray(media) && media.length > 0

/** Whether a model cell was given a file of weights. */
export const holdsWeights = ({ kind, media }: Pick<Cell, 'kind' | 'media'>): boolean =>
  kind === 'model' && Array.isArray(media) && media.length > 0

/**
 * Reads a notebook from outside.
 * @throws with the path of the first thing wrong, for instance `cells[2].kind: ...`, an unknown input or a cycle.
 */
export function parseNotebook(value: unknown): Notebook {
  const result = notebook.safeParse(value)
  if (!result.success) {
    const issue = result.error.issues[0]
    const path = (issue?.path ?? [])
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
    throw new Error(`This is no notebook: ${path.replace(/^\./, '') || 'the file'}: ${issue?.message ?? 'unreadable'}.`)
  }
  const seen = new Set<string>()
  for (const { id, inputs } of result.data.cells) {
    if (seen.has(id)) throw new Error(`This is no notebook: two cells have the id "${id}".`)
    for (const input of inputs)
      if (!seen.has(input))
        throw new Error(`This is no notebook: cell "${id}" reads "${input}", which is not above it.`)
    seen.add(id)
  }
  return result.data
}
