/**
 * What is kept of every pretraining run apart from its result: enough to tell it from others, to compare it with them and
 * to branch from it. Also the text of an exported run, which comes from outside: everything is bounded.
 */
import { lossPointSchema } from './loss-point'
import { z } from './zod'

const settings = z.record(z.string(), z.union([z.number(), z.string().max(100_000), z.boolean(), z.null()]))

/** Names a run in storage: the hash of its result. */
const runHash = z.string().regex(/^\w[\w-]{0,127}$/)

/** A finished step whose whole state is kept: of which run, and how many steps were done. */
export interface BranchPoint {
  readonly hash: string
  readonly step: number
}

export const runRecordSchema = z.object({
  version: z.literal(1),
  hash: runHash,
  /** What names the run apart from the fingerprint: its running checkpoints go by it. */
  planKey: runHash.optional(),
  name: z.string().max(200),
  /** The paper's variant; `none` for a run of the user's own. */
  variant: z.string().max(20),
  /** The setting of the same name: `HASH@STEP`, or empty. */
  branchFrom: z.string().max(200),
  /** Complete settings of the pretrain cell and of the cells it reads. */
  settings: z.object({ corpus: settings, model: settings, pretrain: settings }),
  seed: z.number().int().nonnegative(),
  /** Of the program that computed it. */
  codeVersion: z.string().max(100),
  /** Adapter and browser, each from its first step on. */
  devices: z.array(z.object({ fromStep: z.number().int().nonnegative(), device: z.string().max(500) })).max(1000),
  /** Kernel variants, as in the fingerprint. */
  kernels: z.string().max(10_000),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  updatedAt: z.number(),
  /** Steps done when this was written. */
  step: z.number().int().nonnegative(),
  finished: z.boolean(),
  /** It came as a file. */
  imported: z.boolean(),
  /** At most {@link mostLosses}, evenly spaced, the last one among them. */
  losses: z.array(lossPointSchema).max(5000),
})
export type RunRecord = z.infer<typeof runRecordSchema>

const mostLosses = 2000

/** Few enough points to be read for every run at once. */
export function thinned<T>(points: readonly T[]): T[] {
  const stride = Math.max(1, Math.ceil(points.length / mostLosses))
  return points.filter((_, index) => (points.length - 1 - index) % stride === 0)
}

/** A run as it lies in this browser. */
export interface KeptRun {
  readonly record: RunRecord
  /** Steps whose state is kept, rising. */
  readonly checkpoints: readonly number[]
  /** Of everything stored for it. */
  readonly bytes: number
}

export const branchText = ({ hash, step }: BranchPoint): string => `${hash}@${step}`

/** @throws when the setting is no branch point; null where it is empty. */
export function parseBranch(text: string): BranchPoint | null {
  if (text.trim() === '') return null
  const [, hash, step] = /^(\w[\w-]{0,127})@(\d{1,9})$/.exec(text.trim()) ?? []
  if (hash === undefined)
    throw new Error(`"${text}" is no checkpoint to branch from. Choose one in the run history, or leave it empty.`)
  return { hash, step: Number(step) }
}
