/** Numbers as people read them: units always, no more digits than mean something. */

/** `0.8 s`, `34 s`, `1 min 04 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** `1 234`, `56.7 k`, `34.2 M`. */
export function count(value: number): string {
  if (value < 10_000) return value.toLocaleString('en').replaceAll(',', ' ')
  if (value < 1_000_000) return `${(value / 1000).toPrecision(3)} k`
  return `${(value / 1_000_000).toFixed(value < 1e8 ? 2 : 0)} M`
}

/** `812 B`, `3.4 kB`, `27.1 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`
  if (value < 1e9) return `${(value / 1e6).toFixed(1)} MB`
  return `${(value / 1e9).toFixed(2)} GB`
}

/** `1 title`, `3 titles`. */
export const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** A loss or a rate with three significant digits: `2.71`, `0.00312`. */
export const significant = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  return size >= 1e-3 && size < 1e5 ? Number(value.toPrecision(3)).toString() : value.toExponential(1)
}

/** A score from 0 to 1: `0.94`. */
export const score = (value: number): string => value.toFixed(2)

/** `12.5 %`, `100 %`. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`

/** `[0.78, 1.00]` */
export const interval = ([low, high]: readonly [number, number]): string => `[${score(low)}, ${score(high)}]`

/** `−0.13` */
export const cosine = (value: number): string => value.toFixed(2).replace('-', '−')

/** `−40 dB`, with a real minus. */
export const decibels = (value: number): string => `${value.toFixed(0).replace('-', '−')} dB`
