/** When a run writes its next checkpoint, and what checkpoints have cost it. */

export interface CheckpointSettings {
  /** Steps between checkpoints; 0 leaves it to the time. */
  readonly everySteps: number
  /** Seconds between checkpoints; 0 chooses them by what the last one cost, where `everySteps` is 0 too. */
  readonly everyS: number
}

const shortestS = 60
/** A checkpoint may cost one part in so many of the time. */
const costShare = 50

export class CheckpointClock {
  private writtenAt: number
  private writtenStep = 0
  private lastCostS = 0
  private totalS = 0
  private written = 0

  /** @param now Seconds, as in every other method. */
  constructor(
    private readonly settings: CheckpointSettings,
    private readonly startedAt: number,
  ) {
    this.writtenAt = startedAt
  }

  /** A run begins, or goes on, at this step. */
  begin(step: number): void {
    this.writtenStep = step
  }

  isDue(step: number, now: number): boolean {
    const { everySteps, everyS } = this.settings
    if (everySteps > 0 && step - this.writtenStep >= everySteps) return true
    const waited = now - this.writtenAt
    if (everyS > 0) return waited >= everyS
    return everySteps === 0 && waited >= Math.max(shortestS, costShare * this.lastCostS)
  }

  /** A checkpoint of this step, which took so many seconds, is written now. */
  note(step: number, costS: number, now: number): void {
    this.writtenAt = now
    this.writtenStep = step
    this.lastCostS = costS
    this.totalS += this.lastCostS
    this.written++
  }

  /** How many were written since the start, their mean duration, and their share of the time. */
  summary(now: number): { count: number; meanS: number; share: number } {
    const { written, totalS } = this
    return {
      count: written,
      meanS: written > 0 ? totalS / written : 0,
      share: now > this.startedAt ? totalS / (now - this.startedAt) : 0,
    }
  }
}
