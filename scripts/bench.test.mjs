/** The benchmark command: its command line, and one small comparison with every peer in real Chromium. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseArguments, table } from './bench.mjs'
import { root } from './install.mjs'

const folder = mkdtempSync(join(tmpdir(), 'dubbook-bench-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function bench(args) {
  const command = [join(root, 'scripts', 'bench.mjs'), ...args]
  return spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8', timeout: 300_000 })
}

test('options and names are read, in any order', () => {
  assert.deepEqual(
    parseArguments(['vit', '--rounds=3', '--case', '512', 'matmul', '--case', '64', '--peers', 'none']),
    {
      names: ['vit', 'matmul'],
      json: null,
      plots: null,
      rounds: 3,
      cases: ['512', '64'],
      peers: [],
    },
  )
})

for (const [name, args, message] of [
  ['an unknown option', ['--fast'], /no option --fast/],
  ['an option without its value', ['--json'], /--json needs a value/],
  ['rounds that are no number', ['--rounds', 'many'], /expected a number/],
])
  test(`refuses ${name}`, () => {
    assert.throws(() => parseArguments(args), message)
  })

test('figures line up in a table, notes follow', () => {
  const rows = [
    { case: '512', ours: 12.345, peerName: 'jax-js', peer: 1234.5, ratio: 100 },
    { case: '4096x384x96', ours: 9, peerName: 'peak', peer: 4.5, ratio: 0.5 },
  ]
  const [head, first, second, note] = table({ rows, notes: ['a note'] }).split('\n')
  assert.equal(first.indexOf('jax-js'), head.indexOf('peer'))
  assert.equal(second.length, head.length)
  assert.equal(note, 'a note')
})

test('a small product is compared with the peak and both peers, as JSON lines', () => {
  const json = join(folder, 'rows.jsonl')
  const { status, stdout, stderr } = bench(['matmul', '--case', '64', '--rounds', '1', '--json', json])
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^matmul\ncase +ours \(ms\) +peer/)
  const rows = readFileSync(json, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(rows.map(({ peerName }) => peerName).sort(), ['jax-js', 'peak', 'tfjs'])
  for (const row of rows) {
    assert.deepEqual(Object.keys(row).sort(), ['adapter', 'bench', 'case', 'ours', 'peer', 'peerName', 'ratio', 'unit'])
    assert.deepEqual([row.bench, row.case, row.unit], ['matmul', '64', 'ms'])
    assert.ok(row.ours > 0 && row.peer > 0 && Math.abs(row.ratio - row.peer / row.ours) < 1e-9)
  }
})

test('a benchmark that fails makes the command fail and says why', () => {
  const { status, stderr } = bench(['matmul', '--case', 'large', '--peers', 'none'])
  assert.equal(status, 1)
  assert.match(stderr, /matmul: matmul has no case "large"/)
})

test('an unknown benchmark is refused with the names that there are', () => {
  const { status, stderr } = bench(['speed'])
  assert.equal(status, 1)
  assert.match(stderr, /no benchmark "speed"; there are matmul, vit/)
})
