import { expect, it } from 'vitest'
import { fitLine, plot } from './plot'

const points = [1, 2, 4].map((x) => ({ x, y: 3 + 2 * x }))

it('finds the line that points lie on', () => {
  const { intercept, slope, r2 } = fitLine(points)
  expect([intercept, slope, r2].map((value) => Number(value.toFixed(9)))).toEqual([3, 2, 1])
})

it('draws well-formed SVG with a dot per point', () => {
  const svg = plot([{ title: 'Batch', xLabel: 'clips', yLabel: 'ms', points }])
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml')
  expect(parsed.querySelector('parsererror')).toBeNull()
  expect(parsed.querySelectorAll('circle')).toHaveLength(points.length)
})
