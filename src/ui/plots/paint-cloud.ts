/** Paints a cloud of points into a canvas, at the screen's resolution. */
import { categoryHue } from '../hues'
import { categoryShape, markPath } from './marks'
import type { Placement, PointCloud } from './point-cloud'
import { type Colour, fill, line, makeStamp, type Pixels, readColour, type Stamp, stamp } from './stamps'

/** Beyond this many points marks are small. */
const manyPoints = 2000
const fadedAlpha = 0.16

/** What is kept between two frames of one look and size. */
export class CloudPainter {
  private readonly stamps = new Map<number, Stamp>()
  private readonly surface: Colour
  private readonly lines: Colour
  private image: ImageData | null = null

  /**
   * @param token reads a colour of the theme
   * @param scale device px of a CSS px
   */
  constructor(
    private readonly token: (name: string) => string,
    private readonly scale: number,
    private readonly radius: number,
  ) {
    this.surface = readColour(token('--surface'))
    this.lines = readColour(token('--line-strong'))
  }

  /** Whether a frame of this look can be painted with what is kept. */
  fits(scale: number, radius: number, token: (name: string) => string): boolean {
    return (
      this.scale === scale && this.radius === radius && String(readColour(token('--surface'))) === String(this.surface)
    )
  }

  /**
   * @param places [n, 2] where the points are in this frame
   * @param joined lists of points to be joined
   * @param chosen points to show in full, the others faded; null for all
   */
  paint(
    context: CanvasRenderingContext2D,
    cloud: PointCloud,
    places: Float32Array,
    to: Placement,
    joined: readonly (readonly number[])[],
    chosen: ReadonlySet<number> | null,
  ): void {
    const { width, height } = context.canvas
    if (this.image?.width !== width || this.image.height !== height) this.image = new ImageData(width, height)
    const { image, scale } = this
    const pixels: Pixels = image
    fill(pixels, this.surface)
    // Points come in pairs of coordinates.
    const xOf = (index: number) => ((places[2 * index] as number) * to.scale + to.left) * scale
    const yOf = (index: number) => (to.top - (places[2 * index + 1] as number) * to.scale) * scale
    const lineAlpha = joined.length > manyPoints / 4 ? 0.35 : 1
    for (const members of joined)
      for (let i = 1; i < members.length; i++) {
        const [a, b] = [members[i - 1] as number, members[i] as number]
        const faded = chosen !== null && !(chosen.has(a) && chosen.has(b))
        line(pixels, xOf(a), yOf(a), xOf(b), yOf(b), this.lines, faded ? fadedAlpha : lineAlpha)
      }
    const n = cloud.rows.length
    for (const isChosen of chosen ? [false, true] : [true])
      for (let index = 0; index < n; index++) {
        if (chosen && chosen.has(index) !== isChosen) continue
        const mark = this.stampOf(cloud.categories[index] as number, cloud.hollow[index] === 1)
        stamp(pixels, mark, Math.round(xOf(index) - 0.5), Math.round(yOf(index) - 0.5), isChosen ? 1 : fadedAlpha)
      }
    context.putImageData(image, 0, 0)
  }

  private stampOf(category: number, hollow: boolean): Stamp {
    // Marks and colours come again after 64 categories.
    const key = 2 * (category % 64) + (hollow ? 1 : 0)
    const kept = this.stamps.get(key)
    if (kept) return kept
    const radius = this.radius * this.scale
    const path = new Path2D(markPath(categoryShape(category), radius))
    const hue = this.token(categoryHue(category))
    const surface = this.token('--surface')
    const made = makeStamp(radius * 1.2 + this.scale, (context) => {
      context.fillStyle = hollow ? surface : hue
      context.strokeStyle = hollow ? hue : surface
      context.lineWidth = (hollow ? 1.6 : 0.7) * this.scale
      context.fill(path)
      context.stroke(path)
    })
    this.stamps.set(key, made)
    return made
  }
}

/** Radius of a mark in CSS px. */
export const radiusFor = (points: number): number => (points > manyPoints ? 2.2 : 4.2)
