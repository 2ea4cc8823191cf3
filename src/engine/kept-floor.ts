/** The adapter's floor, measured once per adapter and browser build and kept in this browser; again when asked. */
import { measureFloor } from '../gpu/floor'
import type { GpuContext } from '../gpu/gpu-context'
import type { Floor } from '../schema/floor'
import { openSeries } from '../storage/atomic-file'
import { browserBuild } from './browser-build'

async function seriesFor({ gpu }: GpuContext) {
  const name = `${gpu.adapterName} ${await browserBuild()}`.replaceAll(/[^\w.]+/g, '-')
  return openSeries(`floors/${name}`)
}

/** Measures, which takes some seconds on a software adapter, and keeps the result. */
export async function measureAndKeepFloor(context: GpuContext): Promise<Floor> {
  const floor = await measureFloor(context)
  await (await seriesFor(context)).write([new TextEncoder().encode(JSON.stringify(floor))])
  return floor
}

/** The kept floor; null where there is none. */
export async function keptFloor(context: GpuContext): Promise<Floor | null> {
  const bytes = await (await seriesFor(context)).readNewest()
  // Sealed with a checksum: what is read is what was written above.
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Floor)
}

/** The kept floor; measured first where there is none. */
export const floorOf = async (context: GpuContext): Promise<Floor> =>
  (await keptFloor(context)) ?? measureAndKeepFloor(context)
