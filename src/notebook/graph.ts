/** The notebook as a dataflow graph: which cells feed a cell. Inputs always stand above. */
import type { Cell, Notebook } from '../schema/notebook'

/** @throws when the notebook has no such cell. */
export function cellOf(notebook: Notebook, id: string): Cell {
  const cell = notebook.cells.find((candidate) => candidate.id === id)
  if (!cell)
    throw new Error(
      `There is no cell "${id}"; the cells are ${notebook.cells.map(({ id }) => id).join(', ') || 'none'}.`,
    )
  return cell
}

/** Everything a cell reads from, directly or not, in document order (so the nearest come last). */
export function ancestorsOf(notebook: Notebook, id: string): readonly Cell[] {
  const wanted = new Set(cellOf(notebook, id).inputs)
  const above: Cell[] = []
  for (const cell of [...notebook.cells].reverse()) {
    if (!wanted.has(cell.id)) continue
    above.unshift(cell)
    for (const input of cell.inputs) wanted.add(input)
  }
  return above
}
