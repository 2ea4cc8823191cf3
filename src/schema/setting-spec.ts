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
  /** Told by the shapes of imported weights, and so no choice in a cell that holds some. */
  readonly recognised?: boolean
}
/** A fixed default, or one that follows other settings and whether the cell holds imported weights. */
type Default<T> = T | ((settings: Settings, imported: boolean) => T)
export type SettingSpec = Common &
  (
    | {
        readonly type: 'number'
        readonly default: Default<number>
        readonly min: number
        readonly max: number
        readonly integer?: boolean
      }
    | {
        readonly type: 'choice'
        /** What is none of the choices has to be chosen before the cell runs. */
        readonly default: Default<string>
        readonly choices: readonly string[]
      }
    | { readonly type: 'boolean'; readonly default: Default<boolean> }
    | { readonly type: 'text'; readonly default: Default<string> }
  )
