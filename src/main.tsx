/** Boot: what the browser can do, the engine, the last notebook or the sample one, then the page. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startEngine } from './engine/client'
import { installAutomation, isAutomated } from './notebook/automation'
import { ancestorsOf } from './notebook/graph'
import { keep, type Unfinished, unfinished } from './notebook/keep'
import { registerOffline } from './notebook/offline'
import { notebookFreed, takeNotebook } from './notebook/one-tab'
import { savedNotebook } from './notebook/persistence'
import { sampleNotebookUrl } from './notebook/samples'
import { createSession, type Session } from './notebook/session'
import { type Notebook, parseNotebook } from './schema/notebook'
import { App } from './ui/app'
import { notePlace, returnToPlace } from './ui/keep-place'
import { SessionProvider } from './ui/session-context'
import { missingFeatures, Unsupported } from './ui/unsupported'

async function sampleNotebook(): Promise<Notebook> {
  const response = await fetch(sampleNotebookUrl)
  if (!response.ok) throw new Error(`The sample notebook could not be fetched (status ${response.status}).`)
  return parseNotebook(await response.json())
}

/** Clips and spectrograms take a moment only: they are there before anyone asks. */
async function runQuickCells(session: Session): Promise<void> {
  await filesFound(session)
  const { notebook } = session.store.getState()
  for (const { id, kind } of notebook.cells) {
    if (kind !== 'corpus' && kind !== 'spectrogram') continue
    const { media, cells } = session.store.getState()
    const clips = [...ancestorsOf(notebook, id).map(({ id }) => id), id].flatMap((above) => media[above] ?? [])
    // What is missing or was never given is asked for in its cell, which is no failure yet.
    const isComplete = clips.every(({ references, missing }) => references.length > 0 && missing.length === 0)
    if (isComplete && !(kind === 'spectrogram' && cells[id]?.status === 'done')) await session.runCell(id)
  }
}

/** Resolves once nothing that a cell reads from is missing. */
const filesComplete = (session: Session, id: string): Promise<void> =>
  new Promise((resolve) => {
    const isComplete = () => {
      const { notebook, media } = session.store.getState()
      return [...ancestorsOf(notebook, id).map(({ id }) => id), id].every((above) => !media[above]?.missing.length)
    }
    if (isComplete()) return resolve()
    const stop = session.store.subscribe(({ ready }) => {
      if (ready && !isComplete()) return
      stop()
      // Another notebook that is opened meanwhile may have a cell of this name, which nobody asked for.
      if (ready) resolve()
    })
  })

const filesFound = (session: Session): Promise<void> =>
  new Promise((resolve) => {
    if (session.store.getState().ready) return resolve()
    const stop = session.store.subscribe(({ ready }) => {
      if (!ready) return
      stop()
      resolve()
    })
  })

async function start(root: HTMLElement): Promise<void> {
  if (isAutomated(location.href)) return installAutomation(createSession(startEngine()))
  registerOffline()
  const page = createRoot(root)
  const missing = missingFeatures()
  if (missing.length > 0) return page.render(<Unsupported missing={missing} />)
  const session = createSession(startEngine())
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: 1 } } })
  const readOnly = !(await takeNotebook())
  const left: Unfinished = readOnly ? { cells: [], waitBecause: null } : unfinished()
  const opened = Promise.withResolvers<void>()
  /** Whoever asks before the notebook is open is heard once it is. */
  const goOn = async () => {
    await opened.promise
    await Promise.all(left.cells.map((id) => filesComplete(session, id).then(() => session.runCell(id))))
  }
  const render = (problem?: string) =>
    page.render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <SessionProvider session={session}>
            <App
              key={problem}
              problem={problem}
              readOnly={readOnly}
              unfinished={left.waitBecause && { because: left.waitBecause, resume: () => void goOn() }}
            />
          </SessionProvider>
        </QueryClientProvider>
      </StrictMode>,
    )
  render()
  try {
    const notebook = savedNotebook() ?? (await sampleNotebook())
    if (readOnly) void notebookFreed().then(() => location.reload())
    else keep(session, left, render)
    notePlace()
    // What somebody has dropped while the sample notebook came stays.
    const isTaken = session.store.getState().notebook.cells.length > 0
    await Promise.all([isTaken ? undefined : session.open(notebook), runQuickCells(session)])
    // Results that have just come are on the page one frame later.
    requestAnimationFrame(returnToPlace)
    opened.resolve()
    if (left.waitBecause === null) await goOn()
  } catch (cause) {
    render(cause instanceof Error ? cause.message : String(cause))
  }
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root".')
void start(root)
