/** One matrix product, C = A B, of m x k and k x n: the operation that everything else consists of. */
import { type Array as JaxArray, jit, numpy } from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs-core'
import type { GpuContext } from '../src/gpu/gpu-context'
import { GraphBuilder } from '../src/gpu/graph'
import { f32Tensor } from '../src/gpu/operator'
import { matrixProduct } from '../src/ops/matmul'
import { type Bench, say } from './bench'
import { type Contender, compare } from './compare'
import { normals, relativeError, requireAgreement } from './numbers'
import { graphContender } from './ours'
import { jaxContender, jaxTensor, openJax } from './peers/jax'
import { openTfjs, tfjsContender } from './peers/tfjs'

const defaultCases = ['512', '1024', '4096x384x96']
const defaultRounds = 9
const tolerance = 1e-5

interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Float32Array<ArrayBuffer>
  readonly b: Float32Array<ArrayBuffer>
}

/** `MxNxK`, or one number for all three. @throws on anything else. */
function sizesOf(name: string): { m: number; n: number; k: number } {
  const [m = 0, n = m, k = m] = name.split('x').map(Number)
  if (!/^\d+(x\d+x\d+)?$/.test(name) || m * n * k === 0)
    throw new Error(`matmul has no case "${name}": cases are M or MxNxK, for instance ${defaultCases.join(', ')}.`)
  return { m, n, k }
}

function ours(context: GpuContext, { m, n, k, a, b }: Product): Promise<Contender> {
  const graph = new GraphBuilder()
  const product = matrixProduct(graph, graph.input('a', f32Tensor(m, k)), graph.input('b', f32Tensor(k, n)), 'nn')
  return graphContender(context, graph, product, { a, b })
}

async function jax({ m, n, k, a, b }: Product): Promise<Contender> {
  await openJax()
  const multiply = jit((x: JaxArray, y: JaxArray) => numpy.matmul(x, y))
  return jaxContender(multiply, [jaxTensor(a, [m, k]), jaxTensor(b, [k, n])])
}

async function tfjs({ m, n, k, a, b }: Product): Promise<Contender> {
  await openTfjs()
  const [left, right] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])]
  return tfjsContender(() => tf.matMul(left, right), [left, right])
}

export const matmul: Bench = async (context, options) => {
  const cases = options.cases.length > 0 ? options.cases : defaultCases
  const rows = []
  for (const name of cases) {
    const { m, n, k } = sizesOf(name)
    say(`matmul ${name}`)
    const product = { m, n, k, a: normals(m * k, 1), b: normals(k * n, 2) }
    const peers = []
    if (options.peers.includes('jax-js')) peers.push(await jax(product))
    if (options.peers.includes('tfjs')) peers.push(await tfjs(product))
    const comparison = {
      bench: 'matmul',
      name,
      context,
      ours: await ours(context, product),
      peers,
      flops: 2 * m * n * k,
      agree: (peer: string, result: ArrayLike<number>, expected: ArrayLike<number>) =>
        requireAgreement(`The product of ${peer}`, relativeError(result, expected), tolerance),
    }
    rows.push(...(await compare(comparison, options.rounds ?? defaultRounds, options.peers)))
  }
  return { rows, notes: [] }
}
