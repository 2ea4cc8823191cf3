/**
 * The 3 s windows of a clip that is embedded, as the authors' code cuts them (spec/evaluation.md section 1.1): one after
 * another, and a last one that overlaps backwards if more than half a window would be left out.
 */

const windowS = 3

type Window = readonly [start: number, end: number]

/** Windows of `samples` samples at `rate` Hz, in samples; ends are exclusive. Fewer than 2 samples have none. */
export function audioWindows(samples: number, rate: number): Window[] {
  if (samples < 2) return []
  const length = Math.trunc(windowS * rate)
  const windows: Window[] = []
  for (let i = 0; (i + 1) * windowS * rate < samples; i++)
    windows.push([Math.trunc(i * windowS * rate), Math.trunc((i + 1) * windowS * rate)])
  const last = windows.at(-1)
  if (!last) return [[0, samples]]
  if (samples - last[1] > Math.trunc((windowS * rate) / 2)) windows.push([samples - length, samples])
  return windows
}

/** Windows of a clip whose last frame is shown at `lastFrameS`, in seconds. A clip of one frame has none. */
export function videoWindows(lastFrameS: number): Window[] {
  if (!(lastFrameS > 0)) return []
  const windows: Window[] = []
  for (let start = 0; start + windowS < lastFrameS; start += windowS) windows.push([start, start + windowS])
  const last = windows.at(-1)
  if (!last) return [[0, lastFrameS]]
  if (lastFrameS - last[1] > windowS / 2) windows.push([lastFrameS - windowS, lastFrameS])
  return windows
}
