import { expect, test } from 'vitest'
import { folderLabels, labelTasks, parseLabels } from './labels'

const titles = [
  { file: 'a.mp4', durationS: 30 },
  { file: 'sub/b.v2.mov', durationS: 20 },
  { file: 'c.mp4', durationS: 10 },
  { file: 'c.mkv', durationS: 10 },
]
const messages = (text: string) => parseLabels(text, titles).problems.map(({ message }) => message)

test('the labels of the sample clips read without a problem and name their tasks', async () => {
  const text = await (await fetch('/samples/labels.csv')).text()
  const clips = Array.from({ length: 6 }, (_, index) => ({ file: `title0${index}.mp4`, durationS: 30 }))
  const { segments, problems } = parseLabels(text, clips)
  expect(problems).toEqual([])
  expect([...segments.keys()]).toEqual(clips.map(({ file }) => file))
  expect(segments.get('title00.mp4')?.[1]).toEqual({ startS: 10, endS: 20, labels: { scene: 'rain', speakers: '3' } })
  expect(labelTasks([...segments.values()].flat())).toEqual(['scene', 'speakers'])
})

test('files go by name or path, with or without extension; the whole title is meant where no times stand', () => {
  const { segments, problems } = parseLabels('file,scene\na,rain\nb.v2,sea\nsub/b.v2.mov,wind\nc.mkv,\n', titles)
  expect(problems).toEqual([])
  expect(segments.get('a.mp4')).toEqual([{ startS: 0, endS: 30, labels: { scene: 'rain' } }])
  expect(segments.get('sub/b.v2.mov')?.map(({ labels }) => labels.scene)).toEqual(['sea', 'wind'])
  expect(segments.get('c.mkv')).toEqual([{ startS: 0, endS: 10, labels: {} }])
})

test('a composed and a decomposed accent name the same file', () => {
  const { segments } = parseLabels('file,scene\ne\u0301t\u00e9,sea\n', [{ file: '\u00e9te\u0301.mp4', durationS: 5 }])
  expect(segments.size).toBe(1)
})

test('a segment ends where its title ends', () => {
  const { segments } = parseLabels('FILE,Start,END,scene\na,20,31,rain\n', titles)
  expect(segments.get('a.mp4')).toEqual([{ startS: 20, endS: 30, labels: { scene: 'rain' } }])
})

test('every wrong row becomes a problem with its line and cause, and the others count', () => {
  const text = [
    'file,start,end,scene',
    'nowhere.mp4,0,1,rain',
    'a.mp4,zero,1,rain',
    'a.mp4,5,5,rain',
    'a.mp4,5,,rain',
    'a.mp4,-1,5,rain',
    'a.mp4,30,40,rain',
    'a.mp4,0,1',
    'c,0,1,rain',
    'a.mp4,0,1,rain',
  ].join('\n')
  const { segments, problems } = parseLabels(text, titles)
  expect([...segments.values()].flat()).toEqual([{ startS: 0, endS: 1, labels: { scene: 'rain' } }])
  expect(problems.every(({ file }) => file === 'labels.csv')).toBe(true)
  expect(problems.map(({ message }) => message)).toEqual([
    'Line 2: no usable clip is called "nowhere.mp4".',
    'Line 3: start "zero" is no time in seconds.',
    'Line 4: end "5" is no time in seconds after start 5.',
    'Line 5: start and end must be given both or not at all.',
    'Line 6: start "-1" is no time in seconds.',
    'Line 7: start 30 lies behind the end of a.mp4 (30.0 s).',
    'Line 8: has 3 fields, the header names 4.',
    'Line 9: "c" may be c.mp4 or c.mkv; write the extension.',
  ])
})

test('a header that cannot be used is one problem', () => {
  expect(messages('')).toEqual(['The table is empty; its first line must name the columns, "file" among them.'])
  expect(messages('clip,scene\na,rain')).toEqual(['Line 1: no column is called "file"; there are: clip, scene.'])
  expect(messages('file,x,x\na,1,2')).toEqual(['Line 1: two columns are called "x".'])
  expect(messages('file,language\na,en')[0]).toMatch(/column "language" is not read/)
  expect(messages('file,scene\na,"rain')).toEqual(['Line 2: a quoted field does not end; close it with ".'])
})

test('a table about other files does not flood the list of problems', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => `x${index},rain`)
  const found = messages(['file,scene', ...rows].join('\n'))
  expect(found.length).toBe(21)
  expect(found.at(-1)).toBe('980 more rows are wrong.')
})

test('a column with one value overall is no task, nor is one without values', () => {
  const { segments } = parseLabels('file,scene,one,none\na,rain,x,\nb.v2,sea,x,\nc.mp4,sea,,\n', titles)
  expect(labelTasks([...segments.values()].flat())).toEqual(['scene'])
})

test('folders beside each other are classes if each has two titles', () => {
  const labelled = (paths: readonly string[]) => {
    const found = folderLabels(paths.map((path) => ({ path, file: path, durationS: 9 })))
    return paths.map((path) =>
      found
        .get(path)
        ?.map(({ labels }) => labels.folder)
        .join(),
    )
  }
  expect(labelled(['d/sea/1.mp4', 'd/sea/x/2.mp4', 'd/rain/1.mp4', 'd/rain/2.mp4'])).toEqual([
    ...['sea', 'sea'],
    ...['rain', 'rain'],
  ])
  const nothing = [undefined, undefined, undefined, undefined]
  expect(labelled(['d/1.mp4', 'd/2.mp4', 'd/3.mp4', 'd/4.mp4'])).toEqual(nothing)
  expect(labelled(['d/sea/1.mp4', 'd/sea/2.mp4', 'd/1.mp4', 'd/2.mp4'])).toEqual(nothing)
  expect(labelled(['d/sea/1.mp4', 'd/sea/2.mp4', 'd/sea/3.mp4', 'd/rain/4.mp4'])).toEqual(nothing)
})
