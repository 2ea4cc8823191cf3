import { packTar } from 'modern-tar'
import { describe, expect, it } from 'vitest'
import { type FolderFile, findTaskFolders } from './hear-files'
import { readHearTask } from './hear-task'

const metadata = {
  task_name: 'tones',
  version: 'v1',
  mode: 'full',
  embedding_type: 'scene',
  prediction_type: 'multiclass',
  split_mode: 'presplit_kfold',
  nfolds: 3,
  splits: ['fold00', 'fold01', 'fold02'],
  sample_duration: 1.5,
  evaluation: ['top1_acc', 'mAP'],
}
const folder = 'tones-v1-full'

/** Texts of a whole task folder of three folds with four sounds each, labels 0 and 10 as numbers. */
function taskTexts(changes: Readonly<Record<string, string | null>> = {}, rate = 48000): Map<string, string> {
  const texts = new Map<string, string>([
    ['task_metadata.json', JSON.stringify(metadata, null, 2)],
    ['labelvocabulary.csv', 'idx,label\n0,0\n1,10\n'],
  ])
  for (const split of metadata.splits) {
    const names = Array.from({ length: 4 }, (_, index) => `${split}-${index}.wav`)
    texts.set(
      `${split}.json`,
      JSON.stringify(Object.fromEntries(names.map((name, index) => [name, [index % 2 ? 10 : 0]])), null, 1),
    )
    for (const name of names) texts.set(`${rate}/${split}/${name}`, name)
  }
  for (const [name, text] of Object.entries(changes))
    if (text === null) texts.delete(name)
    else texts.set(name, text)
  return texts
}

const filesOf = (texts: ReadonlyMap<string, string>, parent = ''): FolderFile[] =>
  [...texts].map(([path, text]) => ({ path: `${parent}${folder}/${path}`, file: new Blob([text]) }))

const { signal } = new AbortController()
const readFirst = async (files: readonly FolderFile[]) => {
  const [found] = await findTaskFolders(files, signal)
  if (!found) throw new Error('No task folder was found.')
  return readHearTask(found)
}
const readTask = (texts: ReadonlyMap<string, string>) => readFirst(filesOf(texts))
const withMetadata = (changes: object) =>
  taskTexts({ 'task_metadata.json': JSON.stringify({ ...metadata, ...changes }, null, 2) })

describe('a task folder', () => {
  it('gives every sound with its label, split after split in the order of Python’s shuffle', async () => {
    const task = await readTask(taskTexts())
    expect(task).toMatchObject({ name: 'tones', folder, labels: ['0', '10'], metric: 'top1_acc', sampleRate: 48000 })
    if ('skipped' in task) return
    // random.Random(0) shuffles three lists of four, one after another, to these orders.
    const orders = [
      [2, 0, 1, 3],
      [0, 1, 3, 2],
      [0, 2, 1, 3],
    ]
    expect(task.items.map(({ file }) => file)).toEqual(
      orders.flatMap((order, fold) => order.map((index) => `fold0${fold}-${index}.wav`)),
    )
    for (const { file, labels, sound } of task.items) {
      expect(labels).toEqual([Number(file.at(-5)) % 2])
      expect(await sound.text()).toBe(file)
    }
  })

  it('is found in its parent, beside others, and inside a tar.gz as published', async () => {
    const inParent = await findTaskFolders(
      [...filesOf(taskTexts(), 'hear-2021/tasks/'), ...filesOf(taskTexts())],
      signal,
    )
    expect(inParent.map(({ name }) => name)).toEqual([folder, `${folder}-2`])
    const archiveUnder = async (parent: string) => {
      const entries = [...taskTexts()].map(([path, text]) => ({
        header: { name: `${parent}${path}`, size: text.length, type: 'file' as const },
        body: text,
      }))
      const packed = new Blob([await packTar(entries)]).stream().pipeThrough(new CompressionStream('gzip'))
      return new Response(packed).blob()
    }
    const published = await archiveUnder(`hear-2021/tasks/${folder}/`)
    const unpacked = await readFirst([{ path: 'drop/esc50.tar.gz', file: published }])
    expect(unpacked).toMatchObject({ name: 'tones', folder })
    const bare = await readFirst([{ path: 'drop/esc50.tar.gz', file: await archiveUnder('./') }])
    expect(bare).toMatchObject({ name: 'tones', folder: 'esc50' })
  })

  it('of another rate only is marked as resampled', async () => {
    const task = await readTask(taskTexts({ '48000/fold00/fold00-0.wav': null }, 16000))
    expect(task).toMatchObject({ sampleRate: 16000, notes: [expect.stringContaining('16000 Hz were resampled')] })
  })

  it('of labels with times is skipped with a word', async () => {
    expect(await readTask(withMetadata({ embedding_type: 'event' }))).toEqual({
      skipped: expect.stringContaining(`${folder}: labels with times`),
    })
  })

  it('of train, valid and test has its rows in the order that its metadata gives', async () => {
    const splits = ['test', 'train', 'valid']
    const names = new Map(splits.map((split, index) => [metadata.splits[index] ?? '', split]))
    const texts = [...taskTexts({ 'task_metadata.json': null })].map(
      ([path, text]) =>
        [
          path.replace(
            /^(48000\/)?(fold\d\d)([./])/,
            (_, rate = '', fold = '', end) => `${rate}${names.get(fold)}${end}`,
          ),
          text,
        ] as const,
    )
    const task = await readTask(
      new Map([
        ['task_metadata.json', JSON.stringify({ ...metadata, split_mode: 'trainvaltest', splits, nfolds: null })],
        ...texts,
      ]),
    )
    if ('skipped' in task) throw new Error(task.skipped)
    expect([...new Set(task.items.map(({ split }) => split))]).toEqual(splits)
    expect(task.splits).toEqual([{ train: ['train'], valid: 'valid', test: 'test' }])
  })

  it('with numbers for labels finds them in either notation', async () => {
    const task = await readTask(taskTexts({ 'labelvocabulary.csv': 'idx,label\n0,0.0\n1,10.0\n' }))
    if ('skipped' in task) throw new Error(task.skipped)
    for (const { file, labels } of task.items) expect(labels).toEqual([Number(file.at(-5)) % 2])
  })

  it('of several labels per sound may have sounds without any', async () => {
    const texts = withMetadata({
      prediction_type: 'multilabel',
      evaluation: ['mAP'],
      use_scoring_for_early_stopping: false,
    })
    texts.set('fold01.json', JSON.stringify({ 'fold01-0.wav': [], 'fold01-1.wav': ['0', 10, 10] }))
    const task = await readTask(texts)
    expect(task).toMatchObject({ multilabel: true, metric: 'mAP', stopsByScore: false })
    if ('skipped' in task) return
    const second = task.items.filter(({ split }) => split === 'fold01')
    expect(second.map(({ labels }) => labels.length).sort()).toEqual([0, 2])
  })
})

describe('what is wrong is told with file, key and line:', () => {
  const wrong: [what: string, texts: Map<string, string>, message: string][] = [
    ['a split file is missing', taskTexts({ 'fold01.json': null }), `${folder}/fold01.json is missing.`],
    [
      'the vocabulary is missing',
      taskTexts({ 'labelvocabulary.csv': null }),
      `${folder}/labelvocabulary.csv is missing.`,
    ],
    [
      'the prediction type is unknown',
      withMetadata({ prediction_type: 'regression' }),
      `${folder}/task_metadata.json, key "prediction_type", line 6:`,
    ],
    [
      'a key is missing',
      withMetadata({ evaluation: undefined }),
      `${folder}/task_metadata.json, key "evaluation", line 1: this key is missing`,
    ],
    [
      'a sound whose name is escaped is missing',
      taskTexts({ 'fold02.json': '{\n"fold02-0.wav": ["0"],\n"t\\u00f6ne.wav": ["0"]}' }),
      `${folder}/fold02.json, key "töne.wav", line 3: there is no 48000/fold02/töne.wav.`,
    ],
    [
      'a label twice in the vocabulary',
      taskTexts({ 'labelvocabulary.csv': 'idx,label\n0,10\n1,10\n' }),
      'labelvocabulary.csv: the label "10" is given twice.',
    ],
    [
      'the metric is unknown',
      withMetadata({ evaluation: ['event_onset_200ms_fms'] }),
      `key "evaluation", line 15: the metric "event_onset_200ms_fms" is unknown`,
    ],
    [
      'a label is not in the vocabulary',
      taskTexts({ 'fold02.json': '{\n"fold02-0.wav": ["0"],\n"fold02-1.wav": ["7"]\n}' }),
      `${folder}/fold02.json, key "fold02-1.wav", line 3: the label "7" is not in labelvocabulary.csv.`,
    ],
    [
      'two labels in a multiclass task',
      taskTexts({ 'fold02.json': '{"fold02-0.wav": ["0", "10"]}' }),
      `${folder}/fold02.json, key "fold02-0.wav", line 1: a multiclass task needs one label, not 2.`,
    ],
    [
      'a label that is no list',
      taskTexts({ 'fold02.json': '{\n"fold02-0.wav": "0"}' }),
      `${folder}/fold02.json, key "fold02-0.wav", line 2:`,
    ],
    [
      'a sound is missing',
      taskTexts({ '48000/fold00/fold00-2.wav': null }),
      `${folder}/fold00.json, key "fold00-2.wav", line 8: there is no 48000/fold00/fold00-2.wav.`,
    ],
    ['no JSON', taskTexts({ 'fold00.json': '{' }), `${folder}/fold00.json: `],
    ['a wrong header', taskTexts({ 'labelvocabulary.csv': 'label\n0\n' }), `labelvocabulary.csv, line 1: the header`],
    [
      'a gap in the indices',
      taskTexts({ 'labelvocabulary.csv': 'idx,label\n0,0\n2,10\n' }),
      'indices must count from 0 without gaps',
    ],
    ['two folds only', withMetadata({ splits: ['fold00', 'fold01'] }), 'at least 3, not 2'],
  ]
  it.each(wrong)('%s', async (_, texts, message) => {
    await expect(readTask(texts)).rejects.toThrow(message)
  })

  it('an archive that is none', async () => {
    const files = [{ path: 'esc50.tar.gz', file: new Blob(['no archive']) }]
    await expect(findTaskFolders(files, signal)).rejects.toThrow('esc50.tar.gz cannot be unpacked')
  })
})
