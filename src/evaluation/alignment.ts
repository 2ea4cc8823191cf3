/**
 * Planes of the same points laid on each other, so that from step to step points move instead of the picture flipping:
 * orthogonal Procrustes in two dimensions (Schönemann, Psychometrika 1966), where the best turn has a closed form.
 */

/**
 * Turns, and mirrors where that is closer, a plane [n, 2] about the origin so that the sum of squared distances to the
 * same points of `reference` [n, 2] is as small as it can be. Distances within the plane stay.
 * @throws when both are not of the same points.
 */
export function alignPlane(plane: Float32Array, reference: Float32Array): Float32Array<ArrayBuffer> {
  if (plane.length !== reference.length)
    throw new Error(`A plane of ${plane.length / 2} points cannot be laid on one of ${reference.length / 2}.`)
  // Cross-products of the coordinates: M = planeᵀ reference.
  let [xx, xy, yx, yy] = [0, 0, 0, 0]
  for (let i = 0; i < plane.length; i += 2) {
    // Both hold pairs of coordinates.
    const [x, y] = [plane[i] as number, plane[i + 1] as number]
    const [u, v] = [reference[i] as number, reference[i + 1] as number]
    xx += x * u
    xy += x * v
    yx += y * u
    yy += y * v
  }
  // Of all turns by an angle the best gives hypot(xx + yy, xy - yx), of all mirrorings hypot(xx - yy, xy + yx).
  const turn = Math.hypot(xx + yy, xy - yx)
  const mirror = Math.hypot(xx - yy, xy + yx)
  if (Math.max(turn, mirror) === 0) return Float32Array.from(plane)
  const mirrored = mirror > turn
  const cosine = (mirrored ? xx - yy : xx + yy) / (mirrored ? mirror : turn)
  const sine = (mirrored ? xy + yx : xy - yx) / (mirrored ? mirror : turn)
  const out = new Float32Array(plane.length)
  for (let i = 0; i < plane.length; i += 2) {
    const [x, y] = [plane[i] as number, plane[i + 1] as number]
    const side = mirrored ? -y : y
    out[i] = x * cosine - side * sine
    out[i + 1] = x * sine + side * cosine
  }
  return out
}
