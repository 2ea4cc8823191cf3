/** Type to find a command; arrows choose, Enter does it. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { Command } from './actions'

interface CommandPaletteProps {
  readonly commands: readonly Command[]
  readonly onClose: () => void
}

export function CommandPalette({ commands, onClose }: CommandPaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useId()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState(0)
  useEffect(() => dialog.current?.showModal(), [])
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const found = commands.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
  const index = Math.min(chosen, found.length - 1)
  const run = (command: Command | undefined) => {
    if (!command) return
    dialog.current?.close()
    command.act()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (move !== undefined) {
      event.preventDefault()
      setChosen((index + move + found.length) % Math.max(1, found.length))
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      run(found[index])
    }
  }
  return (
    <dialog ref={dialog} className="palette" aria-label="Command palette" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={index >= 0 ? `${list}-${index}` : undefined}
        aria-label="Find a command"
        placeholder="Find a command"
        autoComplete="off"
        value={search}
        onChange={(event) => {
          setSearch(event.target.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} className="choices" role="listbox" aria-label="Commands">
        {found.map((command, position) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys go through the field above, as in every combobox
          <div
            key={command.name}
            id={`${list}-${position}`}
            role="option"
            aria-selected={position === index}
            tabIndex={-1}
            onClick={() => run(command)}
            onPointerMove={() => setChosen(position)}
          >
            {command.name}
            {command.keys ? <kbd>{command.keys}</kbd> : null}
          </div>
        ))}
      </div>
    </dialog>
  )
}
