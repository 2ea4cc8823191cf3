/** Rebuilds `mel` and `resample` goldens: the audio front end on a given waveform. */
import { melInputs, resampleInputs } from '../../features/audio-tables'
import { resampledLength } from '../../features/resample-kernel'
import type { GpuContext } from '../../gpu/gpu-context'
import { GraphBuilder } from '../../gpu/graph'
import { f32Tensor, only, u32Tensor } from '../../gpu/operator'
import { logMel } from '../../ops/log-mel'
import { resample, resampleRowSize } from '../../ops/resample'
import type { Computed } from './computed'
import { type Golden, type GoldenOf, readGiven } from './golden'

type Inputs = Readonly<Record<string, Float32Array | Uint32Array>>

/** A waveform per row. */
async function readWaveforms(golden: Golden): Promise<{ data: Float32Array; rows: number; samples: number }> {
  const [rows, samples, ...rest] = golden.tensors.shapes.get('input') ?? []
  if (rows === undefined || samples === undefined || rest.length > 0)
    throw new Error('The file gives no input [rows, samples].')
  return { data: await readGiven(golden, 'input', [rows, samples]), rows, samples }
}

/** @throws when the waveform is too short to be mirrored. */
export async function computeMel(context: GpuContext, golden: GoldenOf<'mel'>): Promise<Computed> {
  const { hopLength, nMels } = golden.config
  const { data, rows, samples } = await readWaveforms(golden)
  const { window, twiddles, ranges, weights } = melInputs(nMels)
  const graph = new GraphBuilder()
  const values = [
    graph.input('samples', f32Tensor(rows, samples)),
    graph.input('gains', f32Tensor(rows)),
    graph.input('window', f32Tensor(window.length)),
    graph.input('twiddles', f32Tensor(twiddles.length / 2, 2)),
    graph.input('ranges', u32Tensor(nMels, 3)),
    graph.input('weights', f32Tensor(weights.length)),
  ]
  graph.output('output', only(graph.apply(logMel, values, { hopLength })))
  return outputOf(context, graph, {
    ...{ samples: data, gains: new Float32Array(rows).fill(1) },
    ...{ window, twiddles, ranges, weights },
  })
}

/** @throws when the rates cannot be resampled. */
export async function computeResampled(context: GpuContext, golden: GoldenOf<'resample'>): Promise<Computed> {
  const { from, to } = golden.config
  const { data, rows, samples } = await readWaveforms(golden)
  const signals = Array.from({ length: rows }, () => ({ sampleRate: from, length: samples }))
  const tables = resampleInputs(signals, to)
  const graph = new GraphBuilder()
  const values = [
    graph.input('samples', f32Tensor(rows, samples)),
    graph.input('kernels', f32Tensor(tables.kernels.length)),
    graph.input('firsts', u32Tensor(tables.firsts.length)),
    graph.input('rows', u32Tensor(rows, resampleRowSize)),
  ]
  graph.output('output', only(graph.apply(resample, values, { outputLength: resampledLength(samples, from, to) })))
  return outputOf(context, graph, { samples: data, ...tables })
}

async function outputOf(context: GpuContext, graph: GraphBuilder, inputs: Inputs): Promise<Computed> {
  const executable = await context.compile(graph)
  try {
    executable.poison()
    for (const [name, data] of Object.entries(inputs)) executable.write(name, data)
    executable.run()
    const output = Float32Array.from(await executable.read('output'))
    return { read: async (name) => (name === 'output' ? output : null), destroy: () => {} }
  } finally {
    executable.destroy()
  }
}
