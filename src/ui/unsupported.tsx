/** What one sees where Dubbook cannot run: what is missing, which browsers have it, how to switch it on. */
import './styles/page.css'

export interface Missing {
  readonly name: 'WebGPU' | 'WebCodecs' | 'private file storage'
  readonly remedy: string
}

/** What this browser lacks of what everything here is built on. */
export function missingFeatures(): readonly Missing[] {
  const missing: Missing[] = []
  if (!('gpu' in navigator))
    missing.push({
      name: 'WebGPU',
      remedy:
        'In Chrome and Edge it is on by default from version 113 (on Linux: switch on chrome://flags/#enable-unsafe-webgpu and chrome://flags/#enable-vulkan); in Safari from version 26; in Firefox from version 141 on Windows and 145 on macOS.',
    })
  if (!('VideoDecoder' in globalThis && 'AudioDecoder' in globalThis))
    missing.push({
      name: 'WebCodecs',
      remedy:
        'There is nothing to switch on, but an update brings it: Chrome and Edge have it from version 94, Safari (sound included) from version 26, Firefox from version 130.',
    })
  if (!navigator.storage?.getDirectory)
    missing.push({ name: 'private file storage', remedy: 'Leave the private window, or update the browser.' })
  return missing
}

export function Unsupported({ missing }: { missing: readonly Missing[] }) {
  return (
    <main className="plain">
      <h1>Dubbook cannot run in this browser yet</h1>
      <p>It trains networks on your own clips, on your own GPU, and for that this browser lacks:</p>
      <dl>
        {missing.map(({ name, remedy }) => (
          <div key={name}>
            <dt>
              <strong>{name}</strong>
            </dt>
            <dd>{remedy}</dd>
          </div>
        ))}
      </dl>
      {window.isSecureContext ? null : (
        <p>
          This page was opened over an insecure connection, where browsers hide these features. Open it over https, or
          from localhost.
        </p>
      )}
      <p>A recent Chrome or Edge on a computer with a graphics card works best.</p>
    </main>
  )
}
