/**
 * Language tags as files write them (ISO 639-2 in `mdhd`, BCP-47 in `elng`) to the shortest BCP-47 tag: `eng` -> `en`,
 * `fre` -> `fr`, `pt-BR` -> `pt-BR`.
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

/** @returns `und` for what is missing or means nothing; a well-formed tag nobody knows stays itself. */
export function normaliseLanguage(tag: string | undefined): string {
  const trimmed = (tag ?? '').replaceAll('\0', '').trim().replaceAll('_', '-')
  if (trimmed === '') return 'und'
  const translated = bibliographic[trimmed.toLowerCase()] ?? trimmed
  try {
    return Intl.getCanonicalLocales(translated)[0] ?? 'und'
  } catch {
    // Not a tag at all, for instance the packed zeros that older muxers write.
    return 'und'
  }
}
