/** Rebuilds a `pretraining` golden: whole training steps on one batch, from given parameters. */
import type { Executable } from '../../gpu/executable'
import type { GpuContext } from '../../gpu/gpu-context'
import { TensorStore } from '../../gpu/memory'
import { f32Tensor } from '../../gpu/operator'
import { describeNetwork, modalities, type Network } from '../../models/network'
import { adamHyper } from '../../ops/adam-w'
import { fuse } from '../../ops/fuse'
import { buildTrainingGraph } from '../../pretraining/training-graph'
import { TrainingState } from '../../pretraining/training-state'
import type { Computed } from './computed'
import { type GoldenOf, readGiven } from './golden'

type PretrainingGolden = GoldenOf<'pretraining'>
const lossNames = ['L', 'Lv', 'La', 'total'] as const

/** @throws when the file lacks a tensor or a learning rate, or a tensor has another shape than the configuration says. */
export async function computePretraining(context: GpuContext, golden: PretrainingGolden): Promise<Computed> {
  const { config } = golden
  if (config.adamw.lr.length !== config.steps)
    throw new Error(`The file gives ${config.adamw.lr.length} learning rates for ${config.steps} steps.`)
  const network = describeNetwork(config)
  const made: { destroy(): void }[] = []
  try {
    const state = await TrainingState.create(context, network, 1)
    made.push(state)
    await writeState(golden, network, state)
    const clips = await TensorStore.create(
      context.device,
      'the clips',
      modalities.map((name) => ({ name, type: f32Tensor(2 * config.batch, ...config[name].input) })),
    )
    made.push(clips)
    await writeClips(golden, clips)
    const externals = state.externals()
    for (const modality of modalities) externals.set(modality, clips.range(modality))
    const { batch, temperature, lambdaV, lambdaA } = config
    const objective = { temperature, crossWeight: 1, lambdaV, lambdaA }
    const graph = buildTrainingGraph(network, state.layout, { batch, objective })
    fuse(graph)
    const step = await context.compile(graph, { externals })
    made.push(step)
    const results = await takeSteps(golden, state, step)
    return { read: async (name) => results.get(name) ?? null, destroy: () => {} }
  } finally {
    for (const each of made) each.destroy()
  }
}

async function writeState(golden: PretrainingGolden, network: Network, state: TrainingState): Promise<void> {
  const given = new Map<string, Float32Array>()
  for (const { name, shape, role } of network.tensors) {
    const key = `${role === 'parameter' ? 'param' : 'buffer'}.${name}`
    // Without norms in the heads a file leaves the running statistics out: they start as ever.
    if (role === 'parameter' || golden.tensors.shapes.has(key)) given.set(name, await readGiven(golden, key, shape))
  }
  state.writeTensors(given)
}

async function writeClips(golden: PretrainingGolden, clips: TensorStore): Promise<void> {
  for (const { name, type } of clips.entries) {
    const [views = 0, ...rest] = type.shape
    const both = new Float32Array(type.shape.reduce((a, b) => a * b, 1))
    both.set(await readGiven(golden, `${name}_primary`, [views / 2, ...rest]))
    both.set(await readGiven(golden, `${name}_secondary`, [views / 2, ...rest]), both.length / 2)
    clips.write(name, both)
  }
}

/** Runs all steps; gradients and projections are those of step 0. */
async function takeSteps(
  { config }: PretrainingGolden,
  state: TrainingState,
  step: Executable,
): Promise<Map<string, Float32Array<ArrayBuffer>>> {
  const { lr, betas, eps, weightDecay } = config.adamw
  const [beta1, beta2] = betas
  const results = new Map<string, Float32Array<ArrayBuffer>>()
  const keep = (name: string, data: Float32Array) => results.set(name, Float32Array.from(data))
  const losses: number[] = []
  step.poison()
  step.write('one', Float32Array.of(1))
  for (const [index, learningRate] of lr.entries()) {
    step.write('hyper', adamHyper({ learningRate, beta1, beta2, eps, weightDecay, clipNorm: config.clipNorm ?? 0 }))
    step.write('rng', Uint32Array.of(1, index, 0))
    step.run()
    for (const name of lossNames) losses.push((await step.read(name))[0] ?? Number.NaN)
    if (index > 0) continue
    for (const modality of modalities) keep(`z_${modality}`, await step.read(`z_${modality}`))
    for (const [name, data] of await state.readGradients()) keep(`grad.${name}`, data)
  }
  keep('losses', Float32Array.from(losses))
  const isParameter = new Set(state.layout.parameters.map(({ name }) => name))
  for (const [name, data] of await state.readTensors())
    keep(`${isParameter.has(name) ? 'param' : 'buffer'}_after.${name}`, data)
  return results
}
