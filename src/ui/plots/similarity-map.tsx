/** Cosine similarities inside one batch: video rows against audio columns, the darker the closer. */
import { useCallback } from 'react'
import { type Draw, useCanvas } from './use-canvas'

interface SimilarityMapProps {
  readonly size: number
  /** [size, size], -1 to 1. */
  readonly values: Float32Array
}

export function SimilarityMap({ size, values }: SimilarityMapProps) {
  const draw = useCallback<Draw>(
    (context, { width, height }, token) => {
      const edge = 18
      const side = Math.min(width, height) - edge
      const step = side / size
      const gap = step > 6 ? 1 : 0
      context.fillStyle = token('--accent')
      for (let row = 0; row < size; row++)
        for (let column = 0; column < size; column++) {
          const similarity = Math.min(1, Math.max(0, values[row * size + column] ?? 0))
          context.globalAlpha = 0.05 + 0.95 * similarity
          context.fillRect(edge + column * step, row * step, step - gap, step - gap)
        }
      context.globalAlpha = 1
      context.fillStyle = token('--ink-3')
      context.font = `11px ${token('--num')}`
      context.textAlign = 'center'
      context.fillText('audio', edge + side / 2, side + 13)
      context.rotate(-Math.PI / 2)
      context.fillText('video', -side / 2, 11)
    },
    [size, values],
  )
  return (
    <div className="plot similarity-plot">
      <canvas
        ref={useCanvas(draw)}
        role="img"
        aria-label={`Similarity of ${size} videos and ${size} sounds in one batch`}
      />
    </div>
  )
}
