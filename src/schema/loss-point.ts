/** One training step as it is stored: in checkpoints, and in what is kept of a run. */
import type { Tracked } from './tracked'
import { z } from './zod'

const mean = z.number().nullable()
const tracked = z.object({
  retrievalVideoToAudio: z.number(),
  retrievalAudioToVideo: z.number(),
  positives: mean,
  inTitle: mean,
  crossTitle: mean,
  sameLanguage: mean,
  otherLanguage: mean,
}) satisfies z.ZodType<Tracked>

/** JSON has no number that is not finite, and writes null: a skipped step has some. */
const measured = z.number().or(z.null().transform(() => Number.NaN))

export const lossPointSchema = z.object({
  step: z.number(),
  L: measured,
  Lv: measured,
  La: measured,
  total: measured,
  learningRate: z.number(),
  gradientNorm: measured,
  tracked: tracked.optional(),
  skipped: z.boolean().optional(),
})
