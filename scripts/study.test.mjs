import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findChromium, root } from './install.mjs'
import { parseArguments } from './study.mjs'

test('the command line says which question is asked, at which scale, and what is wrong with it', () => {
  const cache = join(root, '.cache', 'study')
  const out = join(root, 'bench')
  assert.deepEqual(parseArguments([]), { compare: 'variants', scale: 'full', seeds: null, jobs: 1, out, cache })
  const { compare, scale } = parseArguments(['--compare=dubs', '--smoke'])
  assert.deepEqual([compare, scale], ['dubs', 'smoke'])
  assert.equal(parseArguments(['--seeds', '2']).seeds, 2)
  assert.throws(() => parseArguments(['--compare', 'nothing']), /there are sampling, objective and dubs/)
  assert.throws(() => parseArguments(['--seeds', '0']), /expected a number from 1/)
  assert.throws(() => parseArguments(['--fast']), /There is no option --fast/)
  assert.throws(() => parseArguments(['--pilot', '--smoke']), /exclude each other/)
  assert.throws(() => parseArguments(['--compare']), /needs a value/)
})

test('a corpus with stems has the sound of one without them, and a chorus the lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dubbook-corpus-'))
  const make = (name, ...options) => {
    const out = join(folder, name)
    const shape = ['--titles', '1', '--seconds', '6', '--languages', 'en,es', '--size', '96x72', '--scene-seconds', '6']
    execFileSync('python3', [join(root, 'scripts', 'make_corpus.py'), out, ...shape, ...options], { stdio: 'pipe' })
    const sound = ['-map', '0:a', '-c', 'copy', '-f', 'streamhash', '-']
    const hashes = execFileSync('ffmpeg', ['-v', 'error', '-i', join(out, 'title00.mp4'), ...sound]).toString()
    const read = (table) => readFileSync(join(out, `${table}.csv`), 'utf8')
    return { files: readdirSync(out), hashes, labels: read('labels'), utterances: read('utterances') }
  }
  try {
    const plain = make('plain')
    const { files, ...withStems } = make('stems', '--background')
    assert.deepEqual(withStems, { hashes: plain.hashes, labels: plain.labels, utterances: plain.utterances })
    assert.deepEqual(files, ['title00.background.wav', ...plain.files].sort())
    const chorus = make('chorus', '--chorus')
    const lines = ({ utterances }) => [
      ...new Set(
        utterances
          .trim()
          .split(/\r?\n/)
          .map((row) => row.split(',')[4]),
      ),
    ]
    assert.deepEqual(lines(chorus), lines(plain))
    assert.notEqual(chorus.hashes, plain.hashes)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Runs the study; kills it, without a chance to tidy up, as soon as it says something. */
function study(args, killAt) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'study.mjs'), ...args], {
    env: { ...process.env, CHROMIUM: findChromium() },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
    if (killAt?.test(stderr)) child.kill('SIGKILL')
  })
  return new Promise((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stderr }))
  })
}

test('a study goes from a corpus to its page, and on after it was killed', async () => {
  const out = mkdtempSync(join(tmpdir(), 'dubbook-study-'))
  const cache = join(out, 'cache')
  try {
    const args = ['--smoke', '--compare', 'sampling', '--out', out, '--cache', cache]
    const killed = await study(args, /naive, seed 1: /)
    assert.equal(existsSync(join(out, 'study-sampling.md')), false, killed.stderr)
    const { exitCode, stderr } = await study(args)
    assert.equal(exitCode, 0, stderr)
    // What was there is not made again.
    assert.doesNotMatch(stderr, /Making a corpus|hierarchical, seed 1/)
    const page = readFileSync(join(out, 'study-sampling.md'), 'utf8')
    for (const row of ['hierarchical', 'naive', 'untrained weights', 'mean log-mels'])
      assert.match(page, new RegExp(`^\\| ${row} +\\| +[\\d.]+ \\[`, 'm'))
    assert.match(page, /hierarchical − naive/)
    assert.match(readFileSync(join(out, 'study-sampling.svg'), 'utf8'), /^<svg .*<\/svg>\n$/s)
  } finally {
    rmSync(out, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
})
