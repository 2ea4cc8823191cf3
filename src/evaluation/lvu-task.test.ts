import { expect, test } from 'vitest'
import { holdsLvu, readLvuTasks } from './lvu-task'

const file = (path: string, text = '') => ({ path, file: new Blob([text]) })
const header = 'class_id class_name youtube_id imdb_id\n'

test('ids that start with a dash, names that are \\N or hold spaces, and missing clips are understood', async () => {
  const files = [
    file('lvu_1.0/writer/train.csv', `${header}0 \\N -abc123 tt0001\n2 Nora Ephron xyz tt0002\n`),
    file('lvu_1.0/writer/val.csv', `${header}2 Nora_Ephron v-1 tt0003\n`),
    file('lvu_1.0/writer/test.csv', `${header}0 \\N --t tt0004\r\n0 \\N gone tt0005\r\n`),
    file('lvu_1.0/like_ratio/train.csv', 'like_count dislike_count youtube_id imdb_id\n5 1 xyz tt0002\n'),
    ...['-abc123.mp4', 'xyz.mkv', 'v-1.webm', '--t.wav'].map((name) => file(`clips/${name}`)),
  ]
  expect(holdsLvu(files)).toBe(true)
  const { tasks, problems } = await readLvuTasks(files)
  const [task, ...more] = tasks
  expect(problems).toEqual([])
  expect(more).toEqual([])
  expect(task?.labels).toEqual(['\\N', '1', 'Nora Ephron'])
  expect(task?.items.map(({ id, split, labels: [label] }) => `${split} ${id} ${label}`)).toEqual([
    'train -abc123 0',
    'train xyz 2',
    'val v-1 2',
    'test --t 0',
  ])
  expect(task?.listed).toEqual({ train: 2, val: 1, test: 2 })
  expect(task?.notes).toEqual(['writer: 1 of 2 clips of test are here.'])
})

const whole = (test: string) => [
  file('scene/train.csv', `${header}0 office a tt1\n`),
  file('scene/val.csv', `${header}1 airport b tt2\n`),
  file('scene/test.csv', header + test),
  ...['a', 'b', 'c'].map((id) => file(`${id}.mp4`)),
]

test('a film in two splits is told', async () => {
  const { tasks } = await readLvuTasks(whole('0 office c tt1\n'))
  expect(tasks[0]?.notes).toEqual([expect.stringContaining('films are in more than one split')])
})

test.each([
  ['a row without ids', whole('0 office\n'), 'scene/test.csv, line 2'],
  ['a split without clips', whole('0 office gone tt3\n'), 'scene: of the 1 clips of test.csv none is here'],
  ['a split file is missing', whole('').slice(0, 2), 'scene/test.csv is missing'],
])('%s: refused', async (_, files, message) => {
  await expect(readLvuTasks(files)).rejects.toThrow(message)
})

test('a task without clips is told and does not keep others from being read; classes of one name are told apart by number', async () => {
  const others = ['train', 'val', 'test'].map((split) => file(`genre/${split}.csv`, `${header}0 Comedy gone tt9\n`))
  const twins = file('scene/test.csv', `${header}2 office c tt3\n`)
  const { tasks, problems } = await readLvuTasks([
    ...whole('').filter(({ path }) => path !== twins.path),
    twins,
    ...others,
  ])
  expect(tasks.map(({ name }) => name)).toEqual(['scene'])
  expect(tasks[0]?.labels).toEqual(['0 office', 'airport', '2 office'])
  expect(problems).toEqual([{ file: 'genre', message: expect.stringContaining('none is here') }])
})

test('other folders are none of its business', () => {
  expect(holdsLvu([file('esc50/train.csv'), file('a.mp4')])).toBe(false)
})
