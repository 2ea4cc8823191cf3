/** What a corpus is made of, as Table 1 and Figure 3 of the paper show it. */
export interface Share {
  readonly name: string
  readonly titles: number
}

export interface LanguageShare {
  /** BCP-47. */
  readonly language: string
  /** Titles that can be heard in it, and those of them whose original it is. */
  readonly titles: number
  readonly originals: number
  readonly hours: number
}

export interface CorpusStatistics {
  /** Snippets: "# data" of Table 1. */
  readonly instances: number
  readonly hours: number
  /** Languages of a title beside its original, on average. */
  readonly averageDubs: number
  /** Of the titles with a dub alone; 0 when there is none. */
  readonly averageDubsOfDubbed: number
  /** Most titles first. */
  readonly languages: readonly LanguageShare[]
  /** Original languages, and genres where `titles.csv` names them; most titles first. */
  readonly originals: readonly Share[]
  readonly genres: readonly Share[]
}
