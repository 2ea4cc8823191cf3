/**
 * The paper's eleven pretraining variants (Table 1), read from the table itself. What the table lacks, the least number
 * of tracks of a title, is from section 5.2 of the paper (`spec/pretraining.md` section 7).
 */
import type { Settings } from './notebook'
import table from './table1-variants.csv?raw'

export interface Variant {
  /** `A.1` to `C.2`. */
  readonly name: string
  /** "# data": snippets available, in millions. */
  readonly instancesMillions: number
  /** The variant whose final checkpoint this one starts from; null: random weights. */
  readonly from: string | null
  readonly lambdaV: number
  readonly lambdaA: number
  /** Original languages of its titles, as the setting `originalLanguages` has it; empty for the paper's universe U. */
  readonly original: string
  /** Average number of dubs of a title. */
  readonly averageDubs: number
  readonly dub: boolean
  readonly backbone: 'S' | 'B'
  /** Least number of languages of a title. */
  readonly minTracks: number
}

/** Those whose titles all have a dub: group A, and B.4, B.5, C.2, so that every step is dub-augmented (§5.2). */
const dubbedOnly: ReadonlySet<string> = new Set(['A.1', 'A.2', 'A.3', 'A.4', 'B.4', 'B.5', 'C.2'])

function readVariant(header: readonly string[], line: string): Variant {
  const cells = line.split(',')
  const cell = (column: string) => cells[header.indexOf(column)] ?? ''
  const languages = cell('original_language')
  const name = cell('variant')
  return {
    name,
    instancesMillions: Number(cell('instances_millions')),
    from: cell('init_from') || null,
    lambdaV: Number(cell('lambda_v')),
    lambdaA: Number(cell('lambda_a')),
    original: languages === 'U' ? '' : languages.replace(/^U-/, 'not ').replaceAll('|', '+').toLowerCase(),
    averageDubs: Number(cell('avg_dubs')),
    dub: cell('dub_augment') === 'true',
    backbone: cell('backbone') === 'MViT-B' ? 'B' : 'S',
    minTracks: dubbedOnly.has(name) ? 2 : 1,
  }
}

const [head = '', ...lines] = table.trim().split(/\r?\n/)
/** In the order of the table: no variant stands above the one it starts from. */
export const variants: readonly Variant[] = lines.map((line) => readVariant(head.split(','), line))

/** The variant that settings ask for; nothing for a run of the user's own. */
export const variantOf = (settings: Settings): Variant | undefined =>
  variants.find(({ name }) => name === settings.variant)

/** These variants and all that they start from, each once, in an order in which they can run. */
export function inDependencyOrder(names: readonly string[]): readonly string[] {
  const wanted = new Set(names)
  for (const { name, from } of variants.toReversed()) if (wanted.has(name) && from !== null) wanted.add(from)
  return variants.map(({ name }) => name).filter((name) => wanted.has(name))
}

/**
 * Variants named in the setting `reproduce`: `A.1+A.3`, or `all`.
 * @throws naming what is no variant.
 */
export function parseVariants(text: string): readonly string[] {
  const known = variants.map(({ name }) => name)
  if (text.trim() === 'all') return known
  const names = text.split(/[\s,+]+/).filter((name) => name !== '')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Error(`"${unknown}" is no variant of the paper's Table 1; they are ${known.join(', ')}, or all.`)
  return names
}

/** What a variant decides by itself: a run that it starts from has its own. */
const decidedByVariant = [
  ...['variant', 'reproduce', 'dub', 'lambdaV', 'lambdaA', 'originalLanguages', 'minTracks'],
  // What one run branches off from is no beginning of another.
  'branchFrom',
]

/**
 * The settings of another variant of the same family of runs: what was set by hand is carried over, but for what the
 * variant decides; steps and learning rate keep their relation to those of runs from random weights.
 * @param given What a document sets for the run asked for, without defaults.
 */
export function settingsOfVariant(given: Settings, name: string): Settings {
  const isFineTune = (variant: string) => variants.some((other) => other.name === variant && other.from !== null)
  const [from, to] = [isFineTune(String(given.variant)), isFineTune(name)]
  const scaled = (value: number, share: number) => (from === to ? value : to ? value * share : value / share)
  const { steps, learningRate } = given
  const kept = Object.entries(given).filter(([key]) => !decidedByVariant.includes(key))
  return {
    ...Object.fromEntries(kept),
    variant: name,
    ...(steps === undefined ? {} : { steps: Math.max(1, Math.round(scaled(Number(steps), fineTuneShareOf(given)))) }),
    ...(learningRate === undefined ? {} : { learningRate: scaled(Number(learningRate), fineTuneRateOf(given)) }),
  }
}

/**
 * What a document sets once another variant is chosen: the same, but for what the variant decides.
 * @param name A variant, or `none`.
 */
export function withVariant(given: Settings, name: string): Settings {
  const { variant: _, ...settings } = settingsOfVariant(given, name)
  return {
    ...settings,
    ...(given.reproduce === undefined ? {} : { reproduce: given.reproduce }),
    ...(name === 'none' ? {} : { variant: name }),
  }
}

/** Steps of a run that starts from a checkpoint, in shares of those of its parent. */
export const fineTuneShareOf = (settings: Settings): number => Number(settings.fineTuneShare ?? 0.25)
/** Its learning rate, likewise. */
export const fineTuneRateOf = (settings: Settings): number => Number(settings.fineTuneRate ?? 0.25)
