/** Checkpoints come by steps, by seconds, or by what they cost. */
import { expect, it } from 'vitest'
import { CheckpointClock } from './checkpoint-clock'

it('comes after so many steps, counted from where the run went on', () => {
  const clock = new CheckpointClock({ everySteps: 5, everyS: 0 }, 0)
  clock.begin(7)
  expect([clock.isDue(11, 1e6), clock.isDue(12, 0)]).toEqual([false, true])
  clock.note(12, 1, 1)
  expect([clock.isDue(16, 1e6), clock.isDue(17, 1)]).toEqual([false, true])
})

it('comes after so many seconds, steps or no steps', () => {
  const clock = new CheckpointClock({ everySteps: 100, everyS: 3 }, 10)
  expect([clock.isDue(1, 12.9), clock.isDue(1, 13), clock.isDue(100, 10)]).toEqual([false, true, true])
})

it('takes a fiftieth of the time where nothing is set, and leaves a minute at least', () => {
  const clock = new CheckpointClock({ everySteps: 0, everyS: 0 }, 0)
  expect([clock.isDue(1, 59), clock.isDue(1, 60)]).toEqual([false, true])
  clock.note(1, 4, 64)
  expect([clock.isDue(2, 64 + 199), clock.isDue(2, 64 + 200)]).toEqual([false, true])
  expect(clock.summary(400)).toEqual({ count: 1, meanS: 4, share: 0.01 })
})
