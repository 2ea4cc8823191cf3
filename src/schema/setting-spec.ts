/** What is said of one setting: type, unit, bounds, default, and who chose the default. */
import type { Settings } from './notebook'

/** Who chose a default. */
export type Source = 'paper' | "authors' code" | 'our default'

interface Common {
  readonly key: string
  readonly label: string
  readonly unit?: string
  readonly source: Source
  /** Where exactly, or why: one line shown under the control. */
  readonly citation: string
  /** Rarely touched: shown under "More settings". */
  readonly advanced?: boolean
}
export type SettingSpec = Common &
  (
    | {
        readonly type: 'number'
        readonly default: number | ((settings: Settings) => number)
        readonly min: number
        readonly max: number
        readonly integer?: boolean
      }
    | {
        readonly type: 'choice'
        readonly default: string | ((settings: Settings) => string)
        readonly choices: readonly string[]
      }
    | { readonly type: 'boolean'; readonly default: boolean | ((settings: Settings) => boolean) }
    | { readonly type: 'text'; readonly default: string }
  )
