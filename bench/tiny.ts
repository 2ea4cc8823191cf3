/** One pretraining step of `tiny`, and how its cost grows with the batch, with tokens and with depth. */
import type { GpuContext } from '../src/gpu/gpu-context'
import { describeNetwork, modalities } from '../src/models/network'
import { Trainer } from '../src/pretraining/trainer'
import { gridSize } from '../src/schema/mvit'
import type { Settings } from '../src/schema/notebook'
import { networkConfig } from '../src/schema/presets'
import { completeSettings } from '../src/schema/settings'
import { type Bench, type Row, say } from './bench'
import { normals } from './numbers'
import { fitLine, type Panel, type PlotPoint, plot } from './plot'
import { interleave, median, peakSide, rowsOf, type Side } from './rounds'

const defaultRounds = 3
const batches = [2, 4, 8, 16]
const frames = [2, 4, 8, 16]
const depths = [4, 6, 8, 12]
/** Of the rows, and of the plots that vary something else. */
const usualBatch = 8
const usual: Settings = { preset: 'tiny' }

interface Run {
  readonly trainer: Trainer
  readonly tokens: number
}

async function open(context: GpuContext, batch: number, settings: Settings): Promise<Run> {
  const network = describeNetwork(networkConfig(completeSettings('model', settings)))
  const trainer = await Trainer.create(context, network, {
    batch,
    seed: 1,
    objective: { temperature: 0.1, crossWeight: 1, lambdaV: 0.1, lambdaA: 0.1 },
    schedule: { steps: 1000, learningRate: 1e-4, minLearningRate: 1e-6, warmupShare: 0 },
    weightDecay: 0.05,
    clipNorm: 1,
  })
  for (const [stream, modality] of modalities.entries())
    for (const { buffer, offset, bytes } of trainer.clipsOf(modality))
      context.device.queue.writeBuffer(buffer, offset, normals(bytes / 4, stream))
  return { trainer, tokens: modalities.reduce((sum, name) => sum + gridSize(network.shapes[name].tokenGrid), 0) }
}

/** Steps are numbered, as the learning rate and random numbers depend on them. */
function stepper(trainer: Trainer): () => Promise<undefined> {
  let step = 0
  return async () => {
    await trainer.step(step++)
    return undefined
  }
}

/** A step of B = 8 against the time of its operations at the peak; the latter count nothing twice but recomputation. */
async function usualStep(context: GpuContext, rounds: number, withPeak: boolean) {
  const { trainer } = await open(context, usualBatch, usual)
  const run = stepper(trainer)
  await run()
  const kernels = (await trainer.step(0, true)).kernels ?? []
  const flops = kernels.reduce((sum, { gigaflops, ms }) => sum + gigaflops * ms * 1e6, 0)
  const sides: Side[] = [{ name: 'ours', run }]
  const peak = withPeak && flops > 0 ? await peakSide(context, flops) : null
  if (peak) sides.push(peak)
  const times = await interleave(sides, rounds)
  const ms = median(times.get('ours') ?? [])
  const rows: Row[] = rowsOf('tiny', `B=${usualBatch}`, context.gpu.adapterName, times)
  const sum = kernels.reduce((total, time) => total + time.ms, 0)
  const notes = [
    `${((1000 * usualBatch) / ms).toPrecision(3)} clips/s: B = ${usualBatch}, ${(flops / 1e9).toFixed(1)} GFLOP a step, ${context.pipelines.size} pipelines, compiled in ${(context.pipelines.compileMs / 1000).toFixed(1)} s`,
    ...(sum > 0 ? [`step / sum of its kernels' times (${sum.toFixed(0)} ms): ${(ms / sum).toFixed(2)}`] : []),
  ]
  trainer.destroy()
  peak?.close()
  return { rows, notes }
}

interface Variation {
  readonly x: (run: Run) => number
  readonly batch: number
  readonly settings: Settings
}

async function costs(context: GpuContext, rounds: number, variations: readonly Variation[]): Promise<PlotPoint[]> {
  const points: PlotPoint[] = []
  for (const { x, batch, settings } of variations) {
    const opened = await open(context, batch, settings)
    const run = stepper(opened.trainer)
    await run()
    const times = await interleave([{ name: 'ours', run }], rounds)
    points.push({ x: x(opened), y: median(times.get('ours') ?? []) })
    opened.trainer.destroy()
  }
  return points
}

async function growth(context: GpuContext, rounds: number): Promise<Panel[]> {
  const vary = async (title: string, xLabel: string, variations: Variation[]): Promise<Panel> => {
    say(`tiny: ${title}`)
    return { title, xLabel, yLabel: 'ms per step', points: await costs(context, rounds, variations) }
  }
  return [
    await vary(
      'Batch size',
      'quadruplets',
      batches.map((batch) => ({ x: () => batch, batch, settings: usual })),
    ),
    await vary(
      'Tokens',
      'tokens of picture and sound',
      frames.map((videoFrames) => ({
        x: ({ tokens }) => tokens,
        batch: usualBatch,
        settings: { ...usual, videoFrames },
      })),
    ),
    await vary(
      'Depth',
      'blocks of each backbone',
      depths.map((depth) => ({ x: () => depth, batch: usualBatch, settings: { ...usual, depth, widenAt: '1,3' } })),
    ),
  ]
}

const describeGrowth = ({ title, points }: Panel): string => {
  const { intercept, slope, r2 } = fitLine(points)
  const listed = points.map(({ x, y }) => `${x}: ${y.toFixed(0)}`).join(', ')
  return `${title}: ${listed} ms; ${intercept.toFixed(0)} + ${slope.toPrecision(3)} x, R² ${r2.toFixed(4)}`
}

/** Cases `step` and `growth`; both unless one is asked for. */
export const tiny: Bench = async (context, { rounds = defaultRounds, cases, peers }) => {
  const asked = cases.length > 0 ? cases : ['step', 'growth']
  const unknown = asked.find((name) => !['step', 'growth'].includes(name))
  if (unknown !== undefined) throw new Error(`tiny has no case "${unknown}": cases are step and growth.`)
  say('tiny')
  const step = asked.includes('step')
    ? await usualStep(context, rounds, peers.includes('peak'))
    : { rows: [], notes: [] }
  if (!asked.includes('growth')) return step
  const panels = await growth(context, rounds)
  return {
    rows: step.rows,
    notes: [...step.notes, ...panels.map(describeGrowth)],
    plots: { 'tiny-growth.svg': plot(panels) },
  }
}
