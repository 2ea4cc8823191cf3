/** Builds the site into `dist/`, unless it is already built from exactly these sources. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { install, isMain, root, runMain } from './install.mjs'

/** The built site. */
export const site = join(root, 'dist')

const sources = ['src', 'shaders', 'public', 'index.html', 'vite.config.ts', 'tsconfig.json', 'package-lock.json']
const buildTools = ['scripts/offline.ts', 'scripts/service-worker.js']
const stampFile = join(root, '.cache', 'build-stamp')
const lockFile = join(root, '.cache', 'build-lock')

/** All files under a path, which may be a file itself, in a fixed order. */
function filesUnder(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

/** Changes when a source file appears, disappears or is written. */
function sourcesStamp() {
  const hash = createHash('sha256')
  for (const source of [...sources, ...buildTools])
    for (const file of filesUnder(join(root, source))) {
      if (/\.test\.tsx?$/.test(file)) continue
      const { size, mtimeMs } = statSync(file)
      hash.update(`${relative(root, file)}\t${size}\t${mtimeMs}\n`)
    }
  return hash.digest('hex')
}

const isCurrent = (stamp) =>
  existsSync(join(site, 'index.html')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two commands started together build once: the second waits for the first, unless that one died. */
async function takeLock() {
  mkdirSync(join(root, '.cache'), { recursive: true })
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    await sleep(200)
    const owner = existsSync(lockFile) ? Number(readFileSync(lockFile, 'utf8')) : 0
    if (owner > 0 && !isRunning(owner)) rmSync(lockFile, { force: true })
  }
}

/**
 * Builds the site into a folder, as it is published whatever this shell is set to: `NODE_ENV=development` would leave out what
 * makes it work without a network.
 * @throws when the build fails; what the bundler said is on standard error.
 */
export function bundle(folder) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--logLevel', 'warn', '--outDir', folder, '--emptyOutDir']
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (result.status !== 0) throw new Error('The site could not be built; the messages are above.')
}

/**
 * Brings `dist/` up to date with the sources.
 * @throws when the build fails; what the bundler said is on standard error.
 */
export async function buildIfStale() {
  if (isCurrent(sourcesStamp())) return
  await takeLock()
  try {
    const stamp = sourcesStamp()
    if (isCurrent(stamp)) return
    console.error('Building the site ...')
    rmSync(stampFile, { force: true })
    bundle(site)
    writeFileSync(stampFile, stamp)
  } finally {
    rmSync(lockFile, { force: true })
  }
}

if (isMain(import.meta.url))
  await runMain(async () => {
    install()
    await buildIfStale()
    console.log(`The site is in ${relative(process.cwd(), site) || '.'}; any web server can serve it, from any path.`)
  })
