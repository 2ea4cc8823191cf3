/** Memory of the browser's renderer processes, as the system counts it. */
import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory in bytes of the largest renderer process. */
function largestRenderer(): number {
  const sizes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        if (!command.includes('--type=renderer')) return []
        const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
        return [pages * 4096]
      } catch {
        // The process has ended meanwhile.
        return []
      }
    })
  return Math.max(...sizes)
}

/** Watches from now on; the function that comes back ends that and says by how many bytes the renderer grew at most. */
export function watchRenderer(): () => { before: number; growth: number } {
  const before = largestRenderer()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, largestRenderer())
  }, 100)
  return () => {
    clearInterval(timer)
    return { before, growth: peak - before }
  }
}
