/** A canvas that is drawn at the screen's resolution, and again when its size, the theme or the drawing changes. */
import { type RefObject, useEffect, useRef, useState } from 'react'

/** Draws in CSS pixels. `token` reads a custom property, such as a colour of the present theme. */
export type Draw = (
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  token: (name: string) => string,
) => void

/** @param draw - keep it the same (`useCallback`) while nothing changes */
export function useCanvas(draw: Draw): RefObject<HTMLCanvasElement | null> {
  const reference = useRef<HTMLCanvasElement>(null)
  const dark = useDarkTheme()
  useEffect(() => {
    const canvas = reference.current
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return
    const style = getComputedStyle(canvas)
    // A new theme changes every colour that is read from here.
    const token = (name: string) => style.getPropertyValue(name).trim() || (dark ? '#fff' : '#000')
    let frame = 0
    const paint = () => {
      const width = canvas.clientWidth
      const height = canvas.clientHeight
      if (width === 0 || height === 0) return
      const scale = window.devicePixelRatio || 1
      canvas.width = Math.round(width * scale)
      canvas.height = Math.round(height * scale)
      context.setTransform(scale, 0, 0, scale, 0, 0)
      context.clearRect(0, 0, width, height)
      draw(context, { width, height }, token)
    }
    const later = () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(paint)
    }
    const observer = new ResizeObserver(later)
    observer.observe(canvas)
    later()
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [draw, dark])
  return reference
}

/** Whether the page is shown dark, now and when that changes. */
export function useDarkTheme(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const listen = () => setDark(query.matches)
    query.addEventListener('change', listen)
    return () => query.removeEventListener('change', listen)
  }, [])
  return dark
}
