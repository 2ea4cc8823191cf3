import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundle } from './build.mjs'

test('a shell that is set to development builds the site as it is published', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dubbook-site-'))
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'development'
  try {
    bundle(folder)
    const assets = join(folder, 'assets')
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
    const code = scripts.map((name) => readFileSync(join(assets, name), 'utf8')).join('\n')
    assert.match(code, /serviceWorker/)
    assert.doesNotMatch(code, /Download the React DevTools/)
    assert.match(readFileSync(join(folder, 'sw.js'), 'utf8'), /"index.html"/)
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
    rmSync(folder, { recursive: true, force: true })
  }
})
