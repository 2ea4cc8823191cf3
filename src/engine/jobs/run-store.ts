/**
 * Where a run is kept while it is not finished: its checkpoints, and between them how far it was, to tell after a crash how
 * many steps were lost. Both go by what names the run apart from browser and adapter, so that an update of the browser
 * finds them.
 */
import { z } from 'zod'
import { type CheckpointHeader, readCheckpointHeader } from '../../pretraining/checkpoint'
import type { Settings } from '../../schema/notebook'
import { parseBranch } from '../../schema/run-record'
import { openSeries } from '../../storage/atomic-file'
import { loadBranchPoint } from '../run-history'
import type { JobContext } from './job'
import { untilStored } from './until-stored'

const noteSchema = z.object({
  /** Steps done. */
  done: z.number().int().nonnegative(),
  resumes: z.array(z.object({ fromStep: z.number(), lostSteps: z.number() })),
})
type Note = z.infer<typeof noteSchema>
export type Resume = Note['resumes'][number]

export interface SavedRun {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly header: CheckpointHeader
}

/**
 * The state that the settings let a run begin with, of another run; null where they name none.
 * @throws when it is not stored here, or lies beyond the run's last step.
 */
export async function branchPoint(settings: Settings): Promise<SavedRun | null> {
  const point = parseBranch(String(settings.branchFrom))
  if (!point) return null
  const { step } = point
  if (step >= Number(settings.steps))
    throw new Error(`This run branches off after step ${step} and has ${settings.steps} steps. Raise Steps.`)
  const bytes = await loadBranchPoint(point)
  if (!bytes)
    throw new Error(
      `The checkpoint of step ${step} that this run branches from is not stored in this browser. Import that run, or clear "Branches from".`,
    )
  return { bytes, header: readCheckpointHeader(bytes) }
}

export class RunStore {
  private readonly checkpoints
  private readonly notes

  constructor(private readonly context: JobContext) {
    const { planKey, hash } = context.request
    this.checkpoints = openSeries(`checkpoints/${planKey ?? hash}`)
    this.notes = openSeries(`steps/${planKey ?? hash}`)
  }

  /** The newest checkpoint; null when there is none. */
  async newest(): Promise<SavedRun | null> {
    const bytes = await this.checkpoints.readNewest()
    return bytes && { bytes, header: readCheckpointHeader(bytes) }
  }

  /**
   * Stores a checkpoint; pauses the cell for as long as there is no room for it.
   * @returns seconds that it took, waiting left out
   */
  async write(step: number, parts: readonly Uint8Array[]): Promise<number> {
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
    let from = performance.now()
    await untilStored(this.context, `The checkpoint of step ${step}`, bytes, () => {
      from = performance.now()
      return this.checkpoints.write(parts)
    })
    return (performance.now() - from) / 1000
  }

  /** What was noted last; null when nothing was. */
  async note(): Promise<Note | null> {
    const bytes = await this.notes.readNewest()
    const parsed = bytes && noteSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
    return parsed?.success ? parsed.data : null
  }

  async writeNote(note: Note): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(note))
    await untilStored(this.context, `That step ${note.done} is done`, bytes.byteLength, () => this.notes.write([bytes]))
  }

  /** Forgets the run: it is finished and its result stored. */
  async clear(): Promise<void> {
    await this.checkpoints.clear()
    await this.notes.clear()
  }
}
