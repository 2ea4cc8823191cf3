/** The head of the page: what this is, where the clips stay, which GPU works, and the two buttons one needs. */
import { isActive } from '../notebook/cell-state'
import { paletteKeys } from './actions'
import { GpuChip } from './gpu-chip'
import { useSession, useSessionState } from './session-context'

interface HeaderProps {
  readonly onPalette: () => void
  /** Opens the panel about the GPU. */
  readonly onGpu: () => void
}

export function Header({ onPalette, onGpu }: HeaderProps) {
  const session = useSession()
  const title = useSessionState(({ notebook }) => notebook.title)
  const busy = useSessionState(({ cells }) => Object.values(cells).some(isActive))
  return (
    <header className="top">
      <h1 className="brand">
        <i aria-hidden="true" />
        Dubbook
      </h1>
      <input
        className="title"
        aria-label="Notebook title"
        value={title}
        spellCheck={false}
        onChange={(event) => session.setTitle(event.target.value)}
      />
      <span className="chips">
        <span className="chip">
          <svg viewBox="0 0 12 14" aria-hidden="true">
            <rect x="1" y="6" width="10" height="7" rx="1.5" fill="currentColor" />
            <path d="M3 6V4a3 3 0 0 1 6 0v2" fill="none" stroke="currentColor" strokeWidth="1.5" />
          </svg>
          clips stay on this computer
        </span>
        <GpuChip onOpen={onGpu} />
      </span>
      <button type="button" className="ghost" aria-label="Command palette" onClick={onPalette}>
        {paletteKeys}
      </button>
      <button type="button" disabled={!busy} onClick={() => session.stop()}>
        Stop
      </button>
      <button type="button" className="primary" onClick={() => void session.runAll()}>
        Run all
      </button>
    </header>
  )
}
