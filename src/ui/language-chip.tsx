/** A language's letters in its colour. */
import { languageHue } from './hues'

export const LanguageChip = ({ language, title }: { language: string; title?: string }) => (
  <span className="language" title={title} style={{ color: `var(${languageHue(language)})` }}>
    {language}
  </span>
)
