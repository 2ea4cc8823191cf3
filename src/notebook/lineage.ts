/**
 * Lineage: the runs of the paper's table that have to be there before a pretrain cell can run, as cells that stand in no
 * document. Their settings follow from those of the cell, so that cells which share a parent share its result.
 */
import { type Cell, holdsWeights, type Settings } from '../schema/notebook'
import { inDependencyOrder, parseVariants, settingsOfVariant } from '../schema/variants'

/** Variants that a cell needs or lists, in an order in which they can run. @throws when it lists what is none. */
export function variantsBefore({ variant = 'none', reproduce = '' }: Settings): readonly string[] {
  const listed = parseVariants(String(reproduce))
  const asked = variant === 'none' ? [] : [String(variant)]
  // Without a list the cell is its own last run; with one it shows the runs that have keys of their own.
  return inDependencyOrder([...asked, ...listed]).filter((name) => listed.length > 0 || name !== variant)
}

/** The runs before a pretrain cell, in order. A list with a mistake counts as empty: running the cell tells of it. */
export function runsBefore(cell: Cell): readonly Cell[] {
  if (cell.kind !== 'pretrain' || holdsWeights(cell)) return []
  return namesOrNone(cell.settings).map((name) => ({ ...cell, settings: ownSettings(cell.settings, name) }))
}

function namesOrNone(settings: Settings): readonly string[] {
  try {
    return variantsBefore(settings)
  } catch {
    return []
  }
}

/** What is set by hand of the cell's own variant stays. */
function ownSettings({ reproduce: _, ...own }: Settings, name: string): Cell['settings'] {
  return { ...(own.variant === name ? own : settingsOfVariant(own, name)) }
}
