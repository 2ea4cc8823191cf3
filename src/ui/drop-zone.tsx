/** The whole page takes files: over a corpus cell they go there, elsewhere to the first one. */
import { useEffect, useState } from 'react'
import { takeFiles } from './actions'
import { droppedFiles } from './dropped-files'
import { useSession } from './session-context'

export function DropZone({ onProblem }: { onProblem: (message: string) => void }) {
  const session = useSession()
  const [over, setOver] = useState(false)
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    const onDragLeave = (event: DragEvent) => {
      // Leaving for another element of the page is no leaving.
      if (event.relatedTarget === null) setOver(false)
    }
    const onDrop = (event: DragEvent) => {
      if (!event.dataTransfer || !hasFiles(event)) return
      event.preventDefault()
      setOver(false)
      const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-cell]') : null
      droppedFiles(event.dataTransfer)
        .then((files) => takeFiles(session, files, cell?.dataset.cell))
        .catch((cause: unknown) => onProblem(cause instanceof Error ? cause.message : String(cause)))
    }
    document.addEventListener('dragover', onDragOver)
    document.addEventListener('dragleave', onDragLeave)
    document.addEventListener('drop', onDrop)
    return () => {
      document.removeEventListener('dragover', onDragOver)
      document.removeEventListener('dragleave', onDragLeave)
      document.removeEventListener('drop', onDrop)
    }
  }, [session, onProblem])
  return over ? <div className="drop-target">Drop to add. The files stay on this computer.</div> : null
}
