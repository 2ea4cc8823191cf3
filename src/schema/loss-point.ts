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

export const lossPointSchema = z.object({
  step: z.number(),
  L: z.number(),
  Lv: z.number(),
  La: z.number(),
  total: z.number(),
  learningRate: z.number(),
  gradientNorm: z.number(),
  tracked: tracked.optional(),
  skipped: z.boolean().optional(),
})
