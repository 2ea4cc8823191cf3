/** The headless runner's command line says what is wrong before anything is started. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseArguments } from './headless.mjs'
import { root } from './install.mjs'

const notebook = join(root, 'public/samples/sample.dubbook.json')
const clips = join(root, 'public/samples')
const empty = mkdtempSync(join(tmpdir(), 'dubbook-empty-'))
after(() => rmSync(empty, { recursive: true, force: true }))

test('all options are read, in any order and in both spellings', () => {
  const parsed = parseArguments([
    ...['--set', 'pretrain.steps=40', '--out=results', notebook, '--clips', clips],
    ...['--set=model.preset=tiny', '--timeout', '90', '--folder', `corpus=${clips}`],
  ])
  assert.deepEqual(parsed, {
    notebook,
    out: 'results',
    clips,
    assignments: ['pretrain.steps=40', 'model.preset=tiny'],
    folders: [{ cellId: 'corpus', path: clips }],
    profile: null,
    timeoutS: 90,
  })
})

const mistakes = [
  ['no notebook', ['--out', 'x'], /One notebook and --out are needed/],
  ['no output folder', [notebook], /One notebook and --out are needed/],
  ['a notebook that is not there', ['nothing.json', '--out', 'x'], /nothing\.json: there is no such file/],
  ['an unknown option', [notebook, '--out', 'x', '--fast'], /no option --fast/],
  ['an option without its value', [notebook, '--out'], /--out needs a value/],
  ['an empty folder of clips', [notebook, '--out', 'x', '--clips', empty], /the folder holds no files/],
  ['a file for a folder of clips', [notebook, '--out', 'x', '--clips', notebook], /there is no such folder/],
  ['a timeout that is no time', [notebook, '--out', 'x', '--timeout', 'soon'], /expected a number of seconds/],
]
for (const [name, args, message] of mistakes)
  test(`refuses ${name}`, () => {
    assert.throws(() => parseArguments(args), message)
  })

test('files in folders inside the folder of clips count', () => {
  const outer = mkdtempSync(join(tmpdir(), 'dubbook-clips-'))
  const inner = mkdtempSync(join(outer, 'season-'))
  writeFileSync(join(inner, 'a.mp4'), '')
  assert.equal(parseArguments([notebook, '--out', 'x', '--clips', outer]).clips, outer)
  rmSync(outer, { recursive: true })
})
