/** The page's shortcuts: run the focused cell, run all, stop, undo and redo, command palette. */
import { useEffect } from 'react'
import type { Session } from '../notebook/session'

/** @param off Leaves all keys alone. */
export function useKeyboard(session: Session, openPalette: () => void, off: boolean): void {
  useEffect(() => {
    if (off) return
    const onKeyDown = (event: KeyboardEvent) => {
      const action = actionOf(event, session, openPalette)
      if (!action) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [session, openPalette, off])
}

function actionOf(event: KeyboardEvent, session: Session, openPalette: () => void): (() => void) | null {
  const command = event.ctrlKey || event.metaKey
  const key = event.key.toLowerCase()
  const target = event.target instanceof HTMLElement ? event.target : null
  // A dialog keeps its keys to itself, also where none of its elements has the focus.
  if (document.querySelector('dialog[open]')) return null
  if (key === 'enter' && (command || event.shiftKey)) {
    // What is being typed counts before the run starts.
    if (target instanceof HTMLInputElement) target.blur()
    if (command) return () => void session.runAll()
    const id = target?.closest<HTMLElement>('[data-cell]')?.dataset.cell
    return id === undefined ? null : () => void session.runCell(id)
  }
  if (key === 'escape') return () => session.stop()
  if (command && key === 'k') return openPalette
  if (command && (key === 'z' || key === 'y')) {
    // Inside a field that is being edited the browser's own undo is meant.
    if (target?.dataset.dirty === 'true' || target instanceof HTMLTextAreaElement) return null
    return key === 'y' || event.shiftKey ? () => session.redo() : () => session.undo()
  }
  return null
}
