/** What a user can do with the runs that this browser keeps. */
import type { Engine } from '../engine/api'
import type { Notebook } from '../schema/notebook'
import type { BranchPoint, RunRecord } from '../schema/run-record'
import { withBranch, withRepetition } from './added-runs'
import { type CellState, isActive } from './cell-state'

export interface RunActions extends Pick<Engine, 'listRuns' | 'renameRun' | 'exportRun' | 'importRun'> {
  /** Adds a pretrain cell that goes on from a checkpoint; returns its id. @throws when the checkpoint has gone. */
  branch(record: RunRecord, point: BranchPoint): Promise<string>
  /** Adds a pretrain cell with the settings of another; returns its id. */
  repeat(cellId: string): string
  /** Forgets a run; cells that show it have not been run any more. @throws while it is running. */
  remove(hash: string): Promise<void>
}

interface Cells {
  notebook(): Notebook
  edit(next: Notebook, what: string): void
  states(): Readonly<Record<string, CellState>>
  /** The cell's result is no longer there. */
  forget(cellId: string): void
}

export function createRunActions(engine: Engine, { notebook, edit, states, forget }: Cells): RunActions {
  const show = (added: { notebook: Notebook; id: string }): string => {
    edit(added.notebook, `${added.id}.added`)
    return added.id
  }
  return {
    listRuns: engine.listRuns,
    renameRun: engine.renameRun,
    exportRun: engine.exportRun,
    importRun: engine.importRun,
    async branch(record, point) {
      await engine.keepBranchPoint(point)
      return show(withBranch(notebook(), record, point))
    },
    repeat: (cellId) => show(withRepetition(notebook(), cellId)),
    async remove(hash) {
      const showing = Object.entries(states()).filter(([, state]) => state.hash === hash)
      if (showing.some(([, state]) => isActive(state)))
        throw new Error('This run is going on. Stop it before it is deleted.')
      await engine.deleteRun(hash)
      for (const [cellId] of showing) forget(cellId)
    },
  }
}
