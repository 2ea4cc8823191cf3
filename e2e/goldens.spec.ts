/** `npm run goldens`: what others check our kernels with, from the command line. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { root } from '../scripts/install.mjs'

function goldens(...args: readonly string[]) {
  const command = [join(root, 'scripts/goldens.mjs'), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { status, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

const headerOf = (path: string): Record<string, unknown> => {
  const data = readFileSync(path)
  return JSON.parse(data.toString('utf8', 8, 8 + Number(data.readBigUInt64LE(0))))
}

test('a folder of goldens is computed with every variant, and what was computed is stored', ({
  browserName: _,
}, testInfo) => {
  const [folder, out] = [testInfo.outputPath('goldens'), testInfo.outputPath('out')]
  mkdirSync(folder, { recursive: true })
  for (const name of ['pretraining', 'resample-16000'])
    copyFileSync(join(root, 'goldens', `${name}.safetensors`), join(folder, `${name}.safetensors`))
  const { status, stderr, lines } = goldens(folder, '--variants', 'all', '--write', out)
  expect(status, stderr).toBe(0)
  expect(new Set(lines.map(({ variants }) => variants)).size).toBeGreaterThan(2)
  const wanted = Object.keys(headerOf(join(folder, 'pretraining.safetensors'))).filter((name) =>
    /^(z_|losses|grad\.|param_after\.)/.test(name),
  )
  const told = lines.filter(({ file }) => file === 'pretraining.safetensors').map(({ tensor }) => tensor)
  expect(new Set(told)).toEqual(new Set(wanted))
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(['file', 'tensor', 'shape', 'relativeError', 'maxAbsError', 'variants'])
    expect(line.relativeError).toEqual(expect.any(Number))
  }
  expect(Object.keys(headerOf(join(out, 'pretraining.safetensors')))).toEqual(expect.arrayContaining(wanted))
})

test('a number that is off, a file that is none and a path without one end with status 1 and the cause', ({
  browserName: _,
}, testInfo) => {
  mkdirSync(testInfo.outputPath(), { recursive: true })
  const golden = readFileSync(join(root, 'goldens', 'resample-16000.safetensors'))
  const { output } = headerOf(join(root, 'goldens', 'resample-16000.safetensors')) as {
    output: { data_offsets: [number, number] }
  }
  const at = 8 + Number(golden.readBigUInt64LE(0)) + output.data_offsets[0]
  golden.writeFloatLE(golden.readFloatLE(at) + 1, at)
  const off = testInfo.outputPath('off.safetensors')
  writeFileSync(off, golden)
  const other = testInfo.outputPath('other.safetensors')
  writeFileSync(other, 'no tensors here')
  const wrong = goldens(off, other)
  expect(wrong.status).toBe(1)
  expect(wrong.lines).toMatchObject([{ file: 'off.safetensors', tensor: 'output' }])
  expect(wrong.stderr).toMatch(/off\.safetensors: output is off by/)
  expect(wrong.stderr).toMatch(/other\.safetensors: /)
  const missing = goldens(testInfo.outputPath('nowhere'))
  expect(missing.status).toBe(1)
  expect(missing.stderr).toMatch(/nowhere: there is no such file/)
})

for (const modality of ['audio', 'video'])
  test(`the full S for ${modality} is what PyTorch computes, forward and backward @long`, ({
    browserName: _,
  }, testInfo) => {
    test.setTimeout(30 * 60_000)
    const name = `full-${modality}-S`
    const folder = testInfo.outputPath('full')
    const maker = ['scripts/make_goldens.py', folder, name]
    const made = spawnSync('/usr/bin/python3', maker, { cwd: root, encoding: 'utf8' })
    test.skip(/No module named 'torch/.test(made.stderr ?? ''), 'python3-torch is not installed.')
    expect(made.status, made.stderr).toBe(0)
    const { status, stderr, lines } = goldens(join(folder, `${name}.safetensors`))
    expect(status, stderr).toBe(0)
    expect(lines.length).toBeGreaterThan(390)
  })
