/** What stands behind one probe's score: folds, learning curves, scores of each class, and who was taken for whom. */
import type { ProbeDetail, ProbeTask } from '../../schema/probe-results'
import { score } from '../format'
import { DataTable } from '../plots/data-table'
import { ScrollBox } from '../scroll-box'
import { LearningCurves } from './learning-curves'

/** Beyond this many classes the matrix is read from the table of confusions. */
const largestMatrix = 24

export function ProbeDetails({ task, detail }: { task: ProbeTask; detail: ProbeDetail }) {
  const { labels, folds, perClass, confusion } = detail
  const name = `${task.name}, ${task.modality}`
  return (
    <details className="probe-details">
      <summary>{[`Behind ${name}`, task.recipe].filter(Boolean).join(': ')}</summary>
      {folds.some(({ curve }) => curve.length > 1) ? (
        <LearningCurves folds={folds} metric={task.metric} name={name} />
      ) : null}
      {confusion && labels.length <= largestMatrix ? (
        <ConfusionMatrix labels={labels} counts={confusion} name={name} />
      ) : null}
      <DataTable
        caption={`${name}: folds`}
        columns={['fold', task.metric, 'best epoch', 'classes left out']}
        rows={() =>
          folds.map((fold) => [fold.name, Number(fold.value.toFixed(4)), fold.bestEpoch, fold.classesLeftOut])
        }
      />
      <DataTable
        caption={`${name}: score of each class`}
        columns={['class', 'score']}
        rows={() => labels.map((label, index) => [label, shown(perClass[index])])}
      />
      {confusion ? (
        <DataTable
          caption={`${name}: confusions`}
          columns={['is', 'taken for', 'items']}
          rows={() =>
            labels.flatMap((label, row) =>
              labels.flatMap((other, column) => {
                const count = confusion[row * labels.length + column] ?? 0
                return row !== column && count > 0 ? [[label, other, count]] : []
              }),
            )
          }
        />
      ) : null}
    </details>
  )
}

const shown = (value: number | undefined): number | string =>
  value === undefined || !Number.isFinite(value) ? 'not scored' : Number(value.toFixed(4))

interface ConfusionMatrixProps {
  readonly labels: readonly string[]
  /** [classes, classes] */
  readonly counts: Uint32Array
  readonly name: string
}

function ConfusionMatrix({ labels, counts, name }: ConfusionMatrixProps) {
  const n = labels.length
  return (
    <ScrollBox label={`Confusion matrix of ${name}`}>
      <table className="confusion">
        <caption>Rows are what items are, columns what they were taken for.</caption>
        <thead>
          <tr>
            <td />
            {labels.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, row) => {
            const own = counts.subarray(row * n, (row + 1) * n)
            const total = own.reduce((sum, count) => sum + count, 0)
            return (
              <tr key={label}>
                <th scope="row">{label}</th>
                {labels.map((other, column) => {
                  const count = own[column] ?? 0
                  const share = total > 0 ? count / total : 0
                  return (
                    <td
                      key={other}
                      className="number"
                      title={`${count} of ${total}, ${score(share)}`}
                      style={{
                        background: `color-mix(in srgb, var(--accent) ${Math.round(45 * share)}%, transparent)`,
                      }}
                    >
                      {count > 0 ? count : ''}
                    </td>
                  )
                })}
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollBox>
  )
}
