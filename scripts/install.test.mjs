/** The installer knows when there is nothing to do, and which browser it was told to use. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { findChromium, packagesAreCurrent } from './install.mjs'

const chosen = process.env.CHROMIUM
let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dubbook-install-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  if (chosen === undefined) delete process.env.CHROMIUM
  else process.env.CHROMIUM = chosen
})

/** Whether a checkout counts as installed whose lockfile and node_modules hold these packages. */
function isCurrent(wanted, present) {
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }))
  mkdirSync(join(folder, 'node_modules'))
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: present }))
  return packagesAreCurrent(folder)
}

const a = { integrity: 'sha512-a' }

test('a clean clone is not installed', () => {
  assert.equal(packagesAreCurrent(folder), false)
})
test('nothing is installed again while node_modules holds what the lockfile asks for', () => {
  assert.equal(isCurrent({ 'node_modules/a': a }, { 'node_modules/a': a }), true)
})
test('another version in the lockfile asks for an installation', () => {
  assert.equal(isCurrent({ 'node_modules/a': { integrity: 'sha512-b' } }, { 'node_modules/a': a }), false)
})
test('a new package in the lockfile asks for an installation', () => {
  assert.equal(isCurrent({ 'node_modules/a': a, 'node_modules/b': a }, { 'node_modules/a': a }), false)
})
test('optional packages of other systems need not be there', () => {
  assert.equal(
    isCurrent({ 'node_modules/a': a, 'node_modules/mac': { ...a, optional: true } }, { 'node_modules/a': a }),
    true,
  )
})
test('CHROMIUM names the browser', () => {
  process.env.CHROMIUM = process.execPath
  assert.equal(findChromium(), process.execPath)
})
test('CHROMIUM that names no program is an error, not another browser', () => {
  process.env.CHROMIUM = join(folder, 'nothing')
  assert.throws(findChromium, /there is no such program/)
})
