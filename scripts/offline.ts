/**
 * The part of the build that makes the site usable without a network: writes `sw.js`, the service worker with the list of
 * all built files. `src/notebook/offline.ts` registers it.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const workerSource = fileURLToPath(new URL('./service-worker.js', import.meta.url))

/** What `files` are relative to is the folder of the page; `''` is the page itself. */
function precacheOf(folder: string): { readonly version: string; readonly files: readonly string[] } {
  const paths = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'sw.js')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const hash = createHash('sha256')
  for (const path of paths) hash.update(relative(folder, path)).update('\0').update(readFileSync(path))
  const files = paths.map((path) => relative(folder, path).split(sep).join('/'))
  return { version: hash.digest('hex').slice(0, 16), files: ['', ...files] }
}

export const offline = (): Plugin => {
  let folder = ''
  return {
    name: 'offline',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    closeBundle() {
      const source = readFileSync(workerSource, 'utf8')
      writeFileSync(join(folder, 'sw.js'), `self.precache = ${JSON.stringify(precacheOf(folder))}\n${source}`)
    },
  }
}
