import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundsOf, nearestPoint, placement, pointsInside, wholeView, zoomedAt } from './point-cloud'

const size = { width: 400, height: 300 }
const places = Float32Array.of(0, 0, 10, 0, 10, 5, 0, 5, 5, 2.5)
const whole = placement(boundsOf(places), size, wholeView)
const shown = (index: number, to = whole): [number, number] => [
  (places[2 * index] ?? 0) * to.scale + to.left,
  to.top - (places[2 * index + 1] ?? 0) * to.scale,
]

test('everything is shown, upright, in one scale', () => {
  expect(shown(0)).toEqual([18, expect.closeTo(150 + 91, 6)])
  expect(shown(2)).toEqual([382, expect.closeTo(150 - 91, 6)])
  expect(shown(4)).toEqual([200, 150])
})

test('zooming keeps what is under the pointer where it is', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.6, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 400, noNaN: true }),
      fc.double({ min: 0, max: 300, noNaN: true }),
      (factor, x, y) => {
        const before = placement(boundsOf(places), size, { zoom: 2, x: 0.1, y: -0.2 })
        const after = placement(boundsOf(places), size, zoomedAt({ zoom: 2, x: 0.1, y: -0.2 }, factor, x, y, size))
        const under = [(x - before.left) / before.scale, (before.top - y) / before.scale] as const
        expect(under[0] * after.scale + after.left).toBeCloseTo(x, 6)
        expect(after.top - under[1] * after.scale).toBeCloseTo(y, 6)
      },
    ),
  )
})

test('the nearest point within reach is meant, and none beyond', () => {
  const [x, y] = shown(2)
  expect(nearestPoint(places, whole, x - 5, y + 5, 14)).toBe(2)
  expect(nearestPoint(places, whole, x - 50, y + 50, 14)).toBeNull()
})

test('a line around points holds them and no others, also where it turns back on itself', () => {
  const [[x4, y4], [x2, y2]] = [shown(4), shown(2)]
  const square: [number, number][] = [
    [x4 - 20, y4 - 20],
    [x4 + 20, y4 - 20],
    [x4 + 20, y4 + 20],
    [x4 - 20, y4 + 20],
  ]
  expect(pointsInside(places, whole, square)).toEqual([4])
  expect(pointsInside(places, whole, [...square, ...square])).toEqual([])
  const all: [number, number][] = [
    [0, 0],
    [400, 0],
    [400, 300],
    [0, 300],
  ]
  expect(pointsInside(places, whole, all)).toEqual([0, 1, 2, 3, 4])
  expect(pointsInside(places, whole, [[x2, y2]])).toEqual([])
})

test('no points have a place to be shown in, too', () => {
  const none = placement(boundsOf(new Float32Array(0)), size, wholeView)
  expect(Number.isFinite(none.scale) && Number.isFinite(none.left)).toBe(true)
})
