/** Records operators on symbolic values: no data, no GPU. The list of nodes is already in topological order. */
import type { Builder, Operator, TensorType, Value } from './operator'
import { elementCount, showShape } from './operator'

export interface GraphNode {
  // Attributes are opaque here: only the operator that made them reads them, so their type is not needed.
  readonly operator: Operator<unknown>
  readonly attributes: unknown
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/** Where a value that no node computes comes from. */
export interface SourceValue {
  readonly value: Value
  readonly name: string
  /** `input`: the plan owns it and the host writes it. `external`: memory given when the plan is compiled. */
  readonly kind: 'input' | 'external'
}

/** The value whose memory a view uses; itself for any other. */
export const baseOf = (value: Value): Value => value.base ?? value

export class GraphBuilder implements Builder {
  readonly nodes: GraphNode[] = []
  readonly sources: SourceValue[] = []
  /** Values the host reads after a run; they are never overwritten within one. */
  readonly outputs = new Map<string, Value>()
  /** Computed values that are written into external memory instead of an arena. */
  readonly placements = new Map<Value, string>()
  private nextId = 0

  private value(type: TensorType): Value {
    return { id: this.nextId++, type }
  }

  private source(kind: SourceValue['kind'], name: string, type: TensorType): Value {
    if (this.sources.some((source) => source.name === name))
      throw new Error(`The graph already has a source "${name}".`)
    const value = this.value(type)
    this.sources.push({ value, name, kind })
    return value
  }

  /** A tensor that the host writes before (or between) runs. */
  input(name: string, type: TensorType): Value {
    return this.source('input', name, type)
  }

  /** A tensor that lives outside the plan: a parameter, running statistics, optimiser state. */
  external(name: string, type: TensorType): Value {
    return this.source('external', name, type)
  }

  apply<A>(operator: Operator<A>, inputs: readonly Value[], attributes: A): readonly Value[] {
    const types = inputs.map((value) => value.type)
    let outputs: readonly TensorType[]
    try {
      outputs = operator.infer(types, attributes)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`${operator.name}(${types.map(showShape).join(', ')}): ${reason}`, { cause: error })
    }
    const values = outputs.map((type) => this.value(type))
    this.nodes.push({ operator: operator as Operator<unknown>, attributes, inputs, outputs: values })
    return values
  }

  reshape(value: Value, shape: readonly number[]): Value {
    const type: TensorType = { shape, dtype: value.type.dtype }
    if (elementCount(type) !== elementCount(value.type))
      throw new Error(`${showShape(value.type)} cannot be seen as [${shape.join(', ')}].`)
    return { id: this.nextId++, type, base: value.base ?? value }
  }

  /** Whether some node computes the value, and nobody has claimed its place yet. */
  isComputed(value: Value): boolean {
    const base = baseOf(value)
    return !this.sources.some((source) => source.value === base) && !this.placements.has(base)
  }

  /** Keeps a value readable after a run. */
  output(name: string, value: Value): void {
    this.outputs.set(name, value)
  }

  /** Has a computed value written into the external memory `name` (gradients, each in its place of one range). */
  place(value: Value, name: string): void {
    const base = baseOf(value)
    if (this.placements.has(base)) throw new Error(`Value ${base.id} is already placed.`)
    this.placements.set(base, name)
  }
}

/** Nodes that some output, placement or in-place change needs, in order. */
export function liveNodes(graph: GraphBuilder): GraphNode[] {
  const needed = new Set<Value>([...graph.outputs.values(), ...graph.placements.keys()].map(baseOf))
  const live: GraphNode[] = []
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]
    if (!node) continue
    const mutates = (node.operator.mutates?.length ?? 0) > 0
    if (!mutates && !node.outputs.some((value) => needed.has(value))) continue
    live.push(node)
    for (const value of node.inputs) needed.add(baseOf(value))
  }
  return live.reverse()
}
