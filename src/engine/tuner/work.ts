/** What the tuner times: for every shape class of every family a graph of equal pieces of work of a typical size. */
import { GraphBuilder } from '../../gpu/graph'
import { f32Tensor, type Target } from '../../gpu/operator'
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
  software: { pieces: 2, tokens: 512, width: 96, hidden: 384 },
  gpu: { pieces: 8, tokens: 8192, width: 192, hidden: 768 },
} as const

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

/** Everything that is timed on an adapter of this kind. */
export const tunerWork = ({ kind }: Target): TunerWork[] => [
  products('nt', 'forward', kind),
  products('nn', 'input gradient', kind),
  products('tn', 'weight gradient', kind),
]
