/** A static file server of our own: serves the built site from any port and under any path, compressed, to this machine only. */
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'
import { buildIfStale, site } from './build.mjs'
import { install, isMain, runMain } from './install.mjs'

const contentTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.csv': 'text/csv; charset=utf-8',
  '.mp4': 'video/mp4',
  '.wasm': 'application/wasm',
}
const compressible = /^(text|application)\/|svg/

/** The file that a request path names, or null when it lies outside the folder or is not there. */
function fileFor(folder, base, requestPath) {
  if (!requestPath.startsWith(base)) return null
  let path
  try {
    path = decodeURIComponent(requestPath.slice(base.length))
  } catch {
    return null
  }
  if (path === '' || path.endsWith('/')) path += 'index.html'
  const file = normalize(join(folder, path))
  if (path.includes('\0') || !file.startsWith(folder + sep)) return null
  const entry = statSync(file, { throwIfNoEntry: false })
  return entry?.isFile() ? { file, bytes: entry.size } : null
}

function answer(folder, base, request, response) {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405).end()
  const found = fileFor(folder, base, path)
  if (!found) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.')
  const type = contentTypes[extname(found.file)] ?? 'application/octet-stream'
  const hashed = found.file.includes(`${sep}assets${sep}`)
  const headers = {
    'content-type': type,
    // Files under assets/ carry a hash of their content in their names.
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'x-content-type-options': 'nosniff',
  }
  const gzip = compressible.test(type) && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  response.writeHead(
    200,
    gzip ? { ...headers, 'content-encoding': 'gzip' } : { ...headers, 'content-length': found.bytes },
  )
  if (request.method === 'HEAD') return response.end()
  const file = createReadStream(found.file)
  // A client that goes away in the middle of a file is no error of ours.
  const done = () => {}
  return gzip ? pipeline(file, createGzip(), response, done) : pipeline(file, response, done)
}

/**
 * Serves a folder on 127.0.0.1.
 * @param {{ folder?: string, base?: string, port?: number }} options `base` starts and ends with `/`; port 0 takes any
 *   free one, another port that is taken becomes any free one.
 * @returns {Promise<{ port: number, url: string, close: () => Promise<void> }>}
 */
export async function serve({ folder = site, base = '/', port = 0 } = {}) {
  const server = createServer((request, response) => answer(folder, base, request, response))
  const listen = (wanted) =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', reject)
        resolve(server.address().port)
      })
    })
  const taken = await listen(port).catch((error) => {
    if (error.code !== 'EADDRINUSE' || port === 0) throw error
    return listen(0)
  })
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: taken, url: `http://localhost:${taken}${base}`, close }
}

/** The value after `--name` on the command line. */
function option(name) {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

if (isMain(import.meta.url))
  await runMain(async () => {
    install()
    await buildIfStale()
    const { url } = await serve({ base: option('base') ?? '/', port: Number(option('port') ?? 5173) })
    console.log(`Dubbook: ${url}`)
  })
