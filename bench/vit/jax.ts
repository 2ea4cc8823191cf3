/** The plain vision transformer in jax-js: value and gradient in one jitted step, its own attention and normalisation. */
import { type Array as JaxArray, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { jaxTensor, openJax } from '../peers/jax'
import { type VitNumbers, type VitTrainer, vitSize, weightShapes } from './network'

// jax-js takes trees of plain object types only, no interfaces.
type Block = { wq: JaxArray; wp: JaxArray; wf: JaxArray; wg: JaxArray }

const { batch, tokens, width, eps, learningRate } = vitSize
const norm = (h: JaxArray) => nn.standardize(h, -1, { epsilon: eps })

function attend(h: JaxArray, wq: JaxArray): JaxArray {
  const heads = [batch, tokens, 1, width]
  const [q, k, v] = np.split(np.matmul(h, wq), 3, -1).map((part) => part.reshape(heads))
  if (!q || !k || !v) throw new Error('jax-js splits into fewer parts than asked for.')
  return nn.dotProductAttention(q, k, v).reshape([batch, tokens, width])
}

function lossOf(blocks: Block[], x: JaxArray): JaxArray {
  let h = x
  for (const { wq, wp, wf, wg } of blocks) {
    h = h.ref.add(np.matmul(attend(norm(h), wq), wp))
    h = h.ref.add(np.matmul(nn.gelu(np.matmul(norm(h), wf), { approximate: false }), wg))
  }
  return np.square(h.mean(1)).mean()
}

export async function jaxVit(numbers: VitNumbers): Promise<VitTrainer> {
  await openJax()
  const x = jaxTensor(numbers.x, [batch, tokens, width])
  let blocks: Block[] = numbers.blocks.map(({ wq, wp, wf, wg }) => ({
    wq: jaxTensor(wq, [...weightShapes.wq]),
    wp: jaxTensor(wp, [...weightShapes.wp]),
    wf: jaxTensor(wf, [...weightShapes.wf]),
    wg: jaxTensor(wg, [...weightShapes.wg]),
  }))
  const train = jit((weights: Block[], input: JaxArray): [JaxArray, Block[]] => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(weights), input)
    const after = tree.map((w: JaxArray, g: JaxArray) => w.sub(g.mul(learningRate)), weights, gradients)
    return [loss, after as Block[]]
  })
  return {
    async step() {
      const [loss, after] = train(blocks, x.ref)
      blocks = after
      const [value = Number.NaN] = await loss.data()
      return value
    },
    close() {
      x.dispose()
      tree.dispose(blocks)
      train.dispose()
    },
  }
}
