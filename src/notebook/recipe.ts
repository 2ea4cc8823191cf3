/**
 * The recipe of a result: everything that decides it, so that equal recipes mean equal results (design section 4).
 * Its hash names the stored result; comparing two recipes says why a result is stale.
 */
import {
  type Cell,
  type CellKind,
  holdsFolder,
  holdsWeights,
  type MediaReference,
  type Notebook,
  type Settings,
} from '../schema/notebook'
import { settingSpecs, settingsOf } from '../schema/settings'
import { changeTracks, type TrackEdit } from '../schema/track-edits'
import { cellTitle } from './cell-titles'
import { cellOf } from './graph'
import { canonicalJson, contentKey } from './hash'
import { runsBefore } from './lineage'

/** Raise a kind's number when its algorithm changes what it computes: stored results of before are then not found. */
const algorithmVersions: Readonly<Record<CellKind, number>> = {
  text: 1,
  corpus: 1,
  spectrogram: 1,
  model: 1,
  pretrain: 2,
  embed: 3,
  probe: 3,
  export: 1,
}

/** Kinds whose numbers come from the GPU, so that adapter and browser are part of the recipe. */
const gpuKinds: ReadonlySet<CellKind> = new Set(['spectrogram', 'pretrain', 'embed', 'probe'])

export interface Recipe {
  readonly kind: CellKind
  /** How messages call the cell; not part of the hash. */
  readonly title: string
  readonly version: number
  readonly settings: Settings
  readonly seed: number
  readonly inputs: readonly Recipe[]
  /** Pretraining: the runs that have to be there before, in order. */
  readonly runs?: readonly Recipe[]
  readonly media?: readonly MediaReference[]
  /** Corpus: what is said of soundtracks by hand, where anything is. */
  readonly tracks?: readonly TrackEdit[]
}

/** Which files a cell is made of. */
export type MediaOf = (cell: Cell) => readonly MediaReference[]

/** @throws when the notebook has no such cell. */
export function recipeOf(notebook: Notebook, id: string, mediaOf: MediaOf): Recipe {
  return recipeOfCell(notebook, cellOf(notebook, id), mediaOf)
}

function recipeOfCell(notebook: Notebook, cell: Cell, mediaOf: MediaOf): Recipe {
  const before = runsBefore(cell)
  return {
    kind: cell.kind,
    title: cellTitle(cell),
    version: algorithmVersions[cell.kind],
    settings: settingsOf(cell),
    seed: notebook.seed,
    inputs: cell.inputs.map((input) => recipeOf(notebook, input, mediaOf)),
    ...(before.length > 0 ? { runs: before.map((run) => recipeOfCell(notebook, run, mediaOf)) } : {}),
    ...(cell.kind === 'corpus' || holdsWeights(cell) || holdsFolder(cell)
      ? { media: [...mediaOf(cell)].sort((a, b) => (a.path < b.path ? -1 : 1)) }
      : {}),
    ...(cell.kind === 'corpus' && cell.tracks?.length ? { tracks: changeTracks(cell.tracks, []) } : {}),
  }
}

/** Whether the GPU has a part in a result, be it through a cell above. */
const needsGpu = ({ kind, inputs }: Recipe): boolean => gpuKinds.has(kind) || inputs.some(needsGpu)

/**
 * The engine's fingerprint for a result, which has the kernel variants that it was begun with.
 * @param planKey - what names the result but for the fingerprint
 */
export type FingerprintOf = (planKey: string) => Promise<string>

export interface RecipeKeys {
  /** SHA-256, in hex, over the recipe and, where the GPU has a part in it, the engine's fingerprint. */
  readonly hash: string
  /** The same without the fingerprint of the cell's own work; absent where the GPU has no part in it. */
  readonly planKey?: string
}

/**
 * @param fingerprint - only asked for where the GPU has a part: clips are looked into before the GPU has answered
 * @throws what `fingerprint` throws, when there is no GPU
 */
export async function recipeKeys(recipe: Recipe, fingerprint: FingerprintOf): Promise<RecipeKeys> {
  const { title: _, inputs, runs, ...own } = recipe
  const hashes = (recipes: readonly Recipe[]) => Promise.all(recipes.map((one) => recipeHash(one, fingerprint)))
  const all = { ...own, inputs: await hashes(inputs), ...(runs ? { runs: await hashes(runs) } : {}) }
  if (!needsGpu(recipe)) return { hash: await contentKey(all) }
  const planKey = await contentKey(all)
  return { hash: await contentKey({ ...all, fingerprint: await fingerprint(planKey) }), planKey }
}

/** {@link recipeKeys}, the hash alone. */
export const recipeHash = async (recipe: Recipe, fingerprint: FingerprintOf): Promise<string> =>
  (await recipeKeys(recipe, fingerprint)).hash

/** Says which change makes a result made by `before` stale now, or nothing when both give the same result. */
export function whyStale(before: Recipe, after: Recipe): string | undefined {
  if (canonicalJson(before.media) !== canonicalJson(after.media)) return 'the files have changed'
  if (canonicalJson(before.tracks) !== canonicalJson(after.tracks)) return 'its soundtracks were edited'
  const changed = settingSpecs[after.kind].filter(({ key }) => before.settings[key] !== after.settings[key])
  const first = changed[0]
  if (first) {
    const more = changed.length > 1 ? `, and ${changed.length - 1} more` : ''
    return `${first.label} ${shown(before.settings[first.key])} → ${shown(after.settings[first.key])}${more}`
  }
  if (before.inputs.length !== after.inputs.length) return 'it reads other cells now'
  for (const [index, input] of after.inputs.entries()) {
    const old = before.inputs[index]
    const reason = old?.kind === input.kind ? whyStale(old, input) : 'is another cell now'
    // A change two cells up already names its cell.
    if (reason) return reason.includes(': ') ? reason : `${input.title}: ${reason}`
  }
  if (before.seed !== after.seed) return `seed ${before.seed} → ${after.seed}`
  if (before.version !== after.version) return 'Dubbook computes this differently now'
  return undefined
}

const shown = (value: unknown): string => (value === '' || value === null || value === undefined ? 'empty' : `${value}`)
