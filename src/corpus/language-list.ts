/** Lists of languages as people write them in settings (`en+es`, `not en`), and which tags they mean. */

export interface LanguageList {
  /** Canonical BCP-47 tags; empty means any. */
  readonly languages: readonly string[]
  /** All but these. */
  readonly excluded: boolean
}

/** Whether a track's language is one that a list names: `en` names `en-GB` too. */
export const isLanguage = (tag: string, named: string): boolean => tag === named || tag.startsWith(`${named}-`)

/**
 * Reads `en+es`, `en, es`, `not en`, or nothing for any language.
 * @param setting How messages call the list.
 * @throws naming what is no language tag.
 */
export function parseLanguages(text: string, setting: string): LanguageList {
  const [, not, rest = ''] = /^\s*(not\s+)?(.*)$/s.exec(text) ?? []
  const languages = rest
    .split(/[\s,+]+/)
    .filter((tag) => tag !== '')
    .map((tag) => {
      try {
        return Intl.getCanonicalLocales(tag)[0] ?? tag
      } catch (cause) {
        throw new Error(`${setting}: "${tag}" is no language tag. Write tags such as en, pt-BR, joined by +.`, {
          cause,
        })
      }
    })
  if (not !== undefined && languages.length === 0)
    throw new Error(`${setting}: "${text.trim()}" names no language after "not".`)
  return { languages: [...new Set(languages)], excluded: not !== undefined }
}

/**
 * Reads a list that has no `not`.
 * @throws where it has one, or names what is no language tag.
 */
export function parseLanguageNames(text: string, setting: string): readonly string[] {
  const { languages, excluded } = parseLanguages(text, setting)
  if (excluded) throw new Error(`${setting}: "${text.trim()}" leaves languages out; name those that are wanted.`)
  return languages
}

/** Whether a language passes a list. */
export const allows = ({ languages, excluded }: LanguageList, tag: string): boolean =>
  languages.length === 0 || languages.some((named) => isLanguage(tag, named)) !== excluded
