/** One pretraining run in a line: what the table of runs shows and `metrics.runs` lists. */
export interface RunSummary {
  /** The paper's variant; `none` for a run of the user's own. */
  readonly variant: string
  /** Variant whose final checkpoint it started from; null for random or imported weights. */
  readonly parent: string | null
  /** Key of the run's result: the same run is never computed twice. */
  readonly hash: string
  readonly steps: number
  readonly batch: number
  readonly snippetsPerTitle: number
  /** Snippets that the run could draw from ("# data" of Table 1), and the average number of dubs of their titles. */
  readonly instances: number
  readonly averageDubs: number
  readonly initialLoss: number
  readonly finalLoss: number
  readonly finalLv: number
  readonly finalLa: number
  readonly chanceLoss: number
  readonly clipsPerSecond: number
  /** Where the run went on after an interruption. */
  readonly resumes: readonly { readonly fromStep: number; readonly lostSteps: number }[]
}
