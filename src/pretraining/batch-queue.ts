/**
 * Batches prepared ahead of training, in order, and no more of them than a limit: decoding goes on while the GPU works.
 * Also says how long training has waited for its input.
 */
export interface QueueLimits {
  /** Batches that may be ready or in preparation. */
  readonly ahead: number
  /** Ready batches take at most about this much memory; one is always prepared. */
  readonly bytes: number
}

export class BatchQueue<Batch> {
  private readonly ready: Promise<Batch>[] = []
  private readyBytes = 0
  private readonly sizes: number[] = []
  private preparing = false
  private stopped = false
  private next: number
  private waitedMs = 0
  private spentMs = 0
  private lastTaken: number | null = null

  /**
   * @param first Number of the first step to prepare; `end` is the one after the last.
   * @param warmSteps Steps below this number do not count as waiting: their input is decoded for the first time.
   */
  constructor(
    private readonly prepare: (step: number) => Promise<Batch>,
    private readonly sizeOf: (batch: Batch) => number,
    private readonly first: number,
    private readonly end: number,
    private readonly limits: QueueLimits,
    private readonly warmSteps: number,
  ) {
    this.next = first
    this.fill()
  }

  /** The batch of a step; steps are taken in order. @throws whatever its preparation threw. */
  async take(step: number): Promise<Batch> {
    const started = performance.now()
    if (this.lastTaken !== null && step > this.warmSteps) this.spentMs += started - this.lastTaken
    const waiting = this.ready.shift()
    if (!waiting) throw new Error(`Step ${step} was not prepared: the steps are ${this.first} to ${this.end - 1}.`)
    const batch = await waiting
    this.readyBytes -= this.sizes.shift() ?? 0
    this.fill()
    const now = performance.now()
    if (step >= this.warmSteps) {
      this.waitedMs += now - started
      this.spentMs += now - started
    }
    this.lastTaken = now
    return batch
  }

  /** Share of the time since the second epoch began that went into waiting for input; null before it has begun. */
  get waitShare(): number | null {
    return this.spentMs > 0 ? this.waitedMs / this.spentMs : null
  }

  /** Begins no further batch. */
  stop(): void {
    this.stopped = true
  }

  private fill(): void {
    if (this.preparing || this.stopped || this.next >= this.end) return
    const isFull = this.ready.length >= this.limits.ahead || this.readyBytes >= this.limits.bytes
    if (isFull && this.ready.length > 0) return
    this.preparing = true
    const batch = this.prepare(this.next++)
    this.ready.push(batch)
    batch.then(
      (made) => {
        this.preparing = false
        this.sizes.push(this.sizeOf(made))
        this.readyBytes += this.sizeOf(made)
        this.fill()
      },
      // Whoever takes the batch hears of it; nothing is prepared after it.
      () => undefined,
    )
  }
}
