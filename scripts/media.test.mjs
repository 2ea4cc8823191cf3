/** The command line of `npm run media`, and the WAV files it writes. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { root } from './install.mjs'
import { parseArguments } from './media.mjs'
import { createWav } from './wav-writer.mjs'

const clip = join(root, 'public/samples/title00.mp4')
const folder = mkdtempSync(join(tmpdir(), 'dubbook-media-test-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('files and options are read, in any order and in both spellings', () => {
  assert.deepEqual(parseArguments(['--from', '1.5', clip, '--out=results', '--to=2']), {
    files: [clip],
    out: resolve('results'),
    from: 1.5,
    to: 2,
  })
  assert.deepEqual(parseArguments([clip, '--out', 'x']), { files: [clip], out: resolve('x'), from: 0, to: null })
})

const mistakes = [
  ['no file', ['--out', 'x'], /A file and --out are needed/],
  ['no output folder', [clip], /A file and --out are needed/],
  ['a file that is not there', ['nothing.mp4', '--out', 'x'], /nothing\.mp4: there is no such file/],
  ['two files of one name', [clip, clip, '--out', 'x'], /Two files are called title00\.mp4/],
  ['an unknown option', [clip, '--out', 'x', '--fast'], /no option --fast/],
  ['a time that is no number', [clip, '--out', 'x', '--from', 'start'], /expected a number of seconds/],
  ['an end before the start', [clip, '--out', 'x', '--from', '2', '--to', '1'], /--to 1 lies before --from 2/],
]
for (const [name, args, message] of mistakes)
  test(`refuses ${name}`, () => {
    assert.throws(() => parseArguments(args), message)
  })

test('samples that are written come back from ffmpeg', () => {
  const path = join(folder, 'ramp.wav')
  const samples = Float32Array.from({ length: 600 }, (_, i) => i / 300 - 1)
  const wav = createWav(path)
  for (const half of [samples.subarray(0, 300), samples.subarray(300)])
    wav.add(Buffer.from(half.buffer, half.byteOffset, half.byteLength))
  wav.finish(44_100, 2)
  const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'f32le', '-'])
  assert.deepEqual(raw, Buffer.from(samples.buffer))
  const { streams } = JSON.parse(execFileSync('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', path]))
  assert.deepEqual([streams[0].sample_rate, streams[0].channels, streams[0].duration_ts], ['44100', 2, 300])
  assert.equal(readFileSync(path).length % 2, 0)
})
