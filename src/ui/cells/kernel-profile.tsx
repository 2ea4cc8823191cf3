/** Where a training step spends its GPU time, kernel by kernel, beside the least time that the adapter would need. */
import { useState } from 'react'
import type { PretrainResult } from '../../engine/api'
import { type Floor, floorShare } from '../../schema/floor'
import { significant } from '../format'
import { DataTable } from '../plots/data-table'
import { useSession } from '../session-context'

type Metrics = Pick<
  PretrainResult['metrics'],
  'kernels' | 'floor' | 'stepOverKernels' | 'pipelines' | 'compileMs' | 'gpuCheck'
>

export function KernelProfile({ metrics }: { metrics: Metrics }) {
  const session = useSession()
  const [measured, setMeasured] = useState<Floor | 'measuring' | { readonly problem: string } | null>(null)
  const again = measured && typeof measured === 'object' && 'peakGflops' in measured ? measured : null
  const floor = again ?? metrics.floor
  if (!floor || metrics.kernels.length === 0) return null
  const measure = async () => {
    setMeasured('measuring')
    try {
      setMeasured(await session.measureFloor())
    } catch (error) {
      setMeasured({ problem: error instanceof Error ? error.message : String(error) })
    }
  }
  return (
    <>
      <DataTable
        caption="GPU time of one step, by kernel"
        columns={['kernel', 'calls', 'ms', 'share in %', 'GFLOP/s', 'GB/s', 'bound by', 'of the floor in %']}
        rows={() =>
          metrics.kernels.map((time) => [
            time.kernel,
            time.calls,
            Number(time.ms.toFixed(1)),
            Number((100 * time.share).toFixed(1)),
            Number(time.gigaflops.toFixed(2)),
            Number(time.gigabytesPerS.toFixed(2)),
            time.boundBy,
            Number((100 * floorShare(time, floor)).toFixed(1)),
          ])
        }
      />
      <p className="note">
        {`This GPU does at most ${significant(floor.peakGflops)} GFLOP/s and copies ${significant(floor.bandwidthGBs)} GB/s. ${describeStep(metrics)} `}
        <button type="button" disabled={measured === 'measuring'} onClick={() => void measure()}>
          {measured === 'measuring' ? 'Measuring …' : 'Measure again'}
        </button>
      </p>
      {measured && typeof measured === 'object' && 'problem' in measured ? (
        <p className="note" role="alert">
          {measured.problem}
        </p>
      ) : null}
    </>
  )
}

function describeStep({ stepOverKernels, pipelines, compileMs, gpuCheck }: Metrics): string {
  const step = stepOverKernels === null ? '' : `A step takes ${stepOverKernels.toFixed(2)} times its kernels. `
  return `${step}${pipelines} pipelines were compiled in ${significant(compileMs / 1000)} s. Check of this GPU: ${gpuCheck}.`
}
