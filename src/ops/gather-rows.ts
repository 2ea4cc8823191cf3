/** Rows of a table picked by number: the batches of a probe out of all embeddings. */
import source from '../../shaders/probe/gather_rows.wgsl?raw'
import { dimension, elementCount, f32Tensor, type Operator, typeAt } from '../gpu/operator'
import { elementsOf, threads } from './elements'

/** data [items, D], rows u32 [..] -> [.., D]; a number that is no row gives zeros. No gradient. */
export const gatherRows: Operator<null> = {
  name: 'gatherRows',
  infer(inputs) {
    const data = typeAt(inputs, 0, 'gatherRows')
    const rows = typeAt(inputs, 1, 'gatherRows')
    if (data.shape.length !== 2) throw new Error('the data must be [items, D]')
    if (rows.dtype !== 'u32') throw new Error('the rows must be u32')
    return [f32Tensor(...rows.shape, dimension(data, 1))]
  },
  launch({ inputs, outputs }, target) {
    const data = typeAt(inputs, 0, 'gatherRows')
    const size = elementCount(typeAt(outputs, 0, 'gatherRows'))
    const { constants, count } = elementsOf(dimension(data, 1))
    const total = (size / dimension(data, 1)) * count
    return [
      {
        source,
        entryPoint: 'gather_rows',
        constants,
        uniforms: [total, count, dimension(data, 0)],
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: threads(total, target),
        // Of the data only what is picked is read.
        bytes: 8 * size,
      },
    ]
  },
}
