/**
 * What an operator is: a shape rule, a list of kernel launches, and a gradient rule written with operators
 * (design: "The GPU engine", section 1). Operators know no model; the graph, plan and executor know no operator.
 */

export type DType = 'f32' | 'f16' | 'u32'

export interface TensorType {
  readonly shape: readonly number[]
  readonly dtype: DType
}

/** A symbolic tensor of a graph. */
export interface Value {
  readonly id: number
  readonly type: TensorType
  /** For a reshaped view: the value whose memory it is. */
  readonly base?: Value
}

/** A kernel's uniform: unsigned integers unless marked with {@link f32}. */
export type Uniform = number | { readonly f32: number }
export const f32 = (value: number): Uniform => ({ f32: value })

/**
 * What a kernel finds at a binding: an input, output or workspace tensor of the node, by position, or a table that the
 * operator worked out on the host from shapes alone. The plan uploads a table once, however many launches name it.
 */
export type Binding =
  | { readonly input: number }
  | { readonly output: number }
  | { readonly workspace: number }
  | { readonly table: Uint32Array<ArrayBuffer> }

/**
 * One dispatch. The shader finds `@group(0) @binding(0) var<uniform>` filled with `uniforms` (4 bytes each, in order)
 * and its storage buffers from `@binding(1)` on, all `read_write` (a dispatch may not read one range of an arena and
 * write another unless both are declared so).
 */
export interface Launch {
  /** WGSL source text, as imported with `?raw`. */
  readonly source: string
  readonly entryPoint: string
  /** Constants for the preprocessor: `#if NAME`, and `const NAME` lines put before the source. */
  readonly constants?: Readonly<Record<string, number | boolean>>
  readonly uniforms: readonly Uniform[]
  readonly bindings: readonly Binding[]
  readonly workgroups: readonly [x: number, y: number, z: number]
  /** Multiply-adds count as two. For the profiler and for cutting submits; an estimate is enough. */
  readonly flops?: number
  /** Read and written, for the profiler. If not given: the size of everything bound. */
  readonly bytes?: number
}

export interface NodeView<A> {
  readonly attributes: A
  readonly inputs: readonly TensorType[]
  readonly outputs: readonly TensorType[]
  readonly workspaces: readonly TensorType[]
}

/** A node as its gradient rule sees it: the same, with the values to build on. */
export interface RecordedNode<A> extends NodeView<A> {
  readonly inputValues: readonly Value[]
  readonly outputValues: readonly Value[]
}

/** What was measured or asked for: variant by `family` or `family/shape class`, and `family:variant` that must not be used. */
export interface VariantChoice {
  readonly table: Readonly<Record<string, string>>
  readonly excluded: readonly string[]
}

/** What a kernel may count on. */
export interface Target {
  readonly kind: 'software' | 'gpu'
  readonly subgroupSizes: readonly [min: number, max: number] | null
  readonly maxWorkgroupsPerDimension: number
  /** Bytes of workgroup memory a kernel may use. */
  readonly workgroupStorage: number
  /** Which kernel variants to use where the fixed table is not to decide. */
  readonly choice: VariantChoice
}

export interface Builder {
  /** Records an operator. @throws whatever its shape rule finds wrong, with the operator's name and the shapes. */
  apply<A>(operator: Operator<A>, inputs: readonly Value[], attributes: A): readonly Value[]
  /** The same memory under another shape of as many elements. */
  reshape(value: Value, shape: readonly number[]): Value
}

export interface Operator<A> {
  readonly name: string
  /** Types of the outputs. Throws, with the shapes in the message, when the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: A): readonly TensorType[]
  /** Temporary tensors that live during this node only. */
  workspace?(inputs: readonly TensorType[], attributes: A, target: Target): readonly TensorType[]
  /**
   * Positions of outputs that the kernels for this target neither write nor, in the gradient, read: they get no memory.
   * For what one kernel variant keeps for its gradient and another does without.
   */
  unwritten?(inputs: readonly TensorType[], attributes: A, target: Target): readonly number[]
  /** Positions of inputs that the operator changes in place (running statistics, optimiser state). */
  readonly mutates?: readonly number[]
  /** Positions of outputs whose last bits matter: they are never stored in float16. */
  readonly exact?: readonly number[]
  launch(node: NodeView<A>, target: Target): readonly Launch[]
  /**
   * Cotangents of the inputs from those of the outputs (null: not needed, or zero). Absent: no gradient passes.
   */
  gradient?(builder: Builder, node: RecordedNode<A>, dOut: readonly (Value | null)[]): readonly (Value | null)[]
}

export const f32Tensor = (...shape: number[]): TensorType => ({ shape, dtype: 'f32' })
export const u32Tensor = (...shape: number[]): TensorType => ({ shape, dtype: 'u32' })
export const elementCount = (type: TensorType): number => type.shape.reduce((a, b) => a * b, 1)
export const byteLength = (type: TensorType): number => elementCount(type) * (type.dtype === 'f16' ? 2 : 4)
export const showShape = (type: TensorType): string => `${type.dtype}[${type.shape.join(', ')}]`

/** Reads one output of {@link Builder.apply}, which for a fitting operator always exists. */
export function only(values: readonly Value[], index = 0): Value {
  const value = values[index]
  if (!value) throw new Error(`The operator has no output ${index}.`)
  return value
}

/** Reads an input type; its absence is a mistake of the caller. */
export function typeAt(types: readonly TensorType[], index: number, operator: string): TensorType {
  const type = types[index]
  if (!type) throw new Error(`${operator}: input ${index} is missing.`)
  return type
}

/** Size of one dimension; negative counts from the end. */
export function dimension(type: TensorType, index: number): number {
  const size = type.shape[index < 0 ? type.shape.length + index : index]
  if (size === undefined) throw new Error(`${showShape(type)} has no dimension ${index}.`)
  return size
}

/**
 * Spreads `count` workgroups over x and y so that neither passes the adapter's limit. The kernel's linear workgroup
 * index is `id.y * groups.x + id.x` (`groups` = `@builtin(num_workgroups)`); it must guard against the surplus.
 */
export function spread(count: number, target: Target): [number, number, number] {
  const max = target.maxWorkgroupsPerDimension
  if (count <= max) return [Math.max(1, count), 1, 1]
  const y = Math.ceil(count / max)
  return [Math.ceil(count / y), y, 1]
}
