import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomStream } from '../schema/random'
import { alignByPairs, alignPlane } from './alignment'
import { principalPlane } from './pca'

const cloud = (n: number, d: number, seed: number): Float32Array => {
  const { uniform } = randomStream(seed, 0, 99)
  return Float32Array.from({ length: n * d }, (_, at) => (uniform() - 0.5) * (1 + 5 / (1 + (at % d))))
}
const turned = (plane: Float32Array, angle: number, mirrored: boolean) => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  return plane.map((_, at) => {
    const x = plane[at - (at % 2)] ?? 0
    const y = (plane[at - (at % 2) + 1] ?? 0) * (mirrored ? -1 : 1)
    return at % 2 === 0 ? c * x - s * y : s * x + c * y
  })
}
const distance = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0)
const plane = fc.record({ n: fc.integer({ min: 2, max: 30 }), seed: fc.nat() }).map(({ n, seed }) => cloud(n, 2, seed))

describe('a plane laid on another', () => {
  test('comes back from any turn and any mirroring', () => {
    fc.assert(
      fc.property(plane, fc.double({ min: -10, max: 10, noNaN: true }), fc.boolean(), (points, angle, mirrored) => {
        const back = alignPlane(turned(points, angle, mirrored), points)
        expect(distance(back, points)).toBeLessThan(
          1e-10 *
            (1 +
              distance(
                points,
                points.map(() => 0),
              )),
        )
      }),
    )
  })

  test('is as near as no other turn or mirroring is', () => {
    fc.assert(
      fc.property(plane, fc.nat(), (points, seed) => {
        const reference = cloud(points.length / 2, 2, seed)
        const best = distance(alignPlane(points, reference), reference)
        for (let step = 0; step < 360; step++)
          for (const mirrored of [false, true])
            expect(best).toBeLessThanOrEqual(
              distance(turned(points, (step * Math.PI) / 180, mirrored), reference) + 1e-4,
            )
      }),
      { numRuns: 30 },
    )
  })

  test('keeps all distances', () => {
    fc.assert(
      fc.property(plane, fc.nat(), (points, seed) => {
        const moved = alignPlane(points, cloud(points.length / 2, 2, seed))
        const away = (of: Float32Array, i: number) =>
          Math.hypot((of[2 * i] ?? 0) - (of[0] ?? 0), (of[2 * i + 1] ?? 0) - (of[1] ?? 0))
        for (let i = 1; i < points.length / 2; i++)
          expect(Math.abs(away(moved, i) - away(points, i))).toBeLessThan(1e-5)
      }),
    )
  })

  test('moves little when embeddings move little, even where the axes swap', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const [n, d] = [40, 6]
        // Two directions of nearly the same variance: which of them comes first is chance.
        const data = cloud(n, d, seed).map((value, at) =>
          at % d < 2 ? (4 * value) / (1 + 5 / (1 + (at % d))) : value / 50,
        )
        const noise = cloud(n, d, seed + 1)
        const before = principalPlane(data, n, d)
        const after = principalPlane(
          data.map((value, at) => value + 1e-3 * (noise[at] ?? 0)),
          n,
          d,
        )
        const moved = Math.sqrt(distance(alignPlane(after, before), before) / n)
        expect(moved).toBeLessThan(
          0.05 *
            Math.sqrt(
              distance(
                before,
                before.map(() => 0),
              ) / n,
            ),
        )
      }),
    )
  })

  test('comes back by the points that both have, in whatever order, and takes the others along', () => {
    const points = cloud(12, 2, 4)
    const pairs = [7, 2, 9, 4].map((point, at) => [point, at] as const)
    const some = Float32Array.from(pairs.flatMap(([point]) => [...points.subarray(2 * point, 2 * point + 2)]))
    expect(distance(alignByPairs(turned(points, 1.2, true), some, pairs), points)).toBeLessThan(1e-9)
  })

  test('of points that all lie in the middle stays, and needs the same points', () => {
    expect(alignPlane(new Float32Array(6), cloud(3, 2, 1))).toEqual(new Float32Array(6))
    expect(() => alignPlane(new Float32Array(6), new Float32Array(4))).toThrow(/3 points cannot be laid on one of 2/)
  })
})
