/**
 * The fusing pass: a matrix product whose result one element-wise node reads is replaced, together with that node, by one
 * kernel that stores the final numbers. It runs once over a finished graph, behind differentiation, so that models and
 * gradient rules stay plain. Sums are made in the same order as before: no bit changes.
 */
import { baseOf, type GraphBuilder, type GraphNode, liveNodes } from '../gpu/graph'
import { elementCount, type Operator, only, type Value } from '../gpu/operator'
import { add } from './add'
import { type FusedProductAttributes, fusedProduct } from './fused-product'
import { gelu, geluGradient } from './gelu'
import { linear, type MatmulAttributes, matmul } from './matmul'

type Product = Pick<FusedProductAttributes, 'layout' | 'alpha' | 'bias' | 'flat'>

const is = (node: GraphNode, operator: Operator<never>): boolean => node.operator === operator

/** What kind of product a node is; null for others and for weight gradients, whose long sums are made in parts. */
function productOf(node: GraphNode): Product | null {
  if (is(node, linear)) return { layout: 'nt', alpha: 1, bias: node.inputs.length > 2, flat: true }
  if (!is(node, matmul)) return null
  const { layout, alpha } = node.attributes as MatmulAttributes
  return layout === 'tn' ? null : { layout, alpha, bias: false, flat: false }
}

interface Reader {
  readonly node: GraphNode
  readonly epilogue: FusedProductAttributes['epilogue']
  /** The other operand of the reader, if it has one. */
  readonly operand: Value | null
}

/** How `node` can be the epilogue of the product that computed `value`. */
function epilogueOf(node: GraphNode, value: Value): Reader | null {
  const [left, right] = node.inputs
  if (is(node, gelu)) return { node, epilogue: 'gelu', operand: null }
  const isLeft = left !== undefined && baseOf(left) === value
  const isRight = right !== undefined && baseOf(right) === value
  if (is(node, geluGradient) && isRight && !isLeft && left) return { node, epilogue: 'gelu-gradient', operand: left }
  if (is(node, add) && isLeft !== isRight) {
    const operand = isLeft ? right : left
    if (operand) return { node, epilogue: 'residual', operand }
  }
  return null
}

/**
 * Fuses in place. A product keeps its own result only where GELU follows (its slope needs it); otherwise it must have
 * no reader but the one it is fused with, and be neither an output nor placed.
 */
export function fuse(graph: GraphBuilder): void {
  graph.nodes.splice(0, graph.nodes.length, ...liveNodes(graph))
  const readers = new Map<Value, GraphNode[]>()
  for (const node of graph.nodes)
    for (const value of new Set(node.inputs.map(baseOf))) readers.set(value, [...(readers.get(value) ?? []), node])
  const kept = new Set<Value>([...graph.outputs.values(), ...graph.placements.keys()].map(baseOf))
  const replaced = new Map<GraphNode, GraphNode | null>()
  for (const node of graph.nodes) {
    const product = productOf(node)
    if (!product) continue
    const value = only(node.outputs)
    const all = readers.get(value) ?? []
    const found = all.flatMap((reader) => epilogueOf(reader, value) ?? [])
    const reader = found.find(({ node: { operator } }) => operator === gelu) ?? found[0]
    if (!reader || replaced.has(reader.node)) continue
    if (reader.epilogue !== 'gelu' && (all.length > 1 || kept.has(value))) continue
    const result = reader.epilogue === 'gelu' ? value : only(reader.node.outputs)
    if (elementCount(result.type) !== elementCount(value.type)) continue
    const attributes: FusedProductAttributes = { ...product, epilogue: reader.epilogue, shape: result.type.shape }
    const inputs = reader.operand ? [...node.inputs, reader.operand] : node.inputs
    const outputs = reader.epilogue === 'gelu' ? [value, only(reader.node.outputs)] : [result]
    const fused = { operator: fusedProduct as Operator<unknown>, attributes, inputs, outputs }
    // GELU needs nothing but the product; other epilogues wait for their operand.
    replaced.set(node, reader.epilogue === 'gelu' ? fused : null)
    replaced.set(reader.node, reader.epilogue === 'gelu' ? null : fused)
  }
  const nodes = graph.nodes.flatMap((node) => (replaced.has(node) ? (replaced.get(node) ?? []) : node))
  graph.nodes.splice(0, graph.nodes.length, ...nodes)
}
