/** A training step of a plain vision transformer, exactly the same on all sides: the first losses must agree. */
import { type Bench, say } from './bench'
import { interleave, median, peakSide, rowsOf, type Side } from './rounds'
import { jaxVit } from './vit/jax'
import { lossTolerance, requireSameLosses } from './vit/losses'
import { type VitTrainer, vitFlops, vitNumbers } from './vit/network'
import { ourVit } from './vit/ours'
import { tfjsVit } from './vit/tfjs'

const defaultRounds = 5
/** Steps as a side of the comparison; keeps every loss. */
function trainingSide(name: Side['name'], trainer: VitTrainer): Side & { readonly losses: number[] } {
  const losses: number[] = []
  return {
    name,
    losses,
    async run() {
      losses.push(await trainer.step())
      return undefined
    },
  }
}

export const vit: Bench = async (context, { rounds = defaultRounds, peers }) => {
  const numbers = vitNumbers()
  const pipelinesBefore = context.pipelines.size
  const own = await ourVit(context, numbers)
  const pipelines = context.pipelines.size - pipelinesBefore
  const trainers: [Side['name'], VitTrainer][] = [['ours', own]]
  if (peers.includes('jax-js')) trainers.push(['jax-js', await jaxVit(numbers)])
  if (peers.includes('tfjs')) trainers.push(['tfjs', await tfjsVit(numbers)])
  const sides = trainers.map(([name, trainer]) => trainingSide(name, trainer))
  // The first step compiles; it counts for the losses only.
  for (const side of sides) {
    say(`vit: first step of ${side.name}`)
    await side.run()
  }
  const peak = peers.includes('peak') ? await peakSide(context, vitFlops()) : null
  say(`vit: ${rounds} rounds`)
  const times = await interleave(peak ? [...sides, peak] : sides, rounds)
  const expected = requireSameLosses(sides)

  const notes = [
    `${(vitFlops() / 1e9).toFixed(2)} GFLOP a step, ${own.executable.dispatchCount} dispatches, ${pipelines} pipelines`,
    `losses ${expected.map((loss) => loss.toPrecision(6)).join(', ')}${sides.length > 1 ? `, equal within ${lossTolerance} on all sides` : ''}`,
  ]
  const kernels = await own.executable.profile()
  if (kernels) {
    const sum = kernels.reduce((total, { ms }) => total + ms, 0)
    notes.push(
      `step / sum of its kernels' times (${sum.toFixed(0)} ms): ${(median(times.get('ours') ?? []) / sum).toFixed(2)}`,
      ...kernels.slice(0, 12).map(({ kernel, calls, ms, gigaflops }) => {
        const columns = [`${calls}`.padStart(4), ms.toFixed(1).padStart(8), gigaflops.toFixed(2).padStart(8)]
        return `  ${kernel.padEnd(28)}${columns[0]} calls${columns[1]} ms${columns[2]} GFLOP/s`
      }),
    )
  }
  peak?.close()
  for (const [, trainer] of trainers) trainer.close()
  return { rows: rowsOf('vit', 'step', context.gpu.adapterName, times), notes }
}
