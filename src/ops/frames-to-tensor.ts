/**
 * Decoded video frames, packed as bytes in their own pixel formats, to the input tensor of a video network: colour
 * matrix, bilinear resize, crop, flip, all frames of a batch in one dispatch (spec/evaluation.md section 1.2).
 */
import source from '../../shaders/frames/to_tensor.wgsl?raw'
import { dimension, elementCount, f32Tensor, type Operator, spread, typeAt } from '../gpu/operator'

export interface FramesToTensorAttributes {
  readonly batch: number
  /** Frames per clip. */
  readonly times: number
  /** Side of the square crop in pixels. */
  readonly size: number
}

/** Numbers per frame of the `table` input; the shader says what they are, `features/frame-table.ts` fills them. */
export const frameTableRow = 32

/** Inputs: bytes u32 [*], table u32 [B * T, 32]. Output [B, 3, T, size, size], red, green and blue from 0 to 1. */
export const framesToTensor: Operator<FramesToTensorAttributes> = {
  name: 'framesToTensor',
  infer(inputs, { batch, times, size }) {
    const table = typeAt(inputs, 1, 'framesToTensor')
    if (dimension(table, 0) !== batch * times || dimension(table, 1) !== frameTableRow)
      throw new Error(`expects a table [${batch * times}, ${frameTableRow}] for ${batch} clips of ${times} frames.`)
    return [f32Tensor(batch, 3, times, size, size)]
  },
  launch({ outputs, attributes: { batch, times, size } }, target) {
    const lanes = Math.ceil(size / 4)
    return [
      {
        source,
        entryPoint: 'frames_to_tensor',
        uniforms: [batch * times, times, size, lanes],
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: spread(Math.ceil((batch * times * size * lanes) / 64), target),
        flops: 60 * elementCount(typeAt(outputs, 0, 'framesToTensor')),
      },
    ]
  },
}
