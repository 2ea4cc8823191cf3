/** Runs beside each other: their curves over each other, the settings in which they differ, and all of them. */
import { useMemo, useState } from 'react'
import { differences, recordRows } from '../../notebook/run-comparison'
import { smoothed } from '../../notebook/smoothing'
import type { RunRecord } from '../../schema/run-record'
import { plural } from '../format'
import { DataTable } from '../plots/data-table'
import { type Line, LineChart } from '../plots/line-chart'
import { ScrollBox } from '../scroll-box'

const quantities = ['L', 'Lv', 'La', 'total', 'gradientNorm', 'learningRate'] as const
type Quantity = (typeof quantities)[number]
const names: Readonly<Record<Quantity, string>> = {
  L: 'L',
  Lv: 'Lv',
  La: 'La',
  total: 'total',
  gradientNorm: 'gradient norm',
  learningRate: 'learning rate',
}
const hues = 8

export function RunComparison({ runs }: { runs: readonly RunRecord[] }) {
  const [quantity, setQuantity] = useState<Quantity>('L')
  const [smoothing, setSmoothing] = useState(0)
  const [log, setLog] = useState(false)
  const lines = useMemo(
    () =>
      runs.map(
        ({ name, losses }, index): Line => ({
          name,
          hue: `--hue-${index % hues}`,
          width: 1.8,
          dashed: index >= hues,
          x: losses.map(({ step }) => step),
          y: smoothed(
            losses.map((point) => point[quantity]),
            smoothing,
          ),
        }),
      ),
    [runs, quantity, smoothing],
  )
  const rows = differences(runs)
  return (
    <div className="run-comparison">
      <LineChart
        lines={lines}
        chance={undefined}
        log={log}
        label={`${names[quantity]} of ${plural(runs.length, 'run')} by step`}
        points={runs.reduce((sum, { losses }) => sum + losses.length, 0)}
      />
      <div className="toolbar">
        <label>
          Curve
          <select value={quantity} onChange={(event) => setQuantity(event.target.value as Quantity)}>
            {quantities.map((each) => (
              <option key={each} value={each}>
                {names[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Smoothing
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={smoothing}
            onChange={(event) => setSmoothing(Number(event.target.value))}
          />
        </label>
        <label>
          <input type="checkbox" checked={log} onChange={(event) => setLog(event.target.checked)} />
          Log scale
        </label>
      </div>
      {runs.length > 1 && rows.length === 0 ? <p className="note">These runs have the same settings.</p> : null}
      {rows.length === 0 ? null : (
        <ScrollBox label="Settings that differ">
          <table>
            <caption>Settings that differ</caption>
            <thead>
              <tr>
                <th scope="col">Setting</th>
                {runs.map(({ hash, name }) => (
                  <th key={hash} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ label, values }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {runs.map(({ hash }, index) => (
                    <td key={hash}>{values[index]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      <DataTable
        caption="Settings, seed, program and adapter"
        columns={['Setting', ...runs.map(({ name }) => name)]}
        rows={() => recordRows(runs).map(({ label, values }) => [label, ...values])}
      />
    </div>
  )
}
