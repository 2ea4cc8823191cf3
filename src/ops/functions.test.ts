/** The functions of `shaders/common/` against float64 over their range: WGSL's own are too loose for our goldens. */
import { expect, it } from 'vitest'
import { GraphBuilder } from '../gpu/graph'
import { elementCount, f32Tensor, type Operator, only, typeAt } from '../gpu/operator'
import { randomBits } from './drop-path.reference'
import { threads } from './elements'
import { erf } from './erf.reference'
import { runGraph, shape } from './testing'

const kernel = (imported: string, expression: string) => `
#import "common/element.wgsl"
#import "common/thread.wgsl"
#import "common/${imported}.wgsl"
struct Sizes { count: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;
@compute @workgroup_size(64)
fn evaluate(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = linear_thread(group, groups, local);
  if (i >= sizes.count) { return; }
  y[i] = ${expression};
}
`

const evaluator = (imported: string, expression: string, VEC4: boolean): Operator<null> => ({
  name: imported,
  infer: (inputs) => [f32Tensor(...typeAt(inputs, 0, imported).shape)],
  launch({ inputs }, target) {
    const count = elementCount(typeAt(inputs, 0, imported)) / (VEC4 ? 4 : 1)
    return [
      {
        source: kernel(imported, expression),
        entryPoint: 'evaluate',
        constants: { VEC4 },
        uniforms: [count],
        bindings: [{ input: 0 }, { output: 0 }],
        workgroups: threads(count, target),
      },
    ]
  },
})

/** Largest error relative to max(|exact|, floor). */
async function worst(
  operator: Operator<null>,
  x: Float32Array,
  exact: (x: number) => number,
  floor = 1e-35,
): Promise<number> {
  const graph = new GraphBuilder()
  graph.output('y', only(graph.apply(operator, [graph.input('x', shape(x.length))], null)))
  const y = (await runGraph(graph, { x })).get('y')
  return x.reduce((largest, v, i) => {
    const wanted = exact(v)
    const error = Math.abs((y?.[i] ?? Number.NaN) - wanted) / Math.max(Math.abs(wanted), floor)
    return Math.max(largest, error)
  }, 0)
}

const spaced = (from: number, to: number, count = 40_000) =>
  Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))

for (const VEC4 of [false, true]) {
  const width = VEC4 ? 'four at once' : 'one at a time'
  it(`exp is right to 2e-7 from -87 to 88, ${width}`, async () => {
    expect(await worst(evaluator('exp', 'exact_exp(x[i])', VEC4), spaced(-87, 88), Math.exp)).toBeLessThan(2e-7)
  })
  it(`exp vanishes far below and is 1 at 0, ${width}`, async () => {
    const far = Float32Array.of(-88, -104, -1e4, -3e38, 0, -0, 0, 0)
    expect(await worst(evaluator('exp', 'exact_exp(x[i])', VEC4), far, (x) => (x < -87.3 ? 0 : 1))).toBe(0)
  })
  it(`erf is right to 3e-7 everywhere, ${width}`, async () => {
    const operator = evaluator('erf', 'error_function(x[i]).erf', VEC4)
    expect(await worst(operator, spaced(-6, 6), erf)).toBeLessThan(3e-7)
    expect(await worst(operator, spaced(-1e-3, 1e-3), erf)).toBeLessThan(3e-7)
  })
  it(`the slope that comes with erf is exp(-x^2), ${width}`, async () => {
    const operator = evaluator('erf', 'error_function(x[i]).gauss', VEC4)
    // Rounding x^2 costs x^2 * 6e-8, so the tail is compared against the largest value.
    expect(await worst(operator, spaced(-6, 6), (x) => Math.exp(-x * x), 1)).toBeLessThan(3e-7)
  })
}

it('log is right to 4e-7 over 37 decades, and near 1', async () => {
  const operator = evaluator('log', 'exact_log(x[i])', false)
  const decades = spaced(-37, 38).map((v) => 10 ** v)
  expect(await worst(operator, decades, Math.log)).toBeLessThan(4e-7)
  expect(await worst(operator, spaced(0.9, 1.1), Math.log)).toBeLessThan(4e-7)
})

it('the random hash gives the bits of its definition', async () => {
  // The upper 24 bits are exact in a float.
  const operator = evaluator('random', 'f32(random_bits(u32(x[i]), 4294967295u, 3u, 7u) >> 8u)', false)
  const seeds = Float32Array.from({ length: 1000 }, (_, i) => i * 16001)
  expect(await worst(operator, seeds, (seed) => randomBits(seed, 4294967295, 3, 7) >>> 8, 1)).toBe(0)
})
