/** Which of the page's eight hues a language or a category takes. Colours never stand alone: letters or shapes go along. */

const hueCount = 8
const fixed: Readonly<Record<string, number>> = { en: 0, es: 1, fr: 2, ja: 3, de: 4, it: 5, ko: 6, pt: 7 }

/** Name of the custom property with a language's colour; `fr-CA` looks like `fr`. */
export function languageHue(language: string): string {
  const primary = language.split('-')[0]?.toLowerCase() ?? ''
  const known = fixed[primary]
  if (known !== undefined) return `--hue-${known}`
  let sum = 0
  for (const letter of primary) sum = (sum * 31 + letter.charCodeAt(0)) % hueCount
  return `--hue-${sum}`
}

export const categoryHue = (index: number): string => `--hue-${index % hueCount}`
