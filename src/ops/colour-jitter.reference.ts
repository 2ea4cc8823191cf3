/** Float64 truth of `colour-jitter.ts`, one adjustment after the other over whole frames. */
import { dimension, typeAt } from '../gpu/operator'
import type { Reference } from './testing'

type Colour = readonly [red: number, green: number, blue: number]

const grey = ([r, g, b]: Colour): number => 0.2989 * r + 0.587 * g + 0.114 * b
const clamp = (value: number): number => Math.min(1, Math.max(0, value))
const blend = ([r, g, b]: Colour, [x, y, z]: Colour, factor: number): Colour => [
  clamp(factor * r + (1 - factor) * x),
  clamp(factor * g + (1 - factor) * y),
  clamp(factor * b + (1 - factor) * z),
]

/** Turns the hue by way of hue (in sixths of a turn), chroma and minimum. */
function turned(colour: Colour, turns: number): Colour {
  const [r, g, b] = colour
  const most = Math.max(...colour)
  const least = Math.min(...colour)
  const chroma = most - least
  if (chroma === 0) return colour
  const sixths = most === r ? (g - b) / chroma : most === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma
  const hue = (((sixths + 6 * turns) % 6) + 6) % 6
  const second = least + chroma * (1 - Math.abs((hue % 2) - 1))
  const sectors: readonly Colour[] = [
    [most, second, least],
    [second, most, least],
    [least, most, second],
    [least, second, most],
    [second, least, most],
    [most, least, second],
  ]
  return sectors[Math.floor(hue)] ?? colour
}

export const colourJitterReference: Reference<null> = ([clips, table], types) => {
  const type = typeAt(types, 0, 'colourJitter')
  const [batch, times] = [dimension(type, 0), dimension(type, 2)]
  const plane = dimension(type, 3) * dimension(type, 4)
  const output = new Float64Array(clips?.length ?? 0)
  for (let clip = 0; clip < batch; clip++) {
    const [brightness = 1, contrast = 1, saturation = 1, hue = 0, isGrey = 0] = table?.subarray(5 * clip) ?? []
    for (let time = 0; time < times; time++) {
      const at = (channel: number, i: number) => ((clip * 3 + channel) * times + time) * plane + i
      const sample = (channel: number, i: number) => clips?.[at(channel, i)] ?? Number.NaN
      const pixels = Array.from({ length: plane }, (_, i): Colour => [sample(0, i), sample(1, i), sample(2, i)])
      const brighter = pixels.map((pixel) => blend(pixel, [0, 0, 0], brightness))
      const mean = brighter.reduce((sum, pixel) => sum + grey(pixel), 0) / plane
      for (const [i, pixel] of brighter.entries()) {
        const contrasted = blend(pixel, [mean, mean, mean], contrast)
        const level = grey(contrasted)
        const coloured = turned(blend(contrasted, [level, level, level], saturation), hue)
        for (const channel of [0, 1, 2] as const)
          output[at(channel, i)] = isGrey === 1 ? grey(coloured) : coloured[channel]
      }
    }
  }
  return [output]
}
