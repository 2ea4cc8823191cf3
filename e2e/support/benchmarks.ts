/** Small benchmark folders made for a test: sounds whose labels can be heard, laid out as the benchmark lays out its own. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { randomStream } from '../../src/schema/random'

const rate = 48000

/** A WAV file of mono PCM16: tones of the given frequencies (Hz) in a little noise. */
function tones(frequencies: readonly number[], seconds: number, seed: number): Buffer {
  const { uniform } = randomStream(seed, 0, 0)
  const samples = Math.round(seconds * rate)
  const file = Buffer.alloc(44 + 2 * samples)
  file.write('RIFF', 0)
  file.writeUInt32LE(36 + 2 * samples, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(rate, 24)
  file.writeUInt32LE(2 * rate, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36)
  file.writeUInt32LE(2 * samples, 40)
  const phases = frequencies.map(() => 2 * Math.PI * uniform())
  for (let i = 0; i < samples; i++) {
    const wave = frequencies.reduce((sum, f, k) => sum + Math.sin((2 * Math.PI * f * i) / rate + (phases[k] ?? 0)), 0)
    file.writeInt16LE(Math.round(6000 * wave + 300 * (2 * uniform() - 1)), 44 + 2 * i)
  }
  return file
}

/** Frequency of each label. */
const pitches: Readonly<Record<string, number>> = { high: 3000, low: 300, middle: 1000 }

interface Task {
  readonly name: string
  readonly splitMode: 'presplit_kfold' | 'trainvaltest'
  readonly multilabel: boolean
  readonly labels: readonly string[]
  /** Labels of the clips of each split. */
  readonly splits: Readonly<Record<string, readonly (readonly string[])[]>>
}

/** Writes a task folder into `parent`. @returns its name */
function writeTask(parent: string, { name, splitMode, multilabel, labels, splits }: Task): string {
  const folder = `${name}-v1-full`
  const write = (path: string, content: string | Buffer) => {
    const file = join(parent, folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  const metadata = {
    task_name: name,
    version: 'v1',
    mode: 'full',
    embedding_type: 'scene',
    prediction_type: multilabel ? 'multilabel' : 'multiclass',
    split_mode: splitMode,
    nfolds: Object.keys(splits).length,
    splits: Object.keys(splits),
    sample_duration: 1,
    evaluation: multilabel ? ['mAP', 'd_prime', 'aucroc'] : ['top1_acc', 'mAP', 'd_prime', 'aucroc'],
  }
  write('task_metadata.json', JSON.stringify(metadata, null, 2))
  write('labelvocabulary.csv', `idx,label\n${labels.map((label, index) => `${index},${label}\n`).join('')}`)
  let seed = 1
  for (const [split, clips] of Object.entries(splits)) {
    const entries = clips.map((own, index) => [`${split}-${index}.wav`, own] as const)
    write(`${split}.json`, JSON.stringify(Object.fromEntries(entries)))
    for (const [file, own] of entries) {
      const frequencies = own.map((label, index) => (pitches[label] ?? 0) * (1 + 0.03 * ((seed + index) % 5)))
      write(`48000/${split}/${file}`, tones(frequencies, 1, seed++))
    }
  }
  return folder
}

const repeat = <T>(count: number, of: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i))

/** Three folds of 20 clips, each a high or a low tone. */
export const writePitchTask = (parent: string, name = 'pitch'): string =>
  writeTask(parent, {
    name,
    splitMode: 'presplit_kfold',
    multilabel: false,
    labels: ['high', 'low'],
    splits: Object.fromEntries(
      repeat(3, (fold) => [`fold0${fold}`, repeat(20, (index) => [index % 2 === 0 ? 'high' : 'low'])]),
    ),
  })

/** Chords of none to three tones, in train, valid and test. */
export const writeChordTask = (parent: string): string => {
  const labels = Object.keys(pitches)
  const chords = (count: number) => repeat(count, (index) => labels.filter((_, bit) => (index >> bit) % 2 === 1))
  return writeTask(parent, {
    name: 'chords',
    splitMode: 'trainvaltest',
    multilabel: true,
    labels,
    splits: { train: chords(32), valid: chords(16), test: chords(16) },
  })
}

/** LVU split files of one task over the sample clips, two classes, one test clip missing and one of sound only; the clips stand beside them. */
export function writeLvu(parent: string, samples: string): void {
  const rows = { train: [0, 1, 2], val: [3], test: [4, 5, 99] }
  for (const [split, titles] of Object.entries(rows)) {
    const lines = titles.map((title) => `${title % 2} ${['office', 'airport'][title % 2]} ${clipId(title)} tt${title}`)
    const file = join(parent, 'lvu_1.0/scene', `${split}.csv`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `class_id class_name youtube_id imdb_id\n${lines.join('\n')}\n`)
    for (const title of titles.filter((number) => number < 6))
      if (title === 2) writeFileSync(join(parent, `${clipId(title)}.wav`), tones([500], 4, title))
      else copyFileSync(join(samples, `title0${title}.mp4`), join(parent, `${clipId(title)}.mp4`))
  }
}

/** Ids of videos may start with a dash. */
const clipId = (title: number): string => `-clip${title}`

/** The sample clips with labels of our own: a stretch of each, with up to two labels. */
export function writeLabelledClips(folder: string, samples: string): void {
  mkdirSync(folder, { recursive: true })
  const labels = ['rain', 'wind', 'rain|wind', 'wind', 'rain', 'wind|rain']
  const rows = labels.map((label, title) => `title0${title},3,6,${label}`)
  writeFileSync(join(folder, 'labels.csv'), `file,start,end,weather\n${rows.join('\n')}\n`)
  for (const title of labels.keys())
    copyFileSync(join(samples, `title0${title}.mp4`), join(folder, `title0${title}.mp4`))
}
