/** Fusing changes how many kernels run, and not one bit of what they compute. */
import { describe, expect, it } from 'vitest'
import { differentiate } from '../gpu/differentiate'
import { GraphBuilder } from '../gpu/graph'
import { elementCount, f32Tensor, only, type Value } from '../gpu/operator'
import { add } from './add'
import { fuse } from './fuse'
import { gelu } from './gelu'
import { linear, matrixProduct } from './matmul'
import { matmulFamily } from './matmul-launch'
import { normals, runGraph, seededRandom } from './testing'

/** h + W2 gelu(W1 h), as in every block, with all its gradients. */
function mlp(): { graph: GraphBuilder; inputs: Record<string, Float32Array> } {
  const graph = new GraphBuilder()
  const random = seededRandom(5)
  const inputs: Record<string, Float32Array> = {}
  const given = (name: string, ...shape: number[]): Value => {
    const type = f32Tensor(...shape)
    inputs[name] = normals(elementCount(type), random)
    return graph.input(name, type)
  }
  const x = given('x', 2, 35, 12)
  const weights = [given('w1', 20, 12), given('b1', 20), given('w2', 12, 20), given('b2', 12)]
  const [w1 = x, b1 = x, w2 = x, b2 = x] = weights
  const hidden = only(graph.apply(gelu, graph.apply(linear, [x, w1, b1], null), null))
  const y = only(graph.apply(add, [x, only(graph.apply(linear, [hidden, w2, b2], null))], null))
  graph.output('y', y)
  const sources = [x, ...weights]
  differentiate(graph, [[y, given('dy', 2, 35, 12)]], sources, add).forEach((gradient, index) => {
    if (gradient) graph.output(`gradient ${index}`, gradient)
  })
  return { graph, inputs }
}

describe('fuse', () => {
  it.each(matmulFamily.variants)('keeps every bit of a block’s MLP and its gradients ($name)', async ({ name }) => {
    const choice = { table: { [matmulFamily.name]: name }, excluded: [] }
    const plain = mlp()
    const fused = mlp()
    fuse(fused.graph)
    const names = fused.graph.nodes.map(({ operator }) => operator.name)
    // GELU, its slope, and both residual sums, forward and backward.
    expect(plain.graph.nodes.length - names.length).toBe(4)
    expect(names).not.toContain('gelu')
    expect(names).not.toContain('geluGradient')
    const expected = await runGraph(plain.graph, plain.inputs, choice)
    const actual = await runGraph(fused.graph, fused.inputs, choice)
    expect(expected.size).toBe(6)
    for (const [key, data] of expected) expect(actual.get(key), key).toEqual(data)
  })

  it('leaves a product alone that somebody else reads, that is an output, or that is a weight gradient', () => {
    const graph = new GraphBuilder()
    const a = graph.input('a', f32Tensor(2000, 4))
    const b = graph.input('b', f32Tensor(2000, 4))
    const small = graph.input('small', f32Tensor(4, 4))
    const parts = matrixProduct(graph, a, b, 'tn')
    const read = matrixProduct(graph, small, small, 'nn')
    const kept = matrixProduct(graph, small, small, 'nt')
    graph.output('kept', kept)
    const sums = [parts, read, kept].map((value) => only(graph.apply(add, [value, small], null)))
    sums.push(only(graph.apply(gelu, [only(graph.apply(gelu, [read], null))], null)))
    sums.forEach((value, index) => {
      graph.output(`sum ${index}`, value)
    })
    const before = graph.nodes.filter(({ operator }) => operator.name === 'add').length
    fuse(graph)
    expect(graph.nodes.filter(({ operator }) => operator.name === 'add').length).toBe(before)
  })
})
