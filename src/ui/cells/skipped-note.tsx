/** Which steps of a run changed nothing, because something in them was not finite. */
import type { LossPoint } from '../../engine/api'
import { plural } from '../format'

/** More numbers than this say no more. */
const mostNamed = 10

export function SkippedNote({ losses }: { losses: readonly LossPoint[] }) {
  const skipped = losses.filter((point) => point.skipped).map(({ step }) => step)
  if (skipped.length === 0) return null
  const named = skipped.slice(-mostNamed).join(', ')
  const which = skipped.length > mostNamed ? `the last ones ${named}` : named
  return (
    <p className="note warning">
      {`${plural(skipped.length, 'step')} skipped, for a loss or a gradient was not finite (${which}): nothing was updated there. Ten in a row end the run.`}
    </p>
  )
}
