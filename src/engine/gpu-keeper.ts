/**
 * The engine's GPU: opened when first needed, noticed when it is lost, and asked for again until it is back
 * (design: "The GPU engine", section 5).
 */
import { GpuContext } from '../gpu/gpu-context'

/** After a crash of the GPU process a browser may withhold adapters for about two minutes. */
const reopenEveryMs = 5000
const reopenForMs = 180_000
/** An error of the GPU's work can arrive before the loss that caused it. */
const noticeWithinMs = 500

/**
 * What is computed after an error that nobody was waiting for cannot be trusted (a buffer may be missing for lack of
 * memory): such a device is given up like one that was lost. Whoever waits for errors prevents the event's default.
 */
function destroyOnError(device: GPUDevice, tell: (reason: string) => void): void {
  device.addEventListener('uncapturederror', (event) => {
    // Later listeners have their turn first.
    setTimeout(() => {
      if (event.defaultPrevented) return
      const [reason = ''] = event.error.message.trim().split('\n')
      tell(reason)
      device.destroy()
    })
  })
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export class GpuKeeper {
  private opened: Promise<GpuContext> | null = null
  private current: GpuContext | null = null
  private readonly waiting = new Set<(message: string) => void>()
  /** How often a GPU was lost so far. */
  losses = 0
  /** Why it was given up the last time, where it is known. */
  reason = ''

  /**
   * The GPU, opened anew after it was lost.
   * @param onWait Hears that the browser gives no GPU yet and that it is asked again.
   * @throws when there is none, with what to do about it; an `AbortError` once `signal` fires.
   */
  async get(signal?: AbortSignal, onWait: (message: string) => void = () => undefined): Promise<GpuContext> {
    signal?.throwIfAborted()
    this.opened ??= this.open()
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(signal?.reason)
    signal?.addEventListener('abort', stop)
    this.waiting.add(onWait)
    try {
      return await Promise.race([this.opened, stopped.promise])
    } finally {
      signal?.removeEventListener('abort', stop)
      this.waiting.delete(onWait)
    }
  }

  /** Whether a GPU was lost after `losses` were counted; waits a moment for a loss that is about to be noticed. */
  async lostSince(losses: number): Promise<boolean> {
    if (this.losses === losses && this.current) await Promise.race([this.current.device.lost, delay(noticeWithinMs)])
    return this.losses > losses
  }

  private async open(): Promise<GpuContext> {
    try {
      const context = await (this.losses > 0 ? this.reopen() : GpuContext.open())
      this.current = context
      this.reason = ''
      destroyOnError(context.device, (reason) => {
        this.reason = reason
      })
      context.device.lost.then(() => {
        this.losses++
        this.opened = null
        this.current = null
      })
      return context
    } catch (error) {
      this.opened = null
      throw error
    }
  }

  private async reopen(): Promise<GpuContext> {
    const until = performance.now() + reopenForMs
    for (;;) {
      try {
        return await GpuContext.open()
      } catch (error) {
        const leftMs = until - performance.now()
        if (leftMs <= 0)
          throw new Error(
            'The GPU did not come back within three minutes. Restart the browser; the run goes on from its last checkpoint.',
            { cause: error },
          )
        for (const tell of this.waiting)
          tell(
            `The browser gives no GPU yet: asking again every ${reopenEveryMs / 1000} s, for ${Math.ceil(leftMs / 1000)} s more.`,
          )
        await delay(reopenEveryMs)
      }
    }
  }
}
