/**
 * Brings a clean clone to the point where everything runs: npm packages and, with `--tests`, the programs that tests use.
 * Idempotent; every other script starts here, so that no command of ours needs another one first.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Root of the checkout, without a trailing slash. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

const browserNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const browserPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
/** Program that a test needs -> Debian package that has it. */
const testPrograms = { ffmpeg: 'ffmpeg', ffprobe: 'ffmpeg', 'espeak-ng': 'espeak-ng', python3: 'python3' }

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function onPath(name) {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  return candidates.find(isExecutable) ?? null
}

/**
 * Path of the browser to drive: the variable CHROMIUM, else the first Chromium or Chrome of this machine, else null.
 * @throws when CHROMIUM names no program.
 */
export function findChromium() {
  const chosen = process.env.CHROMIUM
  if (chosen) {
    const path = isExecutable(chosen) ? chosen : onPath(chosen)
    if (!path) throw new Error(`CHROMIUM=${chosen}: there is no such program.`)
    return path
  }
  for (const name of browserNames) {
    const path = onPath(name)
    if (path) return path
  }
  return browserPaths.find(isExecutable) ?? null
}

/** Whether node_modules holds exactly what package-lock.json asks for (packages for other systems may be absent). */
export function packagesAreCurrent(folder = root) {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    return path in present ? present[path].integrity === entry.integrity : entry.optional === true
  })
}

function installPackages() {
  if (packagesAreCurrent()) return
  console.error('Installing npm packages ...')
  // Not `npm ci`: it refuses a lockfile without the optional packages of other systems, which a mirror may not have.
  // This installs the locked versions too and leaves the lockfile alone. What npm says goes to standard error, so that
  // our own standard output stays clean.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // Where NODE_ENV says production, npm would leave out what builds and tests.
  const args = ['install', '--include=dev', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
  const result = spawnSync(npm, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (result.status !== 0) throw new Error('npm could not install the packages; its messages are above.')
}

const missingPackages = (programs) => {
  const missing = Object.entries(programs).filter(([program]) => !onPath(program))
  return [...new Set(missing.map(([, debianPackage]) => debianPackage))]
}

function isDebianRoot() {
  return process.getuid?.() === 0 && /^ID=debian$/m.test(readOsRelease()) && onPath('apt-get') !== null
}

function readOsRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
}

/**
 * Makes sure that the Debian packages are there.
 * @throws when one is missing and this is not Debian with root, or apt fails; the message says what to install.
 */
function installSystemPackages(find) {
  const missing = find()
  if (missing.length === 0) return
  if (isDebianRoot()) {
    console.error(`Installing ${missing.join(', ')} (apt-get) ...`)
    const options = { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    spawnSync('apt-get', ['update'], options)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...missing], options)
  }
  const still = find()
  if (still.length === 0) return
  throw new Error(
    [
      `This needs programs that are not installed: ${still.join(', ')}.`,
      `Debian, Ubuntu:  sudo apt-get install ${still.join(' ')}`,
      'Elsewhere: Chromium or Chrome 121 or later, ffmpeg 4.4 or later, espeak-ng and Python 3, all on the PATH.',
      'CHROMIUM=/path/to/chromium names a browser that is not on the PATH.',
    ].join('\n'),
  )
}

const missingBrowser = () => (findChromium() ? [] : ['chromium'])

/**
 * Installs what is missing.
 * @param {{ browser?: boolean, tests?: boolean }} needs `tests` means the browser too.
 */
export function install({ browser = false, tests = false } = {}) {
  installPackages()
  if (browser || tests)
    installSystemPackages(() => [...missingBrowser(), ...(tests ? missingPackages(testPrograms) : [])])
}

/** Whether the module with this `import.meta.url` is the one that Node was started with. */
export const isMain = (url) =>
  process.argv[1] !== undefined && url === pathToFileURL(realpathSync(process.argv[1])).href

/** Runs a script's main function; an error is shown by its message alone and becomes exit status 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}

if (isMain(import.meta.url)) await runMain(() => install({ tests: process.argv.includes('--tests') }))
