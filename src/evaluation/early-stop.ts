/** When training stops: the best validation counts, the first one on ties, and so many later ones without a better are enough. */

export interface StopState {
  readonly validations: number
  readonly best: number
  /** Number of the best validation, from 1; 0 before the first. */
  readonly bestValidation: number
}

export const notValidated: StopState = { validations: 0, best: Number.NEGATIVE_INFINITY, bestValidation: 0 }

/** The state after one more validation; a larger score is better. The first one counts whatever it is. */
export function afterValidation({ validations, best, bestValidation }: StopState, score: number): StopState {
  const now = validations + 1
  return score > best || bestValidation === 0
    ? { validations: now, best: score, bestValidation: now }
    : { validations: now, best, bestValidation }
}

/** Whether `patience` validations went by without a better one, or the latest score was no number. */
export const shouldStop = ({ validations, bestValidation }: StopState, score: number, patience: number): boolean =>
  validations - bestValidation >= patience || Number.isNaN(score)
