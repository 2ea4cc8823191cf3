/** The adapter: its name, what it was measured to do at most, and the limits that it grants. */
import type { EngineDescription } from '../../engine/api'
import { bytes, count, significant } from '../format'

/** Limits in the order in which they decide what fits. */
const limitTitles: readonly (readonly [limit: string, title: string, unit: 'bytes' | 'count'])[] = [
  ['maxBufferSize', 'Largest buffer', 'bytes'],
  ['maxStorageBufferBindingSize', 'Largest binding', 'bytes'],
  ['maxStorageBuffersPerShaderStage', 'Buffers of one kernel', 'count'],
  ['maxComputeWorkgroupStorageSize', 'Memory of a workgroup', 'bytes'],
  ['maxComputeInvocationsPerWorkgroup', 'Threads of a workgroup', 'count'],
  ['maxComputeWorkgroupsPerDimension', 'Workgroups per dimension', 'count'],
]

export function AdapterTable({ description }: { description: EngineDescription }) {
  const { adapter, browser, floor, details, fingerprint } = description
  const rows: readonly (readonly [string, string])[] = [
    ['Adapter', adapter],
    ['Browser', browser],
    ['Multiply-add peak', floor ? `${significant(floor.peakGflops)} GFLOP/s` : 'not measured yet'],
    ['Copy bandwidth', floor ? `${significant(floor.bandwidthGBs)} GB/s` : 'not measured yet'],
    ...limitTitles.map(([limit, title, unit]): readonly [string, string] => {
      const value = details.limits[limit] ?? 0
      return [title, unit === 'bytes' ? bytes(value) : count(value)]
    }),
    ['Subgroups', details.subgroupSizes ? lanes(details.subgroupSizes) : 'none'],
    ['Features', details.features.join(', ') || 'none'],
    ['Fingerprint of new results', fingerprint],
  ]
  return (
    <section className="adapter" aria-label="Adapter">
      <h3>Adapter</h3>
      <dl>
        {rows.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const lanes = ([least, most]: readonly [number, number]): string =>
  least === most ? `${least} lanes` : `${least} to ${most} lanes`
