/** What probe cells find, as the engine tells it and the page shows it. */

export interface ProbeTask {
  /** Label column (`scene`, ...), `language`, or the name of a benchmark's task. */
  readonly name: string
  readonly modality: 'audio' | 'video' | 'audio+video'
  readonly metric: 'accuracy' | 'top1_acc' | 'mAP' | 'aucroc' | 'd_prime'
  /** Mean over folds. */
  readonly value: number
  /** Sample deviation over folds, 0 for one fold; null where items are scored all together. */
  readonly std: number | null
  /** 95 % Wilson interval of a share of items; null for other metrics. */
  readonly interval: readonly [low: number, high: number] | null
  /** What guessing scores: for accuracies the share of the largest class. */
  readonly chance: number
  /** The same probe on untrained weights; null where that is not asked. */
  readonly untrained: number | null
  /** Items that were tested, over all folds. */
  readonly n: number
  readonly folds: number
  /** Items that the benchmark lists for the test, with those that are not here. */
  readonly listed?: number
  /** How the probe was trained, in words: what the grid chose, which crops were embedded. */
  readonly recipe?: string
}

/** How one fold went. */
export interface ProbeFold {
  readonly name: string
  readonly value: number
  /** Classes without what the metric needs, which are no part of the mean. */
  readonly classesLeftOut: number
  readonly bestEpoch: number
  /** Validations: score and loss. */
  readonly curve: readonly { readonly epoch: number; readonly score: number; readonly loss: number }[]
}

/** What stands behind the task at the same position. */
export interface ProbeDetail {
  readonly labels: readonly string[]
  readonly folds: readonly ProbeFold[]
  /** Score of each class alone, NaN where it cannot be scored. */
  readonly perClass: readonly number[]
  /** Items of class row that were taken for class column, [classes, classes]; null where items have several labels. */
  readonly confusion: Uint32Array | null
}

export interface ResultFile {
  readonly name: string
  readonly bytes: number
}
