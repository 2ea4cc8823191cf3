/** The file server gives out the site, from any path, and nothing else. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { serve } from './serve.mjs'

const folder = mkdtempSync(join(tmpdir(), 'dubbook-serve-'))
const site = join(folder, 'site')
let server

before(async () => {
  mkdirSync(site)
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(site, 'index.html'), '<!doctype html><title>Site</title>')
  server = await serve({ folder: site, base: '/some/path/' })
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Sends the path as it is: `fetch` would tidy it up first. */
const get = (path, headers = {}) =>
  new Promise((resolve, reject) => {
    const sent = request({ port: server.port, path, headers }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode, headers: response.headers }))
    })
    sent.on('error', reject).end()
  })

test('a folder is answered with its index page, compressed for a browser that can read it', async () => {
  const { status, headers } = await get('/some/path/?automation', { 'accept-encoding': 'gzip' })
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'text/html; charset=utf-8')
  assert.equal(headers['content-encoding'], 'gzip')
})

test('what is outside the base path is not found', async () => {
  assert.equal((await get('/index.html')).status, 404)
  assert.equal((await get('/some/path')).status, 404)
})

for (const path of ['../secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt', 'a/../../secret.txt', '%00', '%zz'])
  test(`nothing outside the folder is given out: ${path}`, async () => {
    assert.equal((await get(`/some/path/${path}`)).status, 404)
  })

test('a port that is taken gives way to a free one', async () => {
  const second = await serve({ folder: site, port: server.port })
  assert.notEqual(second.port, server.port)
  await second.close()
})
