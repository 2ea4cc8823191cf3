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
  return alignByPairs(
    plane,
    reference,
    Array.from({ length: plane.length / 2 }, (_, point) => [point, point] as const),
  )
}

/** {@link alignPlane} where only some points are the same: pairs of a point of the plane and one of the reference. */
export function alignByPairs(
  plane: Float32Array,
  reference: Float32Array,
  pairs: readonly (readonly [point: number, reference: number])[],
): Float32Array<ArrayBuffer> {
  // Cross-products of the coordinates: M = planeᵀ reference.
  let [xx, xy, yx, yy] = [0, 0, 0, 0]
  for (const [point, other] of pairs) {
    const [x = 0, y = 0] = plane.subarray(2 * point, 2 * point + 2)
    const [u = 0, v = 0] = reference.subarray(2 * other, 2 * other + 2)
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
    // Coordinates come in pairs.
    const [x, y] = [plane[i] as number, plane[i + 1] as number]
    const side = mirrored ? -y : y
    out[i] = x * cosine - side * sine
    out[i + 1] = x * sine + side * cosine
  }
  return out
}
