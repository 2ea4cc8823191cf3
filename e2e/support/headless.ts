/** Runs `scripts/headless.mjs` as a user of the command line would. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/install.mjs'
import type { Report } from '../../src/notebook/report'

const sampleNotebook = join(root, 'public/samples/sample.dubbook.json')

export interface HeadlessRun {
  readonly exitCode: number | null
  readonly stderr: string
  readonly stdout: string
  /** Null when none was written. */
  readonly report: Report | null
  /** One of the files that were written. */
  read(name: string): Buffer
}

/**
 * @param killAfter - kills the runner and its browser, without a chance to tidy up, as soon as the runner says this
 * @param notebook - path of the notebook; the sample one without it
 */
export function headless(
  out: string,
  args: readonly string[],
  killAfter?: RegExp,
  notebook = sampleNotebook,
): Promise<HeadlessRun> {
  const command = [join(root, 'scripts/headless.mjs'), notebook, '--out', out, ...args]
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    if (!killAfter?.test(stderr)) return
    child.kill('SIGKILL')
    const profile = args[args.indexOf('--profile') + 1]
    if (profile !== undefined) spawnSync('pkill', ['-KILL', '-f', `user-data-dir=${profile}`])
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => {
      const reportFile = join(out, 'report.json')
      const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Report) : null
      resolve({ exitCode, stdout, stderr, report, read: (name) => readFileSync(join(out, name)) })
    })
  })
}
