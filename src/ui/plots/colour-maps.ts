/** Colours for values: `magma` (matplotlib's, by a few of its anchors) for loudness, and a blue-red one for differences. */

type Anchor = readonly [at: number, red: number, green: number, blue: number]

const magmaAnchors: readonly Anchor[] = [
  [0, 0, 0, 4],
  [0.13, 28, 16, 68],
  [0.25, 79, 18, 123],
  [0.38, 129, 37, 129],
  [0.5, 181, 54, 122],
  [0.63, 229, 80, 100],
  [0.75, 251, 135, 97],
  [0.88, 254, 194, 135],
  [1, 252, 253, 191],
]

const differenceAnchors: readonly Anchor[] = [
  [0, 33, 102, 172],
  [0.25, 103, 169, 207],
  [0.5, 247, 247, 247],
  [0.75, 239, 138, 98],
  [1, 178, 24, 43],
]

/** 256 colours, [256, RGB]. */
function table(anchors: readonly Anchor[]): Uint8ClampedArray {
  const colours = new Uint8ClampedArray(256 * 3)
  for (let index = 0; index < 256; index++) {
    const at = index / 255
    const upper = Math.max(
      1,
      anchors.findIndex(([position]) => position >= at),
    )
    const [from, to] = [anchors[upper - 1], anchors[upper]]
    if (!from || !to) continue
    const share = (at - from[0]) / (to[0] - from[0])
    for (const channel of [1, 2, 3] as const)
      colours[index * 3 + channel - 1] = from[channel] + share * (to[channel] - from[channel])
  }
  return colours
}

export const colourMaps = { magma: table(magmaAnchors), difference: table(differenceAnchors) } as const
export type ColourMap = keyof typeof colourMaps

/** For a CSS background: the map from left to right. */
export function gradientOf(map: ColourMap): string {
  const stops = Array.from({ length: 9 }, (_, index) => {
    const at = Math.round((index / 8) * 255) * 3
    return `rgb(${[...colourMaps[map].subarray(at, at + 3)].join(' ')})`
  })
  return `linear-gradient(90deg, ${stops.join(', ')})`
}
