import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from './graph'
import { f32Tensor, type Operator, only, type Target, type Value } from './operator'
import { type ArenaPlace, planMemory } from './plan'
import { fixedChoice } from './variants'

/** Any inputs to one output of a given size, with a workspace of the same size. */
const combine: Operator<number> = {
  name: 'combine',
  infer: (_, size) => [f32Tensor(size)],
  workspace: (_, size) => [f32Tensor(size)],
  launch: () => [],
}

const target: Target = {
  kind: 'gpu',
  subgroupSizes: null,
  maxWorkgroupsPerDimension: 65_535,
  workgroupStorage: 16_384,
  choice: fixedChoice,
}

interface Recipe {
  readonly size: number
  readonly from: readonly number[]
}

function build(recipes: readonly Recipe[]): { graph: GraphBuilder; values: Value[] } {
  const graph = new GraphBuilder()
  const values = [graph.input('x', f32Tensor(4))]
  for (const { size, from } of recipes) {
    const inputs = [...new Set(from.map((index) => values[index % values.length]))].filter(
      (value) => value !== undefined,
    )
    values.push(only(graph.apply(combine, inputs, size)))
  }
  const last = values.at(-1)
  if (last) graph.output('last', last)
  return { graph, values }
}

const recipes = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 2000 }), from: fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }) }),
  { minLength: 1, maxLength: 40 },
)

const overlap = (a: ArenaPlace, b: ArenaPlace) =>
  a.arena === b.arena && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes

describe('planMemory', () => {
  it('never lets two values that live at the same time share bytes', () => {
    fc.assert(
      fc.property(recipes, (list) => {
        const { graph } = build(list)
        const plan = planMemory(graph, 16_384, 16_384, target)
        const lastUse = new Map<Value, number>()
        plan.nodes.forEach(({ node }, step) => {
          for (const value of [...node.inputs, ...node.outputs]) lastUse.set(value, step)
        })
        for (const value of graph.outputs.values()) lastUse.set(value, Number.POSITIVE_INFINITY)
        const alive = new Map<Value, ArenaPlace>()
        plan.nodes.forEach(({ node, workspacePlaces }, step) => {
          for (const value of node.outputs) {
            const place = plan.places.get(value)
            if (place) alive.set(value, place)
          }
          const places = [...alive.values(), ...workspacePlaces]
          places.forEach((a, i) => {
            for (const b of places.slice(i + 1)) expect(overlap(a, b)).toBe(false)
          })
          for (const value of [...alive.keys()]) if ((lastUse.get(value) ?? 0) <= step) alive.delete(value)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('is a function of its graph alone', () => {
    fc.assert(
      fc.property(recipes, (list) => {
        const places = () => [...planMemory(build(list).graph, 2 ** 20, 2 ** 20, target).places.values()]
        expect(places()).toEqual(places())
      }),
      { numRuns: 20 },
    )
  })

  it('reuses the bytes of a chain: two values of it live at a time', () => {
    const { graph } = build(Array.from({ length: 20 }, (_, index) => ({ size: 64, from: [index] })))
    expect(planMemory(graph, 2 ** 20, 2 ** 20, target).arenaBytes).toEqual([3 * 256])
  })

  it('leaves out what no output needs', () => {
    const { graph, values } = build([{ size: 8, from: [0] }])
    graph.apply(combine, values, 99)
    expect(planMemory(graph, 2 ** 20, 2 ** 20, target).nodes).toHaveLength(1)
  })

  it('refuses a tensor over the binding limit, naming it and the remedy', () => {
    const { graph } = build([{ size: 100_000, from: [0] }])
    expect(() => planMemory(graph, 2 ** 20, 2 ** 18, target)).toThrow(/combine f32\[100000\] needs 1 MB.*smaller batch/)
  })

  it('gives no memory to what the kernels of a target do not write', () => {
    const graph = new GraphBuilder()
    const either: Operator<null> = {
      name: 'either',
      infer: () => [f32Tensor(8), f32Tensor(5000)],
      unwritten: (_, __, { kind }) => (kind === 'gpu' ? [1] : []),
      launch: () => [],
    }
    const [result, kept] = graph.apply(either, [graph.input('x', f32Tensor(4))], null)
    if (!result || !kept) throw new Error('two outputs')
    graph.output('result', only(graph.apply(combine, [result, kept], 8)))
    const places = (kind: Target['kind']) => planMemory(graph, 2 ** 20, 2 ** 20, { ...target, kind }).places
    expect(places('gpu').has(kept)).toBe(false)
    expect(places('software').get(kept)?.bytes).toBe(20_224)
  })
})
