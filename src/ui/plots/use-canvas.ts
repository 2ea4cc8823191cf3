/** A canvas that is drawn at the screen's resolution, and again when its size, the theme or the drawing changes. */
import { type RefObject, useEffect, useRef } from 'react'
import { useMediaQuery } from '../use-media-query'

/** Draws in CSS pixels. `token` reads a custom property, such as a colour of the present theme. */
export type Draw = (
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  token: (name: string) => string,
) => void

export const darkTheme = '(prefers-color-scheme: dark)'

/** @param draw - keep it the same (`useCallback`) while nothing changes */
export function useCanvas(draw: Draw): RefObject<HTMLCanvasElement | null> {
  const reference = useRef<HTMLCanvasElement>(null)
  const dark = useMediaQuery(darkTheme)
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
