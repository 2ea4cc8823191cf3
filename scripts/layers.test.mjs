/** Shows that the layer rules bite: small source trees that break one rule each, judged by the rules of this project. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { root } from './install.mjs'

/** Judges a source tree, where `imports` maps a file to the file it imports, by our rules; returns what the tool says. */
function judge(imports, outputType) {
  const folder = mkdtempSync(join(tmpdir(), 'dubbook-layers-'))
  try {
    cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'))
    const files = new Set([...Object.keys(imports), ...Object.values(imports)])
    for (const file of files) {
      const target = imports[file]
      const path = join(folder, file)
      mkdirSync(dirname(path), { recursive: true })
      const up = '../'.repeat(file.split('/').length - 1)
      const line = target ? `export { value as other } from '${up}${target.replace(/\.tsx?$/, '')}'\n` : ''
      writeFileSync(path, `${line}export const value = 1\n`)
    }
    const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs')
    const rules = join(root, '.dependency-cruiser.cjs')
    const args = [tool, '--config', rules, '--output-type', outputType, 'src']
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Names of the rules that a source tree breaks. */
function brokenRules(imports) {
  const { stdout, stderr } = judge(imports, 'json')
  assert.notEqual(stdout, '', stderr)
  return JSON.parse(stdout).summary.violations.map(({ rule }) => rule.name)
}

const forbidden = [
  ['the page', 'src/ui/chart.tsx', 'src/gpu/device.ts', 'page-sees-only-the-engine-api'],
  ['the page', 'src/notebook/session.ts', 'src/engine/client.ts', 'page-sees-only-the-engine-api'],
  ['the document', 'src/notebook/session.ts', 'src/ui/chart.tsx', 'notebook-without-ui'],
  ['the GPU layer', 'src/gpu/plan.ts', 'src/ops/matmul.ts', 'gpu-only-reaches-itself'],
  ['an operator', 'src/ops/matmul.ts', 'src/models/mvit.ts', 'ops-only-reaches-gpu'],
  ['a model', 'src/models/mvit.ts', 'src/corpus/store.ts', 'models-only-reaches-ops-gpu'],
  ['training', 'src/pretraining/trainer.ts', 'src/engine/api.ts', 'only-the-engine-and-main-know-the-engine'],
  ['the app', 'src/models/mvit.ts', 'bench/vit.ts', 'benchmarks-and-their-peers-are-not-shipped'],
  ['a format', 'src/formats/npy.ts', 'src/schema/notebook.ts', 'formats-is-a-leaf'],
  ['the schema', 'src/schema/mvit.ts', 'src/storage/files.ts', 'schema-is-a-leaf'],
]
for (const [who, from, to, rule] of forbidden)
  test(`${who} may not import ${to} (${from})`, () => {
    assert.ok(brokenRules({ [from]: to }).includes(rule))
  })

test('a forbidden import makes the check exit with an error', () => {
  const { status, stdout } = judge({ 'src/ui/chart.tsx': 'src/gpu/device.ts' }, 'err')
  assert.notEqual(status, 0)
  assert.match(stdout, /src\/ui\/chart\.tsx .* src\/gpu\/device\.ts/)
})

test('two files that import each other are a cycle', () => {
  const rules = brokenRules({ 'src/gpu/a.ts': 'src/gpu/b.ts', 'src/gpu/b.ts': 'src/gpu/a.ts' })
  assert.ok(rules.includes('no-circular'))
})

test('imports along the arrows of the design are fine', () => {
  const rules = brokenRules({
    'src/ui/app.tsx': 'src/notebook/session.ts',
    'src/notebook/session.ts': 'src/engine/api.ts',
    'src/engine/worker.ts': 'src/pretraining/trainer.ts',
    'src/pretraining/trainer.ts': 'src/models/mvit.ts',
    'src/models/mvit.ts': 'src/ops/matmul.ts',
    'src/ops/matmul.ts': 'src/gpu/plan.ts',
    'src/gpu/plan.ts': 'src/schema/mvit.ts',
  })
  assert.deepEqual(rules, [])
})
