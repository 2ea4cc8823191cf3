/** Configurations of networks as files carry them: JSON from outside, checked before it is used. */
import { z } from 'zod'
import { type MVitConfig, poolings } from './mvit'
import type { FrozenConfig } from './presets'

// Otherwise zod probes `Function`, which the page's Content-Security-Policy reports as a violation.
z.config({ jitless: true })

const count = z.number().int().nonnegative().max(10_000)
const factors = z.array(z.tuple([count, z.number().positive().max(64)])).max(64)
const strides = z.array(z.tuple([count, count, count, count])).max(64)
const grid = z.tuple([count, count, count])
const lengths = z.array(count).min(2).max(4)

const backbone = z.object({
  modality: z.enum(['video', 'audio']),
  input: lengths,
  patch: z.object({ kernel: lengths, stride: lengths, padding: lengths }),
  embedDim: count.positive(),
  numHeads: count.positive(),
  depth: count.positive().max(64),
  mlpRatio: z.number().positive().max(64),
  dimMul: factors,
  headMul: factors,
  poolQStride: strides,
  poolKvStride: strides.optional(),
  poolKvStrideAdaptive: grid.optional(),
  poolKernel: grid,
  clsToken: z.boolean(),
  relPosTemporal: z.boolean(),
  pooling: z.enum(poolings),
  dropPath: z.number().min(0).max(1).optional(),
}) satisfies z.ZodType<MVitConfig>

const network = z.object({
  video: backbone.optional(),
  audio: backbone.optional(),
  head: z
    .object({
      layers: z.array(count.positive()).max(16),
      activation: z.literal('relu'),
      norm: z.enum(['none', 'batch', 'layer']),
    })
    .optional(),
}) satisfies z.ZodType<FrozenConfig>

/** The configuration in a file's metadata; nothing when there is none or it is of another kind. */
export function parseNetworkConfig(text: string | undefined): FrozenConfig | undefined {
  if (text === undefined) return undefined
  try {
    return network.safeParse(JSON.parse(text)).data
  } catch {
    // Whatever else calls its text `config` is no concern: shapes tell then.
    return undefined
  }
}
