/** One matrix product, C = A B, of m x k and k x n: the operation that everything else consists of. */
import { blockUntilReady, type Array as JaxArray, jit, numpy } from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs-core'
import type { GpuContext } from '../src/gpu/gpu-context'
import { GraphBuilder } from '../src/gpu/graph'
import { f32Tensor } from '../src/gpu/operator'
import { matrixProduct } from '../src/ops/matmul'
import { type Bench, say } from './bench'
import { normals, relativeError, requireAgreement } from './numbers'
import { jaxTensor, openJax } from './peers/jax'
import { computed, openTfjs } from './peers/tfjs'
import { interleave, peakSide, rowsOf, type Side } from './rounds'

const defaultCases = ['512', '1024', '4096x384x96']
const defaultRounds = 9
/** A timing holds as many products as take about this long on our side, so that submitting does not count. */
const wantedMs = 50
const mostRepeats = 50
const tolerance = 1e-5

interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Float32Array<ArrayBuffer>
  readonly b: Float32Array<ArrayBuffer>
}

/** A side with what it computes, all of it, for the comparison before any timing. */
interface ProductSide extends Side {
  result(): Promise<ArrayLike<number>>
  close(): void
}

/** `m x n x k`, or one number for all three. @throws on anything else. */
export function sizesOf(name: string): { m: number; n: number; k: number } {
  const [m = 0, n = m, k = m] = name.split('x').map(Number)
  if (!/^\d+(x\d+x\d+)?$/.test(name) || m * n * k === 0)
    throw new Error(`matmul has no case "${name}": cases are M or MxNxK, for instance ${defaultCases.join(', ')}.`)
  return { m, n, k }
}

async function ours(context: GpuContext, { m, n, k, a, b }: Product, repeats: () => number): Promise<ProductSide> {
  const graph = new GraphBuilder()
  const product = matrixProduct(graph, graph.input('a', f32Tensor(m, k)), graph.input('b', f32Tensor(k, n)), 'nn')
  graph.output('c', product)
  const executable = await context.compile(graph)
  executable.write('a', a)
  executable.write('b', b)
  return {
    name: 'ours',
    async run() {
      for (let i = 0; i < repeats(); i++) executable.run()
      await context.device.queue.onSubmittedWorkDone()
      return undefined
    },
    async result() {
      executable.run()
      return executable.read('c')
    },
    close: () => executable.destroy(),
  }
}

async function jax({ m, n, k, a, b }: Product, repeats: () => number): Promise<ProductSide> {
  await openJax()
  const [left, right] = [jaxTensor(a, [m, k]), jaxTensor(b, [k, n])]
  const multiply = jit((x: JaxArray, y: JaxArray) => numpy.matmul(x, y))
  return {
    name: 'jax-js',
    async run() {
      const products = Array.from({ length: repeats() }, () => multiply(left.ref, right.ref))
      await blockUntilReady(products)
      for (const product of products) product.dispose()
      return undefined
    },
    result: () => multiply(left.ref, right.ref).data(),
    close() {
      for (const owned of [left, right, multiply]) owned.dispose()
    },
  }
}

async function tfjs({ m, n, k, a, b }: Product, repeats: () => number): Promise<ProductSide> {
  await openTfjs()
  const [left, right] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])]
  return {
    name: 'tfjs',
    async run() {
      for (let i = 1; i < repeats(); i++) tf.matMul(left, right).dispose()
      const last = tf.matMul(left, right)
      await computed(last)
      last.dispose()
      return undefined
    },
    async result() {
      const product = tf.matMul(left, right)
      const data = await product.data()
      product.dispose()
      return data
    },
    close: () => tf.dispose([left, right]),
  }
}

export const matmul: Bench = async (context, options) => {
  const { adapterName } = context.gpu
  const cases = options.cases.length > 0 ? options.cases : defaultCases
  const rows = []
  for (const name of cases) {
    const { m, n, k } = sizesOf(name)
    say(`matmul ${name}`)
    const product = { m, n, k, a: normals(m * k, 1), b: normals(k * n, 2) }
    let repeats = 1
    const sides = [await ours(context, product, () => repeats)]
    if (options.peers.includes('jax-js')) sides.push(await jax(product, () => repeats))
    if (options.peers.includes('tfjs')) sides.push(await tfjs(product, () => repeats))
    const [own] = sides
    const expected = (await own?.result()) ?? []
    for (const side of sides) {
      requireAgreement(`The product of ${side.name}`, relativeError(await side.result(), expected), tolerance)
      await side.run()
    }
    const start = performance.now()
    await own?.run()
    repeats = Math.min(mostRepeats, Math.ceil(wantedMs / Math.max(0.1, performance.now() - start)))
    const peak = options.peers.includes('peak') ? await peakSide(context, 2 * m * n * k * repeats) : null
    const times = await interleave(peak ? [...sides, peak] : sides, options.rounds ?? defaultRounds)
    const perProduct = new Map([...times].map(([side, all]) => [side, all.map((ms) => ms / repeats)]))
    rows.push(...rowsOf('matmul', name, adapterName, perProduct))
    for (const side of [...sides, ...(peak ? [peak] : [])]) side.close()
  }
  return { rows, notes: [] }
}
