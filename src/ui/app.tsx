/** The page: head, one column of cells, and what works from anywhere (drop, keyboard, palette). */
import { useCallback, useRef, useState } from 'react'
import { commands, downloadNotebook, openNotebookFile } from './actions'
import { Announcer } from './announcer'
import { CellView } from './cells/cell-view'
import { CommandPalette } from './command-palette'
import { DropZone } from './drop-zone'
import { Header } from './header'
import { useSession, useSessionState } from './session-context'
import './styles/page.css'
import { useGpuPanel } from './use-gpu-panel'
import { useKeyboard } from './use-keyboard'

interface AppProps {
  /** Another tab has the notebook: here it can be looked at. */
  readonly readOnly: boolean
  /** Something that went wrong before the page could show it. */
  readonly problem?: string
  /** A run that was going when the page went, and is not taken up by itself. */
  readonly unfinished: { readonly because: 'crashes' | 'paused'; readonly resume: () => void } | null
}

export function App({ readOnly, problem = '', unfinished }: AppProps) {
  const session = useSession()
  const cells = useSessionState(({ notebook }) => notebook.cells)
  const engineError = useSessionState(({ engine }) => engine.error)
  const [message, setMessage] = useState(problem)
  const [palette, setPalette] = useState(false)
  const [offer, setOffer] = useState(unfinished !== null)
  const notebookInput = useRef<HTMLInputElement>(null)
  const openPalette = useCallback(() => setPalette(true), [])
  useKeyboard(session, openPalette, readOnly)
  const gpuPanel = useGpuPanel(setMessage)
  const chooseNotebook = () => notebookInput.current?.click()
  const openChosen = (file: File | undefined) => {
    if (!file) return
    openNotebookFile(session, file).then(
      () => setMessage(''),
      (cause: unknown) => setMessage(cause instanceof Error ? cause.message : String(cause)),
    )
  }
  return (
    <fieldset className="whole" disabled={readOnly}>
      <Header onPalette={openPalette} onGpu={gpuPanel.open} />
      <main className="column">
        {readOnly ? (
          <div className="banner" role="status">
            <p>
              This notebook is open in another tab, and is edited and run there. Here it can be read; when the other tab
              is closed, this one takes over.
            </p>
          </div>
        ) : null}
        {offer && unfinished ? (
          <div className="banner offer">
            <p>
              {unfinished.because === 'crashes'
                ? 'A run did not finish, twice in a row. What it had stored is kept.'
                : 'A run was paused. It goes on from its last checkpoint.'}
            </p>
            <button
              type="button"
              className="primary"
              onClick={() => {
                setOffer(false)
                unfinished.resume()
              }}
            >
              Resume from last session
            </button>
          </div>
        ) : null}
        {[engineError, message].filter(Boolean).map((text) => (
          <div key={text} className="banner" role="alert">
            <p>{text}</p>
          </div>
        ))}
        {cells.map((cell) => (
          <CellView key={cell.id} cell={cell} />
        ))}
        <footer className="foot">
          <button type="button" className="ghost" onClick={chooseNotebook}>
            Open a notebook…
          </button>
          <button type="button" className="ghost" onClick={() => downloadNotebook(session)}>
            Download this notebook
          </button>
          <input
            ref={notebookInput}
            type="file"
            hidden
            accept=".json"
            aria-label="Notebook file"
            onChange={(event) => {
              openChosen(event.target.files?.[0])
              event.target.value = ''
            }}
          />
        </footer>
      </main>
      {readOnly ? null : <DropZone onProblem={setMessage} />}
      <Announcer />
      {palette ? (
        <CommandPalette commands={commands(session, chooseNotebook, gpuPanel.open)} onClose={() => setPalette(false)} />
      ) : null}
      {gpuPanel.panel}
    </fieldset>
  )
}
