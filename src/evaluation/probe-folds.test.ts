import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classesOf, leaveOneTitleOut, type ProbeItem, scoreFolds } from './probe-folds'

const item = (segment: number, title: number, label: number): ProbeItem => ({ segment, title, label })

test('labels become indices in alphabetical order', () => {
  expect(classesOf(['sea', 'rain', 'sea'])).toEqual({ classes: ['rain', 'sea'], indices: [1, 0, 1] })
})

test('every item is tested once, by a probe that saw nothing of its title', () => {
  const anyItems = fc.array(fc.tuple(fc.nat(9), fc.nat(3), fc.nat(2)), { minLength: 2, maxLength: 40 })
  fc.assert(
    fc.property(
      anyItems.map((items) => items.map(([segment, title, label]) => item(segment, title, label))),
      (items) => {
        const titles = new Set(items.map(({ title }) => title))
        fc.pre(titles.size > 1)
        const folds = leaveOneTitleOut(items)
        expect(folds.map(({ title }) => title)).toEqual([...titles].sort())
        expect(folds.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual([...items.keys()])
        for (const { title, train, test } of folds) {
          expect(test.every((position) => items[position]?.title === title)).toBe(true)
          expect(train.every((position) => items[position]?.title !== title)).toBe(true)
          expect(train.length + test.length).toBe(items.length)
        }
      },
    ),
  )
})

test('one title alone cannot be left out', () => {
  expect(() => leaveOneTitleOut([item(0, 4, 0), item(1, 4, 1)])).toThrow(/at least 2 labelled titles; there are 1/)
})

describe('accuracy is counted over segments:', () => {
  const sure = (label: number) => [0, 1].map((k) => (k === label ? 4 : 0))
  const slightly = (label: number) => [0, 1].map((k) => (k === label ? 0.1 : 0))

  test('dubs of a segment are asked together for its scene, the surer one decides', () => {
    const items = [item(0, 0, 1), item(0, 0, 1), item(1, 1, 0), item(1, 1, 0)]
    const logits = Float32Array.from([...sure(1), ...slightly(0), ...sure(1), ...slightly(0)])
    const score = scoreFolds(items, logits, 2)
    expect(score).toMatchObject({ value: 0.5, chance: 0.5, n: 2 })
    expect(score.interval[0]).toBeCloseTo(0.0945, 3)
  })

  test('probabilities are averaged, not logits', () => {
    const items = [item(0, 0, 0), item(0, 0, 0), item(0, 0, 0)]
    // Two moderate votes for class 0 outweigh one extreme logit for class 1.
    expect(scoreFolds(items, Float32Array.from([2, 0, 2, 0, 0, 50]), 2).value).toBe(1)
  })

  test('languages of a segment score the share that is right', () => {
    const items = [item(0, 0, 0), item(0, 0, 1), item(1, 1, 0), item(1, 1, 1)]
    const logits = Float32Array.from([...sure(0), ...sure(0), ...sure(0), ...sure(1)])
    expect(scoreFolds(items, logits, 2)).toMatchObject({ value: 0.75, chance: 0.5, n: 2 })
  })

  test('more dubs change neither the number of segments nor the largest class', () => {
    const scenes = [item(0, 0, 0), item(1, 1, 1), item(2, 1, 1)]
    const dubbed = [...scenes, item(0, 0, 0), item(0, 0, 0), item(0, 0, 0)]
    for (const items of [scenes, dubbed]) {
      const score = scoreFolds(items, Float32Array.from(items.flatMap(({ label }) => sure(label))), 2)
      expect(score).toMatchObject({ value: 1, n: 3 })
      expect(score.chance).toBeCloseTo(2 / 3, 12)
    }
  })

  test('logits of another size are refused', () => {
    expect(() => scoreFolds([item(0, 0, 0)], new Float32Array(3), 2)).toThrow(/need 2 logits, not 3/)
  })
})
