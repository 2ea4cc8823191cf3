/**
 * Colour changes of training clips on the GPU: brightness, contrast, saturation, hue, grey, one set of factors for all
 * frames of a clip (torchvision's `adjust_brightness` and so on, in a fixed order; `spec/pretraining.md` section 3.2).
 */
import source from '../../shaders/augment/colour.wgsl?raw'
import { dimension, elementCount, f32Tensor, type Operator, spread, typeAt } from '../gpu/operator'
import { requireCount } from './elements'

/** Numbers per clip of the `table` input; the shader says what they are. */
export const colourRow = 5

/** Inputs: clips [B, 3, T, H, W] from 0 to 1, table f32 [B, 5]. Output: changed clips. No gradient passes. */
export const colourJitter: Operator<null> = {
  name: 'colourJitter',
  infer(inputs) {
    const clips = typeAt(inputs, 0, 'colourJitter')
    if (clips.shape.length !== 5 || dimension(clips, 1) !== 3) throw new Error('clips must be [B, 3, T, H, W]')
    requireCount(typeAt(inputs, 1, 'colourJitter'), colourRow * dimension(clips, 0), 'the table of colours')
    return [f32Tensor(...clips.shape)]
  },
  launch({ inputs }, target) {
    const clips = typeAt(inputs, 0, 'colourJitter')
    const frames = dimension(clips, 0) * dimension(clips, 2)
    return [
      {
        source,
        entryPoint: 'change_colours',
        uniforms: [frames, dimension(clips, 2), dimension(clips, 3) * dimension(clips, 4)],
        bindings: [{ input: 0 }, { input: 1 }, { output: 0 }],
        workgroups: spread(frames, target),
        flops: 25 * elementCount(clips),
      },
    ]
  },
}
