import { expect, test } from 'vitest'
import { randomStream } from '../schema/random'
import { umapPlane } from './umap'

const [perCluster, d] = [15, 8]
const never = new AbortController().signal
/** Three clusters, far apart. */
const clusters = () => {
  const { uniform } = randomStream(1, 0, 0)
  return Float32Array.from({ length: 3 * perCluster * d }, (_, at) => {
    const cluster = Math.floor(at / d / perCluster)
    return uniform() + (at % d === cluster ? 30 : 0)
  })
}
const request = { vectors: clusters(), n: 3 * perCluster, neighbours: 8, minDistance: 0.1, seed: 5 }

test('what lies together comes to lie together, the same for the same seed, in the middle of the plane', async () => {
  const fractions: number[] = []
  const plane = await umapPlane(request, (fraction) => fractions.push(fraction), never)
  expect(plane.length).toBe(2 * request.n)
  expect(fractions.at(-1)).toBe(1)
  const at = (row: number): [number, number] => [plane[2 * row] ?? 0, plane[2 * row + 1] ?? 0]
  for (let row = 0; row < request.n; row++) {
    const [x, y] = at(row)
    const others = Array.from({ length: request.n }, (_, other) => other).filter((other) => other !== row)
    const nearest = others.toSorted(
      (a, b) => Math.hypot(at(a)[0] - x, at(a)[1] - y) - Math.hypot(at(b)[0] - x, at(b)[1] - y),
    )
    expect(Math.floor((nearest[0] ?? 0) / perCluster)).toBe(Math.floor(row / perCluster))
  }
  expect(Math.abs(plane.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-3)
  expect(await umapPlane(request, () => undefined, never)).toEqual(plane)
})

test('a few points have no neighbourhoods, and a stop ends it', async () => {
  await expect(umapPlane({ ...request, n: 3 }, () => undefined, never)).rejects.toThrow(
    /4 points at least; there are 3/,
  )
  const controller = new AbortController()
  const going = umapPlane(request, () => undefined, controller.signal)
  controller.abort(new DOMException('Stopped.', 'AbortError'))
  await expect(going).rejects.toThrow(/Stopped/)
})
