/**
 * Finds which kernel variants of an adapter compute right numbers, from trials of whole tables only: a few rounds in
 * which every family takes its next variant, and single trials where a round fails.
 */

export interface CandidateFamily {
  readonly name: string
  /** Variants that the adapter can run; the preferred one first. */
  readonly variants: readonly string[]
}

export interface Verdict {
  /** Null when every number is right. */
  readonly problem: string | null
  /** Largest relative error; null without numbers. */
  readonly error: number | null
}

type Table = Readonly<Record<string, string>>

export interface Search {
  /** Verdicts by `family:variant`; those of one round share theirs. */
  readonly verdicts: ReadonlyMap<string, Verdict>
  /** A table that passes, as near to the preferred one as possible; null when there is none. */
  readonly base: Table | null
}

export interface SearchHooks {
  /** Computes everything with these variants. The same table is never asked for twice. */
  readonly trial: (table: Table) => Promise<Verdict>
  /** Called once, as soon as it is known: from then on jobs may run. */
  readonly onBase: (search: Search) => void
  /** Awaited before what is not urgent. */
  readonly whenIdle: () => Promise<void>
}

/** Most rounds that a search of these families takes when nothing fails. */
export const roundsOf = (families: readonly CandidateFamily[]): number =>
  Math.max(1, ...families.map(({ variants }) => variants.length))

export async function searchVariants(families: readonly CandidateFamily[], hooks: SearchHooks): Promise<Search> {
  const tried = new Map<string, Verdict>()
  const trial = async (table: Table): Promise<Verdict> => {
    const key = families.map(({ name }) => table[name]).join()
    const verdict = tried.get(key) ?? (await hooks.trial(table))
    tried.set(key, verdict)
    return verdict
  }
  const verdicts = new Map<string, Verdict>()
  const note = (table: Table, verdict: Verdict) => {
    for (const [family, variant] of Object.entries(table)) {
      const key = `${family}:${variant}`
      if (verdicts.get(key)?.problem !== null) verdicts.set(key, verdict)
    }
  }
  const base = await findBase(families, trial)
  if (base) {
    note(base, await trial(base))
    // Where one choice makes all the difference, it is known which variant fails.
    const preferred = preferredOf(families)
    const changed = families.filter(({ name }) => base[name] !== preferred[name])
    const [only] = changed
    if (only && changed.length === 1) verdicts.set(`${only.name}:${preferred[only.name]}`, await trial(preferred))
  }
  hooks.onBase({ verdicts, base })
  if (!base) return { verdicts, base }
  for (let round = 0; round < roundsOf(families); round++) {
    const fresh = families.flatMap(({ name, variants }) => {
      const variant = variants[round]
      return variant !== undefined && !verdicts.has(`${name}:${variant}`) ? [[name, variant] as const] : []
    })
    if (fresh.length === 0) continue
    await hooks.whenIdle()
    const together = { ...base, ...Object.fromEntries(fresh) }
    const verdict = await trial(together)
    if (verdict.problem === null) note(together, verdict)
    else
      for (const [name, variant] of fresh) verdicts.set(`${name}:${variant}`, await trial({ ...base, [name]: variant }))
  }
  return { verdicts, base }
}

/** The table in which every family takes its next variant, `index` times. */
const roundOf = (families: readonly CandidateFamily[], index: number): Table =>
  Object.fromEntries(families.map(({ name, variants }) => [name, variants[index % variants.length] ?? '']))

const preferredOf = (families: readonly CandidateFamily[]): Table => roundOf(families, 0)

/** The preferred table, else one with a single other variant, else one in which every family takes its next. */
async function findBase(
  families: readonly CandidateFamily[],
  trial: (table: Table) => Promise<Verdict>,
): Promise<Table | null> {
  const preferred = preferredOf(families)
  const single = families.flatMap(({ name, variants }) =>
    variants.slice(1).map((variant): Table => ({ ...preferred, [name]: variant })),
  )
  const rounds = Array.from({ length: roundsOf(families) }, (_, index) => roundOf(families, index))
  for (const table of [preferred, ...single, ...rounds]) if ((await trial(table)).problem === null) return table
  return null
}
