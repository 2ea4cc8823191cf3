/** What a checkpoint holds beside the GPU's state, and how both become one file. */
import { z } from 'zod'
import { lossPointSchema } from '../schema/loss-point'
import type { TrainingState } from './training-state'

const header = z.object({
  /** Steps done: the next step has this number. */
  step: z.number().int().nonnegative(),
  losses: z.array(lossPointSchema),
  /** Clips that a backbone handles at a time: sums differ in their order with it, so a run keeps it to its end. */
  microBatch: z.number().int().positive(),
  /** The kernel variants, by `describeVariants`: kept too, for the same reason. */
  variants: z.string(),
  /** Time spent in steps so far. */
  trainedS: z.number(),
  resumes: z.array(z.object({ fromStep: z.number(), lostSteps: z.number() })),
  /** Adapter and browser that computed the steps, each from its first one on. */
  devices: z.array(z.object({ fromStep: z.number(), device: z.string() })).default([]),
})
export type CheckpointHeader = z.infer<typeof header>

/** `[u32 header bytes][header JSON][state]`. The sampler needs no state: a batch is a function of (seed, step). */
export async function encodeCheckpoint(info: CheckpointHeader, state: TrainingState): Promise<Uint8Array[]> {
  const json = new TextEncoder().encode(JSON.stringify(info))
  return [new Uint8Array(Uint32Array.of(json.byteLength).buffer), json, ...(await state.snapshot())]
}

/** What is known before there is a GPU to put the state on. @throws when the bytes are not a checkpoint. */
export function readCheckpointHeader(bytes: Uint8Array<ArrayBuffer>): CheckpointHeader {
  return header.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(4, stateOffset(bytes)))))
}

/** Puts the state back. @throws when the bytes are not a checkpoint of this network. */
export function restoreCheckpoint(bytes: Uint8Array<ArrayBuffer>, state: TrainingState): CheckpointHeader {
  state.restore(bytes.subarray(stateOffset(bytes)))
  return readCheckpointHeader(bytes)
}

const stateOffset = (bytes: Uint8Array<ArrayBuffer>): number =>
  4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
