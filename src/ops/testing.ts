/**
 * The one test of all operators: kernel against float64 reference on fresh random numbers, outputs poisoned with NaN
 * first, and gradients against central differences of the reference.
 */
import { describe, expect, it } from 'vitest'
import { GpuContext } from '../gpu/gpu-context'
import { GraphBuilder } from '../gpu/graph'
import {
  elementCount,
  f32Tensor,
  type Operator,
  type RecordedNode,
  type TensorType,
  type VariantChoice,
} from '../gpu/operator'
import { fixedChoice, usableVariants, type VariantFamily } from '../gpu/variants'

export type Reference<A> = (
  inputs: readonly Float64Array[],
  types: readonly TensorType[],
  attributes: A,
) => readonly Float64Array[]

export interface OperatorCase<A> {
  readonly name: string
  readonly attributes: A
  readonly inputs: readonly TensorType[]
  /** Custom numbers for input `index`; by default standard normal, rounded to float32. */
  readonly make?: (index: number, random: () => number) => Float32Array | Uint32Array | null
  /** Relative Frobenius error of the forward pass; 1e-5 unless there is a reason. */
  readonly tolerance?: number
  /** Inputs whose gradient is checked; all float inputs by default. */
  readonly gradientOf?: readonly number[]
  /** Outputs that receive a cotangent; all float outputs by default. */
  readonly cotangentOf?: readonly number[]
}

export interface OperatorTest<A> {
  readonly operator: Operator<A>
  readonly reference: Reference<A>
  readonly cases: readonly OperatorCase<A>[]
  /** Families of kernels behind the operator: every case runs with every variant of each. */
  readonly families?: readonly VariantFamily[]
}

const gradientTolerance = 5e-5
const sampledEntries = 40

let shared: Promise<GpuContext> | undefined
/** One GPU for all tests of a file. */
export const testContext = (): Promise<GpuContext> => {
  shared ??= GpuContext.open()
  return shared
}

/** Uniform in [0, 1): small, seeded, good enough for test data. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export const normals = (count: number, random: () => number): Float32Array =>
  Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))

/** Frobenius norm of the difference over that of `expected` (or `floor`, when that is larger). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-30): number {
  expect(actual.length).toBe(expected.length)
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i] ?? Number.NaN
    difference += ((actual[i] ?? Number.NaN) - e) ** 2
    norm += e ** 2
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), floor)
}

/** Runs a graph once on poisoned memory and returns its outputs. */
export async function runGraph(
  graph: GraphBuilder,
  inputs: Readonly<Record<string, Float32Array | Uint32Array>>,
  choice: VariantChoice = fixedChoice,
): Promise<Map<string, Float32Array>> {
  const context = (await testContext()).withVariants(choice)
  const executable = await context.compile(graph)
  try {
    executable.poison()
    for (const [name, data] of Object.entries(inputs)) executable.write(name, data)
    executable.run()
    const results = new Map<string, Float32Array>()
    for (const name of graph.outputs.keys()) results.set(name, await executable.read(name))
    return results
  } finally {
    executable.destroy()
  }
}

function makeInputs<A>({ inputs, make }: OperatorCase<A>, random: () => number) {
  return inputs.map((type, index) => make?.(index, random) ?? normals(elementCount(type), random))
}

interface Choice {
  readonly label: string
  readonly choice: VariantChoice
  /** Whether this adapter can run it. */
  readonly isUsable: () => Promise<boolean>
}

const choicesOf = (families: readonly VariantFamily[]): Choice[] =>
  families.length === 0
    ? [{ label: '', choice: fixedChoice, isUsable: async () => true }]
    : families.flatMap((family) =>
        family.variants.map(({ name }) => ({
          label: ` (${family.name}: ${name})`,
          choice: { table: { [family.name]: name }, excluded: [] },
          isUsable: async () => usableVariants(family, (await testContext()).gpu.target).includes(name),
        })),
      )

/** Declares the tests of one operator. */
export function testOperator<A>({ operator, reference, cases, families = [] }: OperatorTest<A>): void {
  describe(operator.name, () => {
    for (const { label, choice, isUsable } of choicesOf(families))
      cases.forEach((testCase, caseIndex) => {
        const seed = 1 + caseIndex * 7919 + operator.name.length
        it(`equals its float64 reference: ${testCase.name}${label}`, async (context) => {
          context.skip(!(await isUsable()), 'this adapter cannot run the variant')
          await checkForward(operator, reference, testCase, seed, choice)
        })
        if (operator.gradient && (testCase.gradientOf?.length ?? 1) > 0)
          it(`has the gradient of its reference: ${testCase.name}${label}`, async (context) => {
            context.skip(!(await isUsable()), 'this adapter cannot run the variant')
            await checkGradient(operator, reference, testCase, seed, choice)
          })
      })
  })
}

async function checkForward<A>(
  operator: Operator<A>,
  reference: Reference<A>,
  testCase: OperatorCase<A>,
  seed: number,
  choice: VariantChoice,
): Promise<void> {
  const data = makeInputs(testCase, seededRandom(seed))
  const graph = new GraphBuilder()
  const values = testCase.inputs.map((type, index) => graph.input(`${index}`, type))
  const outputs = graph.apply(operator, values, testCase.attributes)
  const { target } = (await testContext()).withVariants(choice).gpu
  const unwritten = operator.unwritten?.(testCase.inputs, testCase.attributes, target) ?? []
  // A reference gives the outputs, then the changed inputs.
  const compared = [
    ...outputs.map((value, index) => ({ name: `out ${index}`, value, written: !unwritten.includes(index) })),
    ...(operator.mutates ?? []).map((index) => ({ name: `changed ${index}`, value: values[index], written: true })),
  ]
  for (const { name, value, written } of compared) if (value && written) graph.output(name, value)
  const results = await runGraph(graph, Object.fromEntries(data.map((array, index) => [`${index}`, array])), choice)
  const expected = reference(
    data.map((array) => Float64Array.from(array)),
    testCase.inputs,
    testCase.attributes,
  )
  expect(expected.length).toBe(compared.length)
  compared.forEach(({ name, value, written }, index) => {
    const raw = results.get(name)
    if (!written || !value || !raw) return
    const actual = value.type.dtype === 'u32' ? new Uint32Array(raw.buffer) : raw
    const error = relativeError(actual, expected[index] ?? [])
    expect(error, `${name} is off by ${error}`).toBeLessThanOrEqual(testCase.tolerance ?? 1e-5)
  })
}

async function checkGradient<A>(
  operator: Operator<A>,
  reference: Reference<A>,
  testCase: OperatorCase<A>,
  seed: number,
  choice: VariantChoice,
): Promise<void> {
  const random = seededRandom(seed + 1)
  const data = makeInputs(testCase, random)
  const graph = new GraphBuilder()
  const values = testCase.inputs.map((type, index) => graph.input(`${index}`, type))
  const outputs = graph.apply(operator, values, testCase.attributes)
  const withCotangent = outputs.map(
    ({ type }, index) => type.dtype !== 'u32' && (testCase.cotangentOf?.includes(index) ?? true),
  )
  const cotangents = outputs.map(({ type }, index) =>
    withCotangent[index] ? normals(elementCount(type), random) : null,
  )
  const dOut = outputs.map(({ type }, index) => (cotangents[index] ? graph.input(`d${index}`, type) : null))
  const view: RecordedNode<A> = {
    attributes: testCase.attributes,
    inputs: testCase.inputs,
    outputs: outputs.map(({ type }) => type),
    workspaces: [],
    inputValues: values,
    outputValues: outputs,
  }
  const gradients = operator.gradient?.(graph, view, dOut) ?? []
  const checked = (
    testCase.gradientOf ?? testCase.inputs.flatMap((type, index) => (type.dtype === 'f32' ? [index] : []))
  ).map((index) => {
    const value = gradients[index]
    if (!value) throw new Error(`${operator.name} gives no gradient of input ${index}.`)
    expect(value.type.shape, `shape of the gradient of input ${index}`).toEqual(testCase.inputs[index]?.shape)
    graph.output(`gradient ${index}`, value)
    return index
  })
  const given: Record<string, Float32Array | Uint32Array> = {}
  data.forEach((array, index) => {
    given[`${index}`] = array
  })
  cotangents.forEach((array, index) => {
    if (array) given[`d${index}`] = array
  })
  const results = await runGraph(graph, given, choice)
  const exact = data.map((array) => Float64Array.from(array))
  const objective = (): number => {
    const out = reference(exact, testCase.inputs, testCase.attributes)
    let sum = 0
    cotangents.forEach((cotangent, index) => {
      cotangent?.forEach((c, i) => {
        sum += c * (out[index]?.[i] ?? Number.NaN)
      })
    })
    return sum
  }
  for (const index of checked) {
    const input = exact[index]
    const gradient = results.get(`gradient ${index}`)
    if (!input || !gradient) throw new Error(`Input ${index} is missing.`)
    const entries =
      input.length <= sampledEntries
        ? [...input.keys()]
        : Array.from({ length: sampledEntries }, () => Math.floor(random() * input.length))
    const expected = entries.map((entry) => {
      const at = input[entry] ?? 0
      const h = 1e-5 * Math.max(1, Math.abs(at))
      input[entry] = at + h
      const up = objective()
      input[entry] = at - h
      const down = objective()
      input[entry] = at
      return (up - down) / (2 * h)
    })
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0) / gradient.length)
    const floor = 0.01 * norm * Math.sqrt(entries.length)
    const error = relativeError(
      entries.map((entry) => gradient[entry] ?? Number.NaN),
      expected,
      floor,
    )
    expect(error, `gradient of input ${index} is off by ${error}`).toBeLessThanOrEqual(gradientTolerance)
  }
}

/** Shorthand for test shapes. */
export const shape = f32Tensor
