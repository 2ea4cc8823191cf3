/** Reads exported weights independently of our own writer, and knows which names the authors' networks ask for. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/install.mjs'

export interface Tensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Buffer
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Parses a safetensors file: 8 bytes length, a JSON header, the data. */
export function readSafetensors(file: Buffer): {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, Tensor>
} {
  const start = 8 + Number(file.readBigUInt64LE(0))
  const header = JSON.parse(file.toString('utf8', 8, start)) as Record<string, Entry>
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, Entry> & {
    __metadata__?: Record<string, string>
  }
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      return [name, { dtype, shape, bytes: file.subarray(start + from, start + to) }] as const
    },
  )
  return { metadata, tensors: new Map(tensors) }
}

/** The numbers of an F32 tensor. */
export const floatsOf = ({ bytes }: Tensor): Float32Array => new Float32Array(new Uint8Array(bytes).buffer)

/**
 * Every name that an export of the `tiny` preset must have: 4 blocks, of which 1 and 3 widen, batch-normalised heads of
 * 3 layers. Taken from a golden file, which the authors' code wrote for 2 blocks, of which 1 widens, and equal heads.
 */
export function tinyNames(): readonly string[] {
  const golden = readSafetensors(readFileSync(join(root, 'goldens/pretraining-batchnorm.safetensors')))
  const names = [...golden.tensors.keys()].flatMap((name) => {
    const [, own] = /^(?:param|buffer)\.(.*)$/.exec(name) ?? []
    if (own === undefined) return []
    if (own.includes('.blocks.0.')) return [own, own.replace('.blocks.0.', '.blocks.2.')]
    if (own.includes('.blocks.1.')) return [own, own.replace('.blocks.1.', '.blocks.3.')]
    return [own]
  })
  const counters = names
    .filter((name) => name.endsWith('.running_mean'))
    .map((name) => name.replace(/running_mean$/, 'num_batches_tracked'))
  return [...names, ...counters].sort()
}
