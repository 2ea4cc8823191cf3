/**
 * Languages as files and people write them to the shortest BCP-47 tag: ISO 639-1, -2 and -3 codes (`fre`, `fra`, `fr`), tags
 * (`pt_BR`), and names in English or in the language itself (`French`, `français`).
 */

/** ISO 639-2 "bibliographic" codes that BCP-47 does not know; the rest is the browser's own table. */
const bibliographic: Readonly<Record<string, string>> = {
  alb: 'sq',
  arm: 'hy',
  baq: 'eu',
  bur: 'my',
  chi: 'zh',
  cze: 'cs',
  dut: 'nl',
  fre: 'fr',
  geo: 'ka',
  ger: 'de',
  gre: 'el',
  ice: 'is',
  mac: 'mk',
  mao: 'mi',
  may: 'ms',
  per: 'fa',
  rum: 'ro',
  slo: 'sk',
  tib: 'bo',
  wel: 'cy',
}

/** Varieties that have names of their own, beside all languages with two letters. */
const varieties = ['en-GB', 'en-US', 'es-419', 'es-ES', 'fr-CA', 'pt-BR', 'pt-PT', 'zh-Hans', 'zh-Hant', 'fil', 'yue']
/** Not said, none (what is left without speech), several (ISO 639-2). */
const special = ['und', 'zxx', 'mul']
/** What people say and the browser's table does not. */
const otherNames: Readonly<Record<string, string>> = {
  castilian: 'es',
  castellano: 'es',
  mandarin: 'zh',
  farsi: 'fa',
  flemish: 'nl',
  brazilian: 'pt-BR',
  background: 'zxx',
  instrumental: 'zxx',
  undetermined: 'und',
  unknown: 'und',
}

const folded = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[\s_().-]+/g, ' ')
    .trim()

let names: ReadonlyMap<string, string> | null = null

/** Names of languages, folded, to their tags; made once, on first use. */
function namesOfLanguages(): ReadonlyMap<string, string> {
  if (names) return names
  const english = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const tags = [...letters].flatMap((first) => [...letters].map((second) => first + second))
  const found = new Map<string, string>()
  for (const tag of [...tags, ...varieties]) {
    const name = english.of(tag)
    // Withdrawn codes (`iw`) are others' other names.
    const current = Intl.getCanonicalLocales(tag)[0] ?? tag
    if (name === undefined || current !== tag) continue
    const own = new Intl.DisplayNames([tag], { type: 'language', fallback: 'none' }).of(tag)
    for (const known of [name, own]) if (known && !found.has(folded(known))) found.set(folded(known), tag)
  }
  for (const [name, tag] of Object.entries(otherNames)) found.set(name, tag)
  names = found
  return found
}

/** Tag of a language by its name, in English or its own; null when nobody calls one so. */
const languageNamed = (name: string): string | null => namesOfLanguages().get(folded(name)) ?? null

/** @returns `und` for what is missing or means nothing; a well-formed tag nobody knows stays itself. */
export function normaliseLanguage(tag: string | undefined): string {
  const trimmed = (tag ?? '').replaceAll('\0', '').trim()
  if (trimmed === '') return 'und'
  // Tags of four letters and more at the beginning are reserved; what looks like one is a name.
  if (/^[^-_]{4,}/u.test(trimmed)) return languageNamed(trimmed) ?? 'und'
  const [primary = '', ...rest] = trimmed.replaceAll('_', '-').split('-')
  const translated = [bibliographic[primary.toLowerCase()] ?? primary, ...rest].join('-')
  try {
    return Intl.getCanonicalLocales(translated)[0] ?? 'und'
  } catch {
    // Not a tag at all, for instance the packed zeros that older muxers write.
    return languageNamed(trimmed) ?? 'und'
  }
}

/**
 * The language that somebody typed: an ISO 639 code, a BCP-47 tag, or a name in English or its own.
 * @returns its shortest tag; `und` only where that was meant.
 * @throws when it is none, saying what is.
 */
export function parseLanguage(text: string): string {
  const tag = normaliseLanguage(text)
  const primary = tag.split('-')[0] ?? ''
  const isMeant = tag !== 'und' || /^(und|undetermined|unknown)$/i.test(text.trim())
  // All languages of two letters are known; of three there are more than any table has.
  if (!isMeant || (primary.length === 2 && !isKnown(primary)))
    throw new Error(
      `"${text.trim()}" is no language. Write a code such as fr, fra or fre, a tag such as pt-BR, or a name such as French.`,
    )
  return tag
}

const isKnown = (primary: string): boolean =>
  new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' }).of(primary) !== undefined

/**
 * The language that a part of a file name means (`fr`, `fra`, `pt-BR`, `French`); null when it is some other word. Stricter
 * than {@link normaliseLanguage}, because most words of three letters are the code of some language.
 */
export function languageInName(word: string): string | null {
  const code = /^([a-z]{2,3})(?:[-_]([a-z]{2}|[a-z]{4}|\d{3}))?$/i.exec(word)
  if (!code) return languageNamed(word)
  const tag = normaliseLanguage(word)
  const primary = tag.split('-')[0] ?? ''
  if (primary.length === 2 && isKnown(primary)) return tag
  return special.includes(primary) || varieties.includes(primary) ? tag : null
}
