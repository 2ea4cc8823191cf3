/** Folders of dubbed clips made for a test, by the same maker as the samples. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/install.mjs'

/** Another seed, size and language set than the samples: 3 titles x 20 s, 2 snippets of 10 s each, 3 languages. */
export const otherCorpus = {
  titles: 3,
  snippets: 6,
  languages: ['en', 'de', 'it'],
  brokenFile: 'title99.mp4',
} as const

/**
 * Makes, once, the other corpus; among its files is one that only pretends to be a film.
 * @returns its folder
 */
export function makeOtherCorpus(): string {
  const folder = join(root, '.cache', 'e2e-corpus')
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  const shape = ['--titles', '3', '--seconds', '20', '--size', '128x96', '--seed', '7']
  const content = ['--languages', otherCorpus.languages.join(','), '--classes', '3', '--scene-seconds', '10']
  execFileSync('python3', [join(root, 'scripts/make_corpus.py'), unfinished, ...shape, ...content], { stdio: 'pipe' })
  writeFileSync(join(unfinished, otherCorpus.brokenFile), 'This is no film. '.repeat(4000))
  renameSync(unfinished, folder)
  return folder
}
