/** What the tuner measured: every variant's time, which one it chose, and what that gains over the fixed table. */
import type { GpuTuning, ShapeClassTiming } from '../../schema/gpu-check'
import { significant } from '../format'
import { ScrollBox } from '../scroll-box'
import { familyTitle } from './family-title'

export function TuningTable({ tuning }: { tuning: GpuTuning }) {
  return (
    <ScrollBox label="Tuning">
      <table>
        <caption>Tuned: the fastest variant of each kind of work</caption>
        <thead>
          <tr>
            <th scope="col">Work</th>
            <th scope="col">Variant</th>
            <th scope="col" className="number">
              ms
            </th>
            <th scope="col" className="number">
              GFLOP/s
            </th>
            <th scope="col">Chosen</th>
          </tr>
        </thead>
        <tbody>{tuning.classes.map(classRows)}</tbody>
      </table>
      <p className="note">
        New results use what was chosen; runs that have begun keep their variants, and so their bits. The gain is over
        the fixed table’s choice.
      </p>
    </ScrollBox>
  )
}

function classRows(timing: ShapeClassTiming) {
  const { family, shapeClass, work, timings, chosen } = timing
  return timings.map(({ variant, ms, gigaflops }, index) => (
    <tr key={`${family}/${shapeClass}:${variant}`}>
      {index === 0 ? (
        <th scope="rowgroup" rowSpan={timings.length}>
          {familyTitle(family)}
          <small className="detail">{work}</small>
        </th>
      ) : null}
      <td className={variant === chosen ? 'unbroken best' : 'unbroken'}>{variant}</td>
      <td className="number">{significant(ms)}</td>
      <td className="number">{significant(gigaflops)}</td>
      <td>{variant === chosen ? `✓ ${gain(timing)}` : ''}</td>
    </tr>
  ))
}

function gain({ timings, fixed, chosen }: ShapeClassTiming): string {
  const msOf = (name: string) => timings.find(({ variant }) => variant === name)?.ms
  const [before, after] = [msOf(fixed), msOf(chosen)]
  if (fixed === chosen || before === undefined || after === undefined) return 'as in the fixed table'
  return `${(before / after).toFixed(2)} times as fast as ${fixed}`
}
