/** Validation scores of a probe as it trains, a line per fold. */
import { useCallback } from 'react'
import type { ProbeFold } from '../../schema/probe-results'
import { categoryHue } from '../hues'
import { DataTable } from '../plots/data-table'
import { type Draw, useCanvas } from '../plots/use-canvas'

interface LearningCurvesProps {
  readonly folds: readonly ProbeFold[]
  readonly metric: string
  readonly name: string
}

const margin = { left: 40, right: 48, top: 10, bottom: 24 }

export function LearningCurves({ folds, metric, name }: LearningCurvesProps) {
  const draw = useCallback<Draw>(
    (context, { width, height }, token) => {
      const points = folds.flatMap(({ curve }) => curve)
      const last = Math.max(1, ...points.map(({ epoch }) => epoch))
      const top = Math.max(...points.map(({ score }) => score))
      const bottom = Math.min(...points.map(({ score }) => score))
      const span = Math.max(top - bottom, 1e-6)
      const x = (epoch: number) => margin.left + (epoch / last) * (width - margin.left - margin.right)
      const y = (score: number) => margin.top + ((top - score) / span) * (height - margin.top - margin.bottom)
      context.font = `11px ${token('--num')}`
      context.fillStyle = token('--ink-3')
      context.strokeStyle = token('--line')
      for (const value of [bottom, (bottom + top) / 2, top]) {
        context.beginPath()
        context.moveTo(margin.left, y(value))
        context.lineTo(width - margin.right, y(value))
        context.stroke()
        context.textAlign = 'right'
        context.fillText(value.toFixed(2), margin.left - 5, y(value) + 4)
      }
      context.textAlign = 'center'
      context.fillText(`epoch ${last}`, width - margin.right, height - 6)
      for (const [index, { curve, bestEpoch, name: fold }] of folds.entries()) {
        const hue = token(categoryHue(index))
        context.strokeStyle = hue
        context.fillStyle = hue
        context.lineWidth = 1.5
        context.beginPath()
        for (const { epoch, score } of curve) context.lineTo(x(epoch), y(score))
        context.stroke()
        const best = curve.find(({ epoch }) => epoch === bestEpoch)
        if (best) {
          context.beginPath()
          context.arc(x(best.epoch), y(best.score), 3.5, 0, 2 * Math.PI)
          context.fill()
        }
        const end = curve.at(-1)
        context.textAlign = 'left'
        if (end) context.fillText(fold.slice(0, 7), x(end.epoch) + 4, y(end.score) + 4)
      }
    },
    [folds],
  )
  return (
    <div className="plot learning-curves">
      <canvas
        ref={useCanvas(draw)}
        role="img"
        aria-label={`Validation ${metric} of ${name} by epoch, a line per fold`}
      />
      <DataTable
        caption={`${name}: learning curves`}
        columns={['fold', 'epoch', `validation ${metric}`, 'validation loss']}
        rows={() =>
          folds.flatMap((fold) =>
            fold.curve.map(({ epoch, score, loss }) => [
              fold.name,
              epoch,
              Number(score.toFixed(4)),
              Number(loss.toPrecision(4)),
            ]),
          )
        }
      />
    </div>
  )
}
