/** The version that runs are marked with: that of the package, and the commit where the build sees one. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export function codeVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const git = spawnSync('git', ['describe', '--always', '--dirty', '--exclude=*'], {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
  })
  return git.status === 0 ? `${version} (${git.stdout.trim()})` : version
}
