/** The golden files that ship with the app (`scripts/make_gpu_check.py`), fetched when a GPU is checked. */
import { type Golden, openGolden } from '../goldens/golden'

const addresses: Readonly<Record<string, URL>> = {
  mel: new URL('./mel.bin', import.meta.url),
  backbone: new URL('./backbone.bin', import.meta.url),
  pretraining: new URL('./pretraining.bin', import.meta.url),
}

export interface Reference {
  readonly name: string
  readonly golden: Golden
}

/** @throws when one cannot be fetched. */
export const openReferences = (): Promise<Reference[]> =>
  Promise.all(
    Object.entries(addresses).map(async ([name, address]) => {
      const { ok, status, body } = await fetch(address)
      if (!ok || !body)
        throw new Error(`The reference "${name}" for the check of the GPU could not be fetched (status ${status}).`)
      const unpacked = body.pipeThrough(new DecompressionStream('gzip'))
      return { name, golden: await openGolden(await new Response(unpacked).blob()) }
    }),
  )
