import { expect, test } from 'vitest'
import { alignRate, DelayFinder, enoughConfidence } from './align'
import { background, mixed, speech } from './align.testing'

const windowS = 24

/** Delay of a dub whose background is so much later, with its own speech over it. */
function found(delayS: number, decibels: number, seed = 1) {
  const finder = new DelayFinder(windowS)
  finder.add([
    {
      reference: mixed(background(seed, 0), speech(10 * seed), decibels),
      dub: mixed(background(seed, delayS), speech(10 * seed + 1), decibels),
    },
  ])
  return finder.result()
}

test('a dub with other speech is placed within 0.02 ms where background and speech are equally loud', () => {
  for (const delayS of [-1.7, -0.70003, -0.0004137, 0, 0.0301115, 0.7, 1.2345678, 2.3]) {
    const result = found(delayS, 0)
    expect(Math.abs((result?.delayS ?? 9) - delayS), `${delayS} s`).toBeLessThan(2e-5)
    expect(result?.confidence).toBeGreaterThan(0.8)
    expect(result).toMatchObject({ agreeing: 1, windows: 1 })
  }
})

test('it is placed within 1 ms, and surely, where speech is louder by 10 and by 20 dB', () => {
  for (const decibels of [-10, -20])
    for (const [i, delayS] of [-1.7, -0.35042, 0.7, 2.3].entries()) {
      const result = found(delayS, decibels, i + 2)
      expect(Math.abs((result?.delayS ?? 9) - delayS), `${delayS} s, ${decibels} dB`).toBeLessThan(1e-3)
      expect(result?.confidence, `${delayS} s, ${decibels} dB`).toBeGreaterThan(enoughConfidence)
    }
})

test('a background turned over in phase is found as well', () => {
  const finder = new DelayFinder(windowS)
  const dub = mixed(
    background(3, 0.4).map((sample) => -sample),
    speech(9),
    0,
  )
  finder.add([{ reference: mixed(background(3, 0), speech(8), 0), dub }])
  expect(finder.result()?.delayS).toBeCloseTo(0.4, 5)
})

test('tracks without a common background are told by a low confidence', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const finder = new DelayFinder(windowS)
    const [reference, dub] = [
      mixed(background(seed, 0), speech(seed), 0),
      mixed(background(seed + 50, 0), speech(seed + 50), 0),
    ]
    finder.add([{ reference, dub }])
    expect(finder.result()?.confidence, `${seed}`).toBeLessThan(enoughConfidence)
  }
  expect(found(0.7, -60)?.confidence).toBeLessThan(enoughConfidence)
})

test('windows are counted that agree, and silence counts for nothing', () => {
  const finder = new DelayFinder(10)
  const silence = new Float32Array(10 * alignRate)
  expect(finder.result()).toBeNull()
  finder.add([{ reference: background(1, 0, 10), dub: silence }])
  expect(finder.result()).toBeNull()
  for (const seed of [1, 2, 3]) finder.add([{ reference: background(seed, 0, 10), dub: background(seed, 0.25, 10) }])
  finder.add([{ reference: background(4, 0, 10), dub: background(4, -1, 10) }])
  expect(finder.result()).toMatchObject({ agreeing: 3, windows: 4 })
  expect(finder.result()?.delayS).toBeCloseTo(0.25, 5)
})
