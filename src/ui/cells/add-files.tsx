/** Buttons for those who do not drag: files, or a folder of them; by handle where the browser can, so that they are remembered. */
import { useState } from 'react'
import type { GivenFile } from '../../notebook/file-access'
import { isCorpusFile } from '../../notebook/media-kinds'
import { chosenFiles, picker } from '../dropped-files'

interface AddFilesProps {
  readonly onFiles: (files: readonly GivenFile[]) => Promise<void>
}

export function AddFiles({ onFiles }: AddFilesProps) {
  const [problem, setProblem] = useState('')
  const take = (folder: boolean, files: Promise<readonly GivenFile[]>) => {
    setProblem('')
    files
      .then((all) => (folder ? all.filter(({ path }) => isCorpusFile(path)) : all))
      .then((wanted) => (wanted.length > 0 ? onFiles(wanted) : undefined))
      .catch((cause: unknown) => setProblem(cause instanceof Error ? cause.message : String(cause)))
  }
  const input = (label: string, text: string, folder: boolean) => (
    <label className="button ghost">
      {text}
      <input
        className="visually-hidden"
        type="file"
        multiple
        aria-label={label}
        ref={(element) => {
          if (element) element.webkitdirectory = folder
        }}
        onClick={(event) => {
          const pick = picker(folder)
          if (!pick) return
          event.preventDefault()
          take(folder, pick())
        }}
        onChange={(event) => {
          take(folder, Promise.resolve(chosenFiles(event.target.files)))
          event.target.value = ''
        }}
      />
    </label>
  )
  return (
    <>
      {problem ? (
        <span className="complaint" role="alert">
          {problem}
        </span>
      ) : null}
      {input('Add files', 'Add files…', false)}
      {input('Choose a folder', 'Folder…', true)}
    </>
  )
}
