import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { randomStream } from '../../schema/random'
import { CloudPainter, radiusFor } from './paint-cloud'
import { boundsOf, type PointCloud, placement } from './point-cloud'
import { Scatter } from './scatter'
import '../styles/tokens.css'
import '../styles/plots.css'

const points = 20_000
let host: HTMLElement
let root: Root
beforeEach(() => {
  host = document.body.appendChild(document.createElement('div'))
  host.style.width = '900px'
  root = createRoot(host)
})
afterEach(() => {
  root.unmount()
  host.remove()
})

/** A cloud of 40 clusters, and dubs of four languages joined. */
function cloudOf(n: number): { cloud: PointCloud; joined: number[][] } {
  const { uniform } = randomStream(1, 0, 0)
  const places = Float32Array.from({ length: 2 * n }, (_, at) => {
    const cluster = Math.floor(at / 8) % 40
    return Math.cos(cluster * (at % 2 === 0 ? 1 : 2.3)) * 10 + uniform() + uniform() + uniform()
  })
  const cloud = {
    rows: Int32Array.from({ length: n }, (_, i) => i),
    places,
    categories: Uint16Array.from({ length: n }, (_, i) => Math.floor(i / 4) % 40),
    hollow: Uint8Array.from({ length: n }, (_, i) => (i % 5 === 0 ? 1 : 0)),
  }
  return { cloud, joined: Array.from({ length: n / 4 }, (_, i) => [0, 1, 2, 3].map((k) => 4 * i + k)) }
}

const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))

async function show(
  n: number,
  seen: { chosen?: (index: number) => void; lasso?: (found: readonly number[]) => void } = {},
) {
  const { cloud, joined } = cloudOf(n)
  root.render(
    <Scatter
      cloud={cloud}
      joined={joined}
      chosen={null}
      label="Points"
      caption={(index) => `point ${index}`}
      onChoose={seen.chosen ?? (() => undefined)}
      onLasso={seen.lasso ?? (() => undefined)}
    />,
  )
  await expect.poll(() => host.querySelector('canvas')?.width ?? 0).toBeGreaterThan(500)
  await frame()
  await frame()
  return { cloud, canvas: host.querySelector('canvas') as HTMLCanvasElement }
}

/** Sum of the picture's pixels, to tell whether it has changed. */
function picture(canvas: HTMLCanvasElement): string {
  const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray()
  let sum = 0
  for (let i = 0; i < data.length; i += 4) sum = (sum * 31 + (data[i] ?? 0)) >>> 0
  return String(sum)
}

function pointer(canvas: HTMLCanvasElement, type: string, x: number, y: number) {
  const box = canvas.getBoundingClientRect()
  const place = { clientX: box.left + x, clientY: box.top + y, button: 0, pointerId: 1 }
  canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, ...place }))
}

test(`${points} points follow a pointer that drags them, frame by frame`, async () => {
  const { canvas } = await show(points)
  canvas.setPointerCapture = () => undefined
  const before = picture(canvas)
  pointer(canvas, 'pointerdown', 300, 200)
  const times: number[] = []
  let last = await frame()
  for (let i = 1; i <= 60; i++) {
    pointer(canvas, 'pointermove', 300 + 3 * i, 200 + i)
    const now = await frame()
    times.push(now - last)
    last = now
  }
  pointer(canvas, 'pointerup', 480, 260)
  await frame()
  await frame()
  expect(picture(canvas)).not.toBe(before)
  times.sort((a, b) => a - b)
  console.info(
    `${points} points, ${canvas.width} x ${canvas.height} px: a frame takes ${times[30]?.toFixed(1)} ms while panning, ${times[57]?.toFixed(1)} ms at the 95th percentile.`,
  )
})

test(`${points} points at 1600 x 1200 px are painted marks, lines and all; nothing of them lies outside of the picture`, () => {
  const canvas = document.createElement('canvas')
  canvas.width = 1600
  canvas.height = 1200
  const context = canvas.getContext('2d')
  if (!context) throw new Error('There is no canvas to paint on.')
  const { cloud, joined } = cloudOf(points)
  const painter = new CloudPainter((name) => (name === '--surface' ? '#fff' : '#333'), 2, radiusFor(points))
  const size = { width: 800, height: 600 }
  const times = Array.from({ length: 20 }, (_, i) => {
    const to = placement(boundsOf(cloud.places), size, { zoom: 1 + i / 10, x: i / 20, y: 0 })
    const start = performance.now()
    painter.paint(context, cloud, cloud.places, to, joined, null)
    return performance.now() - start
  })
  console.info(`Painting takes ${Math.min(...times).toFixed(1)} ms at best.`)
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  const dark = data.filter((value, at) => at % 4 === 0 && value < 128).length
  expect(dark).toBeGreaterThan(points)
  expect(data.every((value, at) => at % 4 !== 3 || value === 255)).toBe(true)
})

test('keys go from point to point, and Enter chooses one', async () => {
  const chosen: number[] = []
  const { canvas } = await show(40, { chosen: (index) => chosen.push(index) })
  canvas.focus()
  await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowLeft}')
  await expect.poll(() => host.querySelector('[aria-live]')?.textContent).toBe('point 1')
  await userEvent.keyboard('{Enter}')
  expect(chosen).toEqual([1])
})

test('a lasso around everything catches every point, and zooming in catches fewer', async () => {
  const caught: number[] = []
  const { canvas } = await show(40, { lasso: (found) => caught.push(found.length) })
  canvas.setPointerCapture = () => undefined
  const draw = async () => {
    const [w, h] = [canvas.clientWidth, canvas.clientHeight]
    pointer(canvas, 'pointerdown', 1, 1)
    for (const [x, y] of [
      [w - 1, 1],
      [w - 1, h - 1],
      [1, h - 1],
    ] as const) {
      pointer(canvas, 'pointermove', x, y)
      await frame()
    }
    pointer(canvas, 'pointerup', 1, h - 1)
    await frame()
  }
  await userEvent.click(host.querySelectorAll('button')[1] as HTMLButtonElement)
  await draw()
  await userEvent.click(host.querySelector('[aria-label="Zoom in"]') as HTMLButtonElement)
  await draw()
  expect(caught[0]).toBe(40)
  expect(caught[1]).toBeGreaterThan(0)
  expect(caught[1]).toBeLessThan(40)
})
