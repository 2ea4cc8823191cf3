/** Fixture files (made by `scripts/make-fixtures.mjs`) and what ffmpeg sees in them. */
import { openMedia } from './source'
import type { MediaSource } from './types'

export interface AudioReference {
  readonly index: number
  readonly kind: 'audio'
  readonly sampleRate: number
  readonly channels: number
  /** First sample on the title's grid. */
  readonly start: number
  readonly samples: number
}

export interface VideoReference {
  readonly index: number
  readonly kind: 'video'
  readonly times: readonly number[]
  /** Mean of the luma plane of every frame. */
  readonly luma: readonly number[]
}

const url = (name: string): string => `/.cache/fixtures/${name}`

export async function fetchFixture(name: string): Promise<Blob> {
  const response = await fetch(url(name))
  if (!response.ok) throw new Error(`The fixture ${name} is missing: node scripts/make-fixtures.mjs makes it.`)
  return response.blob()
}

export const openFixture = async (name: string): Promise<MediaSource> =>
  openMedia(`films/${name}`, await fetchFixture(name))

export async function references(name: string): Promise<readonly (AudioReference | VideoReference)[]> {
  return JSON.parse(await (await fetchFixture(`${name}.json`)).text()).streams
}

/** Samples of the reference as channels, from sample `from` of the title's grid on, silence outside. */
export async function referenceSamples(name: string, { index, channels, start, samples }: AudioReference) {
  const interleaved = new Float32Array(await (await fetchFixture(`${name}.${index}.f32`)).arrayBuffer())
  return (channel: number, from: number, length: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => {
      const sample = from + i - start
      return sample >= 0 && sample < samples ? (interleaved[sample * channels + channel] ?? 0) : 0
    })
}

/** Norm of the difference over the norm of `expected`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    difference += ((actual[i] ?? 0) - (expected[i] ?? 0)) ** 2
    norm += (expected[i] ?? 0) ** 2
  }
  return Math.sqrt(difference / Math.max(norm, 1e-12))
}
