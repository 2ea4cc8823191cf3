/** Whether training has waited for its input, and what of it is kept on disk. */
import type { PretrainResult } from '../../engine/api'
import { bytes, percent } from '../format'

export function InputNote({ metrics }: { metrics: Pick<PretrainResult['metrics'], 'inputWaitShare' | 'diskCache'> }) {
  const { inputWaitShare, diskCache } = metrics
  const waited =
    inputWaitShare === null
      ? 'The run was too short to tell how long it waits for input.'
      : `From the second epoch on, ${percent(inputWaitShare)} of the time went into waiting for input.`
  const kept =
    diskCache.hits + diskCache.misses === 0
      ? 'All decoded clips fit in memory.'
      : `On disk ${bytes(diskCache.bytes)} of ${bytes(diskCache.limitBytes)} of decoded clips, found ${diskCache.hits} of ${diskCache.hits + diskCache.misses} times.`
  return <p className="note">{`${waited} ${kept}`}</p>
}
