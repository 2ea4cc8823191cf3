/**
 * Puts packets of sound on the grid of samples. Containers round times (Matroska to milliseconds), players count samples from
 * the first packet on; so do we, from wherever reading begins, as long as count and time agree within the rounding.
 */

export interface GridPacket {
  /** In samples, as the container has it; NaN: right after the one before. */
  readonly time: number
  /** Samples that it decodes to. */
  readonly frames: number
}

export interface SampleGrid {
  /** Where the first packet of the track lies. */
  readonly origin: number
  /** What every packet decodes to, where that is one number; 0 otherwise. */
  readonly step: number
  /** How far times may be off. */
  readonly jitter: number
  /** How far the track's own times lie from its grid on the whole ({@link phaseOf} of its beginning). */
  readonly phase: number
}

/** Rounding of times in `1 / timescale` seconds, in samples, with some room for writers that cut instead. */
export const gridJitter = (sampleRate: number, timescale: number): number =>
  Math.max(2, Math.ceil((1.5 * sampleRate) / timescale))

/**
 * How far times lie behind positions: each says it to within half of its rounding, all together much better.
 * @param positions of the same packets, counted without gaps.
 */
export function phaseOf(packets: readonly GridPacket[], positions: Float64Array, jitter: number): number {
  const rounding = jitter / 3
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  for (const [i, { time }] of packets.entries()) {
    if (Number.isNaN(time)) continue
    const distance = time - (positions[i] ?? 0)
    low = Math.max(low, distance - rounding)
    high = Math.min(high, distance + rounding)
  }
  return Number.isFinite(low) ? (low + high) / 2 : 0
}

/** @returns the position of every packet in samples; those that follow on from another have no gap between. */
export function placeOnGrid(packets: readonly GridPacket[], grid: SampleGrid): Float64Array {
  const { origin, step, jitter } = grid
  const positions = new Float64Array(packets.length)
  let next = Number.NaN
  /** Packets that follow on from the first one. */
  let run = 0
  let isAnchored = false
  for (const [i, { time, frames }] of packets.entries()) {
    const onStep = step > 0 ? origin + Math.round((time - origin) / step) * step : Number.NaN
    const follows = Number.isNaN(time) || Math.abs(time - next) <= jitter
    const isOnStep = !follows && Math.abs(onStep - time) <= jitter
    positions[i] = follows ? next : isOnStep ? onStep : Math.round(time)
    if (i === 0) isAnchored = isOnStep || time === origin
    if (i === run && (i === 0 || follows)) run++
    next = (positions[i] ?? 0) + frames
  }
  if (isAnchored || run === 0) return positions
  const shift = Math.round(phaseOf(packets.slice(0, run), positions, jitter) - grid.phase)
  for (let i = 0; i < run; i++) positions[i] = (positions[i] ?? 0) + shift
  return positions
}
