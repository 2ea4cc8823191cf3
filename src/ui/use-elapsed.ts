/** Seconds since a moment, counting while something runs. */
import { useEffect, useState } from 'react'

export function useElapsed(startedAt: number | undefined, running: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!running) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [running])
  return startedAt === undefined ? 0 : Math.max(0, (now - startedAt) / 1000)
}
