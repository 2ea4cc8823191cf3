/** How long the page's own tasks take while something runs: what a user feels as stutter (design section 3). */
import type { Page } from '@playwright/test'

declare global {
  interface Window {
    longTasks?: { startedAt: number; durations: number[] }
  }
}

/** From now on every task over 50 ms on the page is noted. */
export const watchLongTasks = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const durations: number[] = []
    window.longTasks = { startedAt: performance.now(), durations }
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) durations.push(duration)
    }).observe({ type: 'longtask' })
  })

/** What was noted since {@link watchLongTasks}. */
export const longTasks = (page: Page): Promise<{ seconds: number; tasks: number; longestMs: number }> =>
  page.evaluate(() => {
    const { startedAt = 0, durations = [] } = window.longTasks ?? {}
    return {
      seconds: Math.round((performance.now() - startedAt) / 1000),
      tasks: durations.length,
      longestMs: Math.round(Math.max(0, ...durations)),
    }
  })
