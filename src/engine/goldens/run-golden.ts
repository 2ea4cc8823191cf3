/** One golden file against our kernels: rebuilds what it describes, computes every tensor that is not given, compares. */
import type { GpuContext } from '../../gpu/gpu-context'
import { computeBackbone } from './backbone'
import { compareTensors } from './compare'
import type { Computed } from './computed'
import { type Golden, namesToProduce } from './golden'
import { computePretraining } from './pretraining'
import { rulesOf } from './rules'
import { computeMel, computeResampled } from './sound'

export interface TensorResult {
  readonly tensor: string
  readonly shape: readonly number[]
  /** NaN when the tensor was not produced or holds numbers that are not finite. */
  readonly relativeError: number
  readonly maxAbsError: number
  /** What is wrong; null when the tensor is as the file says. */
  readonly problem: string | null
}

export interface RunOptions {
  /** Of every relative error, in place of the rules of the design. */
  readonly tolerance?: number
  /** Is handed every tensor that was produced. */
  readonly onTensor?: (name: string, shape: readonly number[], data: Float32Array<ArrayBuffer>) => void
}

/**
 * Computes and compares all tensors of a file, in its order.
 * @throws when the file cannot be rebuilt (a tensor is missing or misshapen) or the GPU cannot hold it.
 */
export async function runGolden(
  context: GpuContext,
  golden: Golden,
  { tolerance, onTensor }: RunOptions = {},
): Promise<TensorResult[]> {
  const ruleOf = await rulesOf(golden)
  const computed = await compute(context, golden)
  try {
    const results: TensorResult[] = []
    for (const tensor of namesToProduce(golden)) {
      const shape = golden.tensors.shapes.get(tensor) ?? []
      const data = await computed.read(tensor)
      if (!data) {
        results.push({ tensor, shape, relativeError: NaN, maxAbsError: NaN, problem: 'was not produced' })
        continue
      }
      const expected = await golden.tensors.floats(tensor)
      results.push({ tensor, shape, ...compareTensors(await ruleOf(tensor), data, expected, tolerance) })
      onTensor?.(tensor, shape, data)
    }
    return results
  } finally {
    computed.destroy()
  }
}

function compute(context: GpuContext, golden: Golden): Promise<Computed> {
  switch (golden.kind) {
    case 'backbone':
      return computeBackbone(context, golden)
    case 'pretraining':
      return computePretraining(context, golden)
    case 'mel':
      return computeMel(context, golden)
    case 'resample':
      return computeResampled(context, golden)
  }
}
