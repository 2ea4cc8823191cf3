/** Places that glide from where they were to where they are now, so that the eye can follow each point. */
import { useEffect, useRef, useState } from 'react'
import { useMediaQuery } from '../use-media-query'

const glideMs = 400

/** @param places [n, 2]; keep the array the same while they are. Points glide where their number stays. */
export function useGliding(places: Float32Array): Float32Array {
  const still = useMediaQuery('(prefers-reduced-motion: reduce)')
  const [shown, setShown] = useState(places)
  const latest = useRef(shown)
  latest.current = shown
  useEffect(() => {
    const from = latest.current
    if (from === places) return
    if (still || from.length !== places.length) {
      setShown(places)
      return
    }
    const start = performance.now()
    let frame = requestAnimationFrame(function step(now) {
      const share = Math.min(1, Math.max(0, (now - start) / glideMs))
      const eased = share * share * (3 - 2 * share)
      setShown(share === 1 ? places : places.map((to, i) => (from[i] ?? to) * (1 - eased) + to * eased))
      if (share < 1) frame = requestAnimationFrame(step)
    })
    return () => cancelAnimationFrame(frame)
  }, [places, still])
  return shown.length === places.length ? shown : places
}
