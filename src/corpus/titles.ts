/** `titles.csv` (`file,original,languages,genre`): what a title's file does not say about itself. */
import { parseLanguage } from '../schema/language'
import { readTable, type TableProblem } from './tables'

export interface TitleFacts {
  /** BCP-47; absent when the table leaves it empty. */
  readonly original?: string
  /** Languages of the audio tracks in file order, for files that do not tag them; may be empty. */
  readonly languages: readonly string[]
  readonly genre?: string
}

export interface ParsedTitles {
  /** By file name with extension. */
  readonly titles: ReadonlyMap<string, TitleFacts>
  readonly problems: readonly TableProblem[]
}

/** Reads a table of titles; `languages` are joined by `+`. The last of several rows about one title counts. */
export function parseTitles(text: string, files: readonly string[], name = 'titles.csv'): ParsedTitles {
  const table = readTable(text, name, ['file', 'original', 'languages', 'genre'], files)
  const titles = new Map<string, TitleFacts>()
  for (const { line, file, cells } of table.rows) {
    const spoken = cells.get('original') ?? ''
    const written = (cells.get('languages') ?? '').split('+').filter((tag) => tag !== '')
    const tags = [spoken, ...written].map((tag) => tag && canonicalLanguage(tag))
    const wrong = tags.indexOf(null)
    if (wrong >= 0) {
      table.report(line, `"${[spoken, ...written][wrong]}" is no language tag such as en or pt-BR.`)
      continue
    }
    const [original, ...languages] = tags.filter((tag) => tag !== null)
    const genre = cells.get('genre') ?? ''
    titles.set(file, { ...(original && { original }), languages, ...(genre && { genre }) })
  }
  return { titles, problems: table.problems() }
}

/** The shortest form of a language's tag or name (`jpn` and `Japanese` become `ja`), or null when it is none. */
function canonicalLanguage(text: string): string | null {
  try {
    return parseLanguage(text)
  } catch {
    return null
  }
}
