/** Reverse-mode differentiation: walks the graph back once and records gradient operators behind it. */
import { baseOf, type GraphBuilder } from './graph'
import type { Operator, RecordedNode, Value } from './operator'
import { only } from './operator'

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
): (Value | null)[] {
  const recorded = [...graph.nodes]
  const depends = new Set<Value>(parameters.map(baseOf))
  for (const node of recorded)
    if (node.inputs.some((value) => depends.has(baseOf(value)))) for (const value of node.outputs) depends.add(value)

  const cotangents = new Map<Value, Value>()
  const accumulate = (view: Value, viewCotangent: Value) => {
    const value = baseOf(view)
    const cotangent = value === view ? viewCotangent : graph.reshape(viewCotangent, value.type.shape)
    const sum = cotangents.get(value)
    cotangents.set(value, sum ? only(graph.apply(add, [sum, cotangent], null)) : cotangent)
  }
  for (const [value, cotangent] of seeds) accumulate(value, cotangent)

  for (const node of recorded.reverse()) {
    if (!node.operator.gradient || !node.inputs.some((value) => depends.has(baseOf(value)))) continue
    const dOut = node.outputs.map((value) => cotangents.get(value) ?? null)
    if (dOut.every((cotangent) => cotangent === null)) continue
    const view: RecordedNode<unknown> = {
      attributes: node.attributes,
      inputs: node.inputs.map((value) => value.type),
      outputs: node.outputs.map((value) => value.type),
      workspaces: [],
      inputValues: node.inputs,
      outputValues: node.outputs,
    }
    node.operator.gradient(graph, view, dOut).forEach((cotangent, index) => {
      const input = node.inputs[index]
      if (cotangent && input && depends.has(baseOf(input))) accumulate(input, cotangent)
    })
  }
  return parameters.map((parameter) => cotangents.get(baseOf(parameter)) ?? null)
}
