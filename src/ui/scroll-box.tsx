/** Holds a table that may be wider than its place; then it can be scrolled, with the keyboard too. */
import { type ReactNode, useEffect, useRef, useState } from 'react'

export function ScrollBox({ label, children }: { label: string; children: ReactNode }) {
  const box = useRef<HTMLElement>(null)
  const [scrolls, setScrolls] = useState(false)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setScrolls(element.scrollWidth > element.clientWidth))
    observer.observe(element)
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  return (
    <section ref={box} className="scroll-x" aria-label={label} tabIndex={scrolls ? 0 : undefined}>
      {children}
    </section>
  )
}
