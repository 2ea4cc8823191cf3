/** One hash over all that decides what the kernels compute: what was found out with other kernels does not count. */
import { fixedChoice } from '../../gpu/variants'
import { variantFamilies } from '../../ops/variants'

const sources = import.meta.glob<string>('../../../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** SHA-256 over every shader and the families of variants, in hex, 16 digits. */
export async function shaderHash(): Promise<string> {
  const families = variantFamilies.map(({ name, variants, preferred }) => ({ name, variants, preferred }))
  const text = JSON.stringify([Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1)), families, fixedChoice])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
