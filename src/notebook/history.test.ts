import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyHistory, type History, remember, stepBack, stepForward } from './history'

test('undo after any edits returns to each document in turn, redo to the last', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 30 }), (documents) => {
      let history: History<number> = emptyHistory
      let present = 0
      for (const [index, next] of documents.entries()) {
        history = remember(history, present, `edit ${index}`, 0)
        present = next
      }
      const seen: number[] = []
      for (let step = stepBack(history, present); step; step = stepBack(history, present)) {
        ;({ history, present } = step)
        seen.push(present)
      }
      expect(seen).toEqual([0, ...documents.slice(0, -1)].reverse())
      for (let step = stepForward(history, present); step; step = stepForward(history, present)) {
        ;({ history, present } = step)
      }
      expect(present).toBe(documents.at(-1))
    }),
  )
})

test('typing one title is one step, typing after a pause is another', () => {
  let history: History<string> = emptyHistory
  history = remember(history, '', 'title', 0)
  history = remember(history, 'a', 'title', 300)
  history = remember(history, 'ab', 'title', 5000)
  expect(history.past).toEqual(['', 'ab'])
})

test('an edit after undo forgets what was undone', () => {
  const undone = stepBack(remember<string>(emptyHistory, 'a', 'x', 0), 'b')
  expect(undone?.history.future).toEqual(['b'])
  expect(remember(undone?.history ?? emptyHistory, 'a', 'y', 0).future).toEqual([])
})
