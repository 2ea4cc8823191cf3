import { expect, test } from 'vitest'
import { audioWindows, videoWindows } from './windows'

// spec/evaluation.md 1.1 and 2.2, in seconds
const table: [durationS: number, windows: [number, number][]][] = [
  [1, [[0, 1]]],
  [3, [[0, 3]]],
  [
    5,
    [
      [0, 3],
      [2, 5],
    ],
  ],
  [
    6,
    [
      [0, 3],
      [3, 6],
    ],
  ],
  [
    7.4,
    [
      [0, 3],
      [3, 6],
    ],
  ],
  [
    11.26,
    [
      [0, 3],
      [3, 6],
      [6, 9],
      [8.26, 11.26],
    ],
  ],
  [
    18.64,
    [
      [0, 3],
      [3, 6],
      [6, 9],
      [9, 12],
      [12, 15],
      [15, 18],
    ],
  ],
  [
    30,
    [
      [0, 3],
      [3, 6],
      [6, 9],
      [9, 12],
      [12, 15],
      [15, 18],
      [18, 21],
      [21, 24],
      [24, 27],
      [27, 30],
    ],
  ],
]

test.each(table)('sound of %d s has the windows of the specification at every rate', (durationS, windows) => {
  for (const rate of [16000, 44100, 48000]) {
    const samples = Math.round(durationS * rate)
    expect(audioWindows(samples, rate)).toEqual(windows.map((ends) => ends.map((end) => Math.round(end * rate))))
  }
})

test.each(table)('pictures up to %d s have the same windows', (durationS, windows) => {
  const found = videoWindows(durationS)
  expect(found.length).toBe(windows.length)
  for (const [index, [start, end]] of found.entries()) {
    expect(start).toBeCloseTo(windows[index]?.[0] ?? Number.NaN, 9)
    expect(end).toBeCloseTo(windows[index]?.[1] ?? Number.NaN, 9)
  }
})

test('a tail of exactly half a window is dropped, one sample more is kept', () => {
  expect(audioWindows(4.5 * 48000, 48000).length).toBe(1)
  expect(audioWindows(4.5 * 48000 + 1, 48000)).toEqual([
    [0, 144000],
    [72001, 216001],
  ])
  expect(videoWindows(4.5).length).toBe(1)
  expect(videoWindows(4.54)).toEqual([
    [0, 3],
    [4.54 - 3, 4.54],
  ])
})

test('fewer than two samples or frames have no window', () => {
  expect(audioWindows(1, 48000)).toEqual([])
  expect(videoWindows(0)).toEqual([])
})
