import { afterAll, expect, test } from 'vitest'
import type { TrackEdit } from '../schema/track-edits'
import { alignTitle } from './align-title'
import { closeCorpus, type OpenTitle, openCorpus } from './open-corpus'

const never = new AbortController().signal
const opened: OpenTitle[] = []
afterAll(() => closeCorpus({ titles: opened, problems: [] }))

/** A bundled clip: four languages over one background, 30 s. */
async function clip(edits: readonly TrackEdit[]): Promise<OpenTitle> {
  const file = new File([await (await fetch('/samples/title01.mp4')).blob()], 'title01.mp4')
  const { titles } = await openCorpus([{ path: file.name, file }], 10, () => undefined, never, edits)
  opened.push(...titles)
  const [title] = titles
  if (!title) throw new Error('title01.mp4 did not open.')
  return title
}

test('dubs of a clip that somebody moved are led back to where the file has them, within a tenth of a millisecond', async () => {
  const path = 'title01.mp4'
  const tracks = (await clip([])).source.tracks.filter(({ kind }) => kind === 'audio')
  const offsets = [0, -700, 1234.5, 0]
  const moved = await clip(tracks.map(({ id }, i) => ({ path, track: id, offsetMs: offsets[i] ?? 0 })))
  const shares: number[] = []
  const proposals = await alignTitle(moved, (share) => shares.push(share), never)
  expect(proposals.map(({ language, presentMs }) => [language, presentMs])).toEqual([
    ['es', -700],
    ['fr', 1234.5],
    ['ja', 0],
  ])
  for (const { offsetMs, reliable, agreeing, places } of proposals) {
    expect(Math.abs(offsetMs ?? 9)).toBeLessThan(0.1)
    expect(reliable).toBe(true)
    expect(agreeing).toBe(places)
  }
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(shares.at(-1)).toBe(1)
})

test('it stops when it is asked to', async () => {
  const stop = new AbortController()
  const run = alignTitle(await clip([]), () => stop.abort(), stop.signal)
  await expect(run).rejects.toThrow(/abort/i)
})
