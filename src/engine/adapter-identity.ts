/** Which adapter, browser build and kernels these are: what is found out about them counts for no others. */
import type { GpuContext } from '../gpu/gpu-context'
import { browserBuild } from './browser-build'
import { shaderHash } from './gpu-check/shader-hash'

export interface AdapterIdentity {
  readonly adapter: string
  readonly browser: string
  readonly shaderHash: string
  /** Adapter, its features, browser build: the part of a fingerprint that is not chosen. */
  readonly device: string
  /** Names a directory. */
  readonly key: string
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** SHA-256 of a text, in hex. */
export const digestOf = async (text: string): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))

export async function identify({ gpu: { adapterName, features } }: GpuContext): Promise<AdapterIdentity> {
  const browser = await browserBuild()
  const shaders = await shaderHash()
  const device = [adapterName, features.join(' '), browser].join(' | ')
  return { adapter: adapterName, browser, shaderHash: shaders, device, key: await digestOf(`${device} | ${shaders}`) }
}
