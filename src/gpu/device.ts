/** Asks the browser for a GPU with its largest limits and says what was got (design: "The GPU engine", section 5). */
import type { Target } from './operator'
import { fixedChoice } from './variants'

export interface Gpu {
  readonly device: GPUDevice
  readonly target: Target
  /** What a person calls the adapter, for instance `google swiftshader`. */
  readonly adapterName: string
  readonly features: readonly string[]
  /** What the device grants of all that compute depends on. */
  readonly limits: Readonly<Record<string, number>>
}

const wantedFeatures = ['timestamp-query', 'subgroups', 'shader-f16'] as const
/** All that compute depends on, each as large as the adapter gives. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const

const softwareAdapters = /swiftshader|llvmpipe|lavapipe|warp|basic render/i

/**
 * Opens the adapter the browser prefers for speed.
 * @throws when WebGPU is missing or gives no adapter, with what to do about it.
 */
export async function openGpu(): Promise<Gpu> {
  if (!('gpu' in navigator))
    throw new Error('This browser has no WebGPU. Chrome or Edge 124, Firefox 141 and Safari 26, or newer, have it.')
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter)
    throw new Error(
      'WebGPU gives no adapter. Turn on hardware acceleration in the browser’s settings (in Chrome see chrome://gpu) and reload.',
    )
  const features = wantedFeatures.filter((feature) => adapter.features.has(feature))
  const requiredLimits: Record<string, number> = {}
  for (const limit of wantedLimits) requiredLimits[limit] = adapter.limits[limit]
  const device = await adapter.requestDevice({ requiredFeatures: features, requiredLimits })
  const { vendor, architecture, device: model, description, subgroupMinSize, subgroupMaxSize } = adapter.info
  const adapterName = description || [vendor, architecture, model].filter(Boolean).join(' ') || 'unnamed adapter'
  return {
    device,
    adapterName,
    features,
    limits: Object.fromEntries(wantedLimits.map((limit) => [limit, device.limits[limit]])),
    target: {
      kind: softwareAdapters.test(adapterName) ? 'software' : 'gpu',
      subgroupSizes: features.includes('subgroups') ? [subgroupMinSize, subgroupMaxSize] : null,
      maxWorkgroupsPerDimension: device.limits.maxComputeWorkgroupsPerDimension,
      workgroupStorage: device.limits.maxComputeWorkgroupStorageSize,
      choice: fixedChoice,
    },
  }
}
