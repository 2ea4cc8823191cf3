/** Text that counts once Enter is pressed or the field is left; Escape takes it back. */
import { type InputHTMLAttributes, type KeyboardEvent, useEffect, useState } from 'react'

interface TypedFieldProps extends Pick<InputHTMLAttributes<HTMLInputElement>, 'list' | 'placeholder'> {
  readonly id: string
  readonly value: string
  readonly numeric: boolean
  readonly onCommit: (value: string) => void
}

export function TypedField({ value, numeric, onCommit, ...common }: TypedFieldProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const commit = () => {
    if (text.trim() !== value) onCommit(text.trim())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit()
    if (event.key === 'Escape' && text !== value) {
      event.stopPropagation()
      setText(value)
    }
  }
  return (
    <input
      {...common}
      type="text"
      inputMode={numeric ? 'decimal' : 'text'}
      autoComplete="off"
      spellCheck={false}
      data-dirty={text !== value}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={onKeyDown}
    />
  )
}
