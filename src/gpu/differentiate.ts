/** Reverse-mode differentiation: walks the graph back once and records gradient operators behind it. */
import { baseOf, type GraphBuilder, type GraphNode } from './graph'
import type { Operator, RecordedNode, Value } from './operator'
import { only } from './operator'

/** Nodes `from` to `to - 1` of a graph, in the order in which they were recorded. */
export interface NodeStretch {
  readonly from: number
  readonly to: number
}

export interface DifferentiateOptions {
  /**
   * Disjoint stretches (the blocks of a network) whose values are not kept for the way back but computed once more from
   * what goes into the stretch: less memory, one more forward pass, the same bits.
   */
  readonly recomputed?: readonly NodeStretch[]
  /** What stands on the way back for a value of the way there, for instance its copy in float16; itself if not given. */
  readonly recall?: (value: Value) => Value
  /** Called for each parameter once its gradient is whole, so that what uses it can stand right behind what makes it. */
  readonly onGradient?: (gradient: Value, parameter: number) => void
}

/**
 * Gradients of sum over seeds of <value, cotangent> with respect to `parameters`. A scalar loss is one seed with
 * cotangent 1; golden files and gradient caching hand in other cotangents.
 * @param add The operator that sums two cotangents; sums are made in the order in which they arise.
 * @returns For each parameter its gradient, or null when the seeds do not depend on it.
 */
export function differentiate(
  graph: GraphBuilder,
  seeds: readonly (readonly [value: Value, cotangent: Value])[],
  parameters: readonly Value[],
  add: Operator<null>,
  { recomputed = [], recall = (value) => value, onGradient }: DifferentiateOptions = {},
): (Value | null)[] {
  const recorded = [...graph.nodes]
  const depends = new Set<Value>(parameters.map(baseOf))
  const dependsOn = (node: GraphNode) => node.inputs.some((value) => depends.has(baseOf(value)))
  for (const node of recorded) if (dependsOn(node)) for (const value of node.outputs) depends.add(value)

  const cotangents = new Map<Value, Value>()
  const accumulate = (view: Value, viewCotangent: Value) => {
    const value = baseOf(view)
    const cotangent = value === view ? viewCotangent : graph.reshape(viewCotangent, value.type.shape)
    const sum = cotangents.get(value)
    cotangents.set(value, sum ? only(graph.apply(add, [sum, cotangent], null)) : cotangent)
  }
  for (const [value, cotangent] of seeds) accumulate(value, cotangent)

  const gradientOf = (parameter: Value): Value | null => cotangents.get(baseOf(parameter)) ?? null
  const finished = finishedAt(recorded, parameters)
  const finish = (index: number) => {
    for (const parameter of finished.get(index) ?? []) {
      const gradient = parameters[parameter] && gradientOf(parameters[parameter])
      if (gradient) onGradient?.(gradient, parameter)
    }
  }
  const stretchAt = new Map(recomputed.flatMap((stretch) => [[stretch.to - 1, stretch] as const]))
  let again = recall
  for (let index = recorded.length - 1; index >= 0; index--) {
    const stretch = stretchAt.get(index)
    if (stretch) again = recompute(graph, recorded.slice(stretch.from, stretch.to), recall)
    const node = recorded[index]
    if (node && dependsOn(node))
      recordGradient(graph, node, cotangents, again, (input, cotangent) => {
        if (depends.has(baseOf(input))) accumulate(input, cotangent)
      })
    finish(index)
  }
  finish(-1)
  return parameters.map(gradientOf)
}

function recordGradient(
  graph: GraphBuilder,
  node: GraphNode,
  cotangents: ReadonlyMap<Value, Value>,
  again: (value: Value) => Value,
  give: (input: Value, cotangent: Value) => void,
): void {
  const dOut = node.outputs.map((value) => cotangents.get(value) ?? null)
  if (!node.operator.gradient || dOut.every((cotangent) => cotangent === null)) return
  const view: RecordedNode<unknown> = {
    attributes: node.attributes,
    inputs: node.inputs.map((value) => value.type),
    outputs: node.outputs.map((value) => value.type),
    workspaces: [],
    inputValues: node.inputs.map(again),
    outputValues: node.outputs.map(again),
  }
  node.operator.gradient(graph, view, dOut).forEach((cotangent, index) => {
    const input = node.inputs[index]
    if (cotangent && input) give(input, cotangent)
  })
}

/** By node: the parameters whose gradient is whole once the walk back has passed it; -1 for those that no node uses. */
function finishedAt(nodes: readonly GraphNode[], parameters: readonly Value[]): Map<number, number[]> {
  const firstUse = new Map<Value, number>()
  nodes.forEach((node, index) => {
    for (const value of node.inputs) if (!firstUse.has(baseOf(value))) firstUse.set(baseOf(value), index)
  })
  const finished = new Map<number, number[]>()
  parameters.forEach((parameter, position) => {
    const index = firstUse.get(baseOf(parameter)) ?? -1
    finished.set(index, [...(finished.get(index) ?? []), position])
  })
  return finished
}

/**
 * Records the nodes once more. @returns Which new value stands for an old one; itself for what the nodes did not make.
 * @throws when a node changes something in place: it must not happen twice.
 */
function recompute(
  graph: GraphBuilder,
  nodes: readonly GraphNode[],
  recall: (value: Value) => Value,
): (value: Value) => Value {
  const twins = new Map<Value, Value>()
  const again = (value: Value): Value => {
    const twin = twins.get(baseOf(value))
    if (!twin) return recall(value)
    return value.base ? graph.reshape(twin, value.type.shape) : twin
  }
  for (const { operator, inputs, outputs, attributes } of nodes) {
    if (operator.mutates?.length) throw new Error(`${operator.name} changes its inputs and cannot be recomputed.`)
    const twinOutputs = graph.apply(operator, inputs.map(again), attributes)
    outputs.forEach((value, index) => {
      twins.set(value, only(twinOutputs, index))
    })
  }
  return again
}
