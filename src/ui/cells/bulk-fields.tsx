/** Says the same of many soundtracks: which ones of every chosen title, and what. One step of undo. */
import { type FormEvent, useId, useState } from 'react'
import { soundKinds } from '../../schema/track-edits'
import { plural } from '../format'
import { useSession } from '../session-context'
import { type Choice, changesOfAll, chosenSounds, type EditedSound, parseMs, type Saying } from './edited-sounds'
import { kindNames } from './track-fields'

interface BulkFieldsProps {
  readonly cellId: string
  /** Soundtracks of every chosen title. */
  readonly titles: readonly (readonly EditedSound[])[]
}

/** The values of the list of choices: a language, a number, or all. */
function choiceOf(value: string): Choice['which'] {
  const [, kind, rest = ''] = /^(language|number) (.*)$/.exec(value) ?? []
  if (kind === 'number') return { number: Number(rest) }
  return kind === 'language' ? { language: rest } : 'all'
}

export function BulkFields({ cellId, titles }: BulkFieldsProps) {
  const session = useSession()
  const id = useId()
  const [which, setWhich] = useState('language und')
  const [named, setNamed] = useState('')
  const [said, setSaid] = useState({ text: '', isComplaint: false })
  const languages = [...new Set(['und', ...titles.flat().map(({ language }) => language)])]
  const most = Math.max(...titles.map((sounds) => sounds.length))
  const choice: Choice = { which: choiceOf(which), named }
  const meant = titles.map((sounds) => chosenSounds(sounds, choice).length)
  const count = meant.reduce((sum, one) => sum + one, 0)
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const kind = soundKinds.find((one) => one === text('kind'))
    const saying: Saying = {
      ...(text('language') !== '' && { language: text('language') }),
      ...(kind && { kind }),
      ...(text('offset') !== '' && { offsetMs: parseMs(text('offset')) }),
      ...(form.has('original') && { original: true as const }),
    }
    try {
      if (Object.keys(saying).length === 0)
        throw new Error('Say what to change: a language, a kind, an offset, or the original.')
      session.editTracks(cellId, changesOfAll(titles, choice, saying))
      event.currentTarget.reset()
      setSaid({ text: `Changed ${plural(count, 'track')}.`, isComplaint: false })
    } catch (cause) {
      setSaid({ text: cause instanceof Error ? cause.message : String(cause), isComplaint: true })
    }
  }
  return (
    <form className="track-fields" onSubmit={apply}>
      <div className="field">
        <label htmlFor={`${id}-which`}>Tracks</label>
        <select id={`${id}-which`} value={which} onChange={({ target }) => setWhich(target.value)}>
          {languages.map((language) => (
            <option key={language} value={`language ${language}`}>
              {language === 'und' ? 'all undetermined' : `all ${language}`}
            </option>
          ))}
          {Array.from({ length: most }, (_, index) => index + 1).map((number) => (
            <option key={number} value={`number ${number}`}>{`track ${number}`}</option>
          ))}
          <option value="all">all tracks</option>
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-named`}>Named</label>
        <input
          id={`${id}-named`}
          placeholder="any name"
          value={named}
          onChange={({ target }) => setNamed(target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-language`}>Language</label>
        <input id={`${id}-language`} name="language" placeholder="as it is" autoComplete="off" spellCheck={false} />
      </div>
      <div className="field">
        <label htmlFor={`${id}-kind`}>Kind</label>
        <select id={`${id}-kind`} name="kind">
          <option value="">as it is</option>
          {soundKinds.map((kind) => (
            <option key={kind} value={kind}>
              {kindNames[kind]}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-offset`}>
          Offset <span className="unit">ms</span>
        </label>
        <input id={`${id}-offset`} name="offset" placeholder="as it is" inputMode="decimal" autoComplete="off" />
      </div>
      <label className="original">
        <input type="checkbox" name="original" /> original
      </label>
      <button type="submit" disabled={count === 0}>
        {count === 0 ? 'No such track' : `Change ${plural(count, 'track')}`}
      </button>
      <p className={said.isComplaint ? 'complaint' : 'note'} role={said.isComplaint ? 'alert' : 'status'}>
        {said.text}
      </p>
    </form>
  )
}
