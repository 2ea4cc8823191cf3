/** What the tuner times: for every shape class of every family a graph of equal pieces of work of a typical size. */
import { differentiate } from '../../gpu/differentiate'
import { GraphBuilder } from '../../gpu/graph'
import { f32Tensor, type Target } from '../../gpu/operator'
import { add } from '../../ops/add'
import { attention } from '../../ops/attention'
import { matrixProduct } from '../../ops/matmul'
import type { MatmulLayout } from '../../ops/matmul-launch'

export interface TunerWork {
  readonly family: string
  /** Empty for a family that has no classes. */
  readonly shapeClass: string
  /** For people: what and how large. */
  readonly label: string
  /** Equal pieces in the graph: browsers round timestamps, and the first launch of a submit waits for others. */
  readonly pieces: number
  /** Of the whole graph. */
  readonly flops: number
  graph(): GraphBuilder
}

/** Tokens of a few clips and the widths of a block's MLP, as a software adapter and as a GPU can digest them. */
const sizes = {
  software: { pieces: 2, tokens: 512, width: 96, hidden: 384, heads: 2, gridQ: [1, 14, 14], gridKv: [1, 14, 14] },
  gpu: { pieces: 8, tokens: 8192, width: 192, hidden: 768, heads: 16, gridQ: [4, 28, 28], gridKv: [4, 14, 14] },
} as const
/** Channels of a head. */
const headWidth = 96

/** Products of one layout between the sides of an MLP. */
function products(layout: MatmulLayout, what: string, kind: Target['kind']): TunerWork {
  const { pieces, tokens, width, hidden } = sizes[kind]
  const shapes = {
    nt: [f32Tensor(tokens, width), f32Tensor(hidden, width)],
    nn: [f32Tensor(tokens, hidden), f32Tensor(hidden, width)],
    tn: [f32Tensor(tokens, hidden), f32Tensor(tokens, width)],
  } as const
  const [left, right] = shapes[layout]
  const [m, n, k] = { nt: [tokens, hidden, width], nn: [tokens, width, hidden], tn: [hidden, width, tokens] }[layout]
  return {
    family: 'matmul',
    shapeClass: layout,
    label: `${what}, ${m} × ${n} × ${k}`,
    pieces,
    flops: 2 * pieces * tokens * width * hidden,
    graph() {
      const graph = new GraphBuilder()
      const [a, b] = [graph.input('a', left), graph.input('b', right)]
      for (let piece = 0; piece < pieces; piece++) graph.output(`${piece}`, matrixProduct(graph, a, b, layout))
      return graph
    },
  }
}

/** Attention with its gradient: what a training step does of it. */
function attentionWork(kind: Target['kind']): TunerWork {
  const { pieces, heads, gridQ, gridKv } = sizes[kind]
  const [queries, keys] = [gridQ, gridKv].map(([t, h, w]) => t * h * w + 1) as [number, number]
  const bias = gridKv[0] + gridKv[1] + gridKv[2]
  return {
    family: 'attention',
    shapeClass: '',
    label: `forward and gradient, ${heads} heads of ${queries} queries × ${keys} keys × ${headWidth}`,
    pieces,
    // Two matrix products on the way there, four on the way back.
    flops: 2 * 6 * pieces * heads * queries * keys * headWidth,
    graph() {
      const graph = new GraphBuilder()
      const input = (name: string, rows: number, columns: number) =>
        graph.input(name, f32Tensor(1, heads, rows, columns))
      const q = input('q', queries, headWidth)
      const given = [q, input('k', keys, headWidth), input('v', keys, headWidth), input('P', queries, bias)]
      const cotangent = input('cotangent', queries, headWidth)
      const attributes = { scale: headWidth ** -0.5, gridQ, gridKv, cls: 1 } as const
      for (let piece = 0; piece < pieces; piece++) {
        const [attended] = graph.apply(attention, given, attributes)
        if (!attended) throw new Error('Attention has no output.')
        const gradients = differentiate(graph, [[attended, cotangent]], given, add)
        for (const [index, gradient] of gradients.entries()) if (gradient) graph.output(`${piece} ${index}`, gradient)
      }
      return graph
    },
  }
}

/** Everything that is timed on an adapter of this kind. */
export const tunerWork = ({ kind }: Target): TunerWork[] => [
  products('nt', 'forward', kind),
  products('nn', 'input gradient', kind),
  products('tn', 'weight gradient', kind),
  attentionWork(kind),
]
