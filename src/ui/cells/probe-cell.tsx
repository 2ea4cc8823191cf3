/** Linear probes on frozen embeddings, beside untrained weights and the largest class. */
import { lazy, Suspense } from 'react'
import type { Cell } from '../../schema/notebook'
import type { ProbeTask } from '../../schema/probe-results'
import { CellFrame } from '../cell-frame'
import { interval, score } from '../format'
import { ScrollBox } from '../scroll-box'
import { useCellState } from '../session-context'
import { ProbeDetails } from './probe-details'

/** With the paper's numbers, which the page does not need before. */
const ResultsSection = lazy(() => import('./results-section'))

export function ProbeCell({ cell }: { cell: Cell }) {
  const { result } = useCellState(cell.id)
  const { metrics, details = [] } = result?.kind === 'probe' ? result : { metrics: null }
  return (
    <CellFrame cell={cell}>
      {metrics ? (
        <div className="stack">
          {(['audio', 'video', 'audio+video'] as const).map((modality) => {
            const tasks = metrics.tasks.filter((task) => task.modality === modality)
            return tasks.length > 0 ? <ProbeTable key={modality} modality={modality} tasks={tasks} /> : null
          })}
          {metrics.problems.map(({ file, message }) => (
            <p key={`${file}: ${message}`} className="note">
              {file ? `${file}: ${message}` : message}
            </p>
          ))}
          <p className="note">
            Accuracy over held-out items, with the 95 % Wilson interval, unless a column names another metric. Bold is
            the best of a column.
          </p>
          {metrics.tasks.map((task, index) => {
            const detail = details[index]
            return detail ? <ProbeDetails key={`${task.name} ${task.modality}`} task={task} detail={detail} /> : null
          })}
          <Suspense fallback={<p className="note">Loading the paper’s numbers…</p>}>
            <ResultsSection />
          </Suspense>
        </div>
      ) : (
        <p className="empty">Asks the frozen embeddings for what labels.csv says of the clips, and for the language.</p>
      )}
    </CellFrame>
  )
}

function ProbeTable({ modality, tasks }: { modality: string; tasks: readonly ProbeTask[] }) {
  const row = (name: string, show: (task: ProbeTask) => React.ReactNode, quiet = false) => (
    <tr>
      <th scope="row">{name}</th>
      {tasks.map((task) => (
        <td key={task.name} className={quiet ? 'number quiet' : 'number'}>
          {show(task)}
        </td>
      ))}
    </tr>
  )
  return (
    <ScrollBox label={`Probes of ${modality} embeddings`}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              Frozen {modality} embeddings{tasks.some(({ recipe }) => recipe?.includes('1 crop')) ? ' (1 crop)' : ''}
            </th>
            {tasks.map(({ name, metric }) => (
              <th key={name} scope="col" className="number">
                {name.charAt(0).toUpperCase() + name.slice(1)}
                {metric === 'accuracy' || metric === 'top1_acc' ? null : <small> {metric}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {row('this run', (task) => (
            <>
              <span className={task.value > Math.max(task.untrained ?? 0, task.chance) ? 'best' : undefined}>
                {score(task.value)}
              </span>{' '}
              {task.interval && <span className="quiet interval">{interval(task.interval)}</span>}
            </>
          ))}
          {tasks.some(({ untrained }) => untrained !== null) &&
            row('untrained weights', ({ untrained, value, chance }) =>
              untrained === null ? null : (
                <span className={untrained > Math.max(value, chance) ? 'best' : undefined}>{score(untrained)}</span>
              ),
            )}
          {row('largest class', ({ chance }) => score(chance), true)}
          {row('segments', ({ n }) => n, true)}
        </tbody>
      </table>
    </ScrollBox>
  )
}
