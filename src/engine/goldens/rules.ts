/** Which rule holds for which tensor of a golden file (design section 5). */
import { normOf, type Rule } from './compare'
import { type Golden, type GoldenOf, namesToProduce } from './golden'

const tolerance = 1e-5
const gradientTolerance = 5e-5
/** Share of the largest gradient's norm below which a gradient is not looked at more closely. */
const gradientFloor = 1e-6
/** Share of a gradient's root mean square from which Adam's step follows the gradient and not its rounding. */
const clearShare = 1e-3

export type RuleOf = (name: string) => Promise<Rule>

/** Prepares the rules of one file: reads all its gradients once, for the largest one's norm. */
export async function rulesOf(golden: Golden): Promise<RuleOf> {
  if (golden.kind === 'mel') return async () => ({ kind: 'decibels' })
  const { tensors, zeroGradient } = golden
  let largest = 0
  for (const name of namesToProduce(golden))
    if (name.startsWith('grad.')) largest = Math.max(largest, normOf(await tensors.floats(name)))
  return async (name) => {
    const [, prefix, tensor = ''] = /^(grad|param_after|buffer_after)\.(.+)$/.exec(name) ?? []
    if (prefix === 'grad')
      return zeroGradient.has(tensor)
        ? { kind: 'absolute', tolerance, norm: largest }
        : { kind: 'relative', tolerance: gradientTolerance, floor: gradientFloor * largest }
    if (golden.kind === 'pretraining' && prefix === 'param_after') return updatedParameter(golden, tensor)
    if (golden.kind === 'pretraining' && prefix === 'buffer_after') {
      const reach = await reachOfNoise(golden, tensor)
      if (reach) return { kind: 'within', tolerance, reach }
    }
    return { kind: 'relative', tolerance, floor: 0 }
  }
}

/** How far two runs of Adam can come apart in an entry whose gradient is rounding noise, after each step. */
const reachesOf = ({ config }: GoldenOf<'pretraining'>): number[] => {
  let sum = 0
  return config.adamw.lr.map((rate) => {
    sum += rate
    return 2 * sum
  })
}

async function updatedParameter(golden: GoldenOf<'pretraining'>, name: string): Promise<Rule> {
  if (golden.zeroGradient.has(name)) return { kind: 'any' }
  const gradient = await golden.tensors.floats(`grad.${name}`)
  const clear = (clearShare * normOf(gradient)) / Math.sqrt(gradient.length)
  return {
    kind: 'counted',
    tolerance,
    counts: (entry) => Math.abs(gradient[entry] ?? 0) >= clear,
    reach: reachesOf(golden).at(-1) ?? 0,
  }
}

const runningMean = /^head\.(video|audio)\.1\.running_mean$/
const momentum = 0.1

/**
 * The first norm of a head takes the backbone's `norm.bias` out again, so the gradient of that bias is rounding noise, of
 * which Adam makes full steps; the running mean of that norm is the one number that sees them, through the linear layer
 * in between (`docs/decisions/004-noise-that-adam-amplifies.md`). What that can come to, for each entry; null for other
 * tensors.
 */
async function reachOfNoise(golden: GoldenOf<'pretraining'>, name: string): Promise<Float64Array | null> {
  const [, modality] = runningMean.exec(name) ?? []
  if (modality === undefined || !golden.zeroGradient.has(`net.${modality}.norm.bias`)) return null
  const weight = await golden.tensors.floats(`param.head.${modality}.0.weight`)
  const outputs = golden.tensors.shapes.get(`param.head.${modality}.0.weight`)?.[0] ?? 1
  const inputs = weight.length / outputs
  // The forward pass of a step sees the steps before it.
  const seen = [0, ...reachesOf(golden).slice(0, -1)].reduce((mean, reach) => mean + momentum * (reach - mean), 0)
  return Float64Array.from(
    { length: outputs },
    (_, row) => weight.subarray(row * inputs, (row + 1) * inputs).reduce((sum, w) => sum + Math.abs(w), 0) * seen,
  )
}
