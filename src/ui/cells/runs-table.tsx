/** The runs behind a result: its parents and what was reproduced with it, the cell's own run last. */
import type { RunSummary } from '../../schema/run-summary'
import { count, significant } from '../format'
import { ScrollBox } from '../scroll-box'

export const RunsTable = ({ runs }: { runs: readonly RunSummary[] }) => (
  <ScrollBox label="Runs">
    <table>
      <caption>Runs, in the order in which they were trained</caption>
      <thead>
        <tr>
          <th scope="col">Variant</th>
          <th scope="col">From</th>
          <th scope="col" className="number">
            Steps
          </th>
          <th scope="col" className="number">
            Instances
          </th>
          <th scope="col" className="number">
            Dubs
          </th>
          <th scope="col" className="number">
            First L
          </th>
          <th scope="col" className="number">
            Final L
          </th>
          <th scope="col" className="number">
            Lᵥ
          </th>
          <th scope="col" className="number">
            Lₐ
          </th>
          <th scope="col" className="number">
            Chance
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.hash}>
            <td>{run.variant === 'none' ? 'own' : run.variant}</td>
            <td>{run.parent ?? 'random'}</td>
            <td className="number">{count(run.steps)}</td>
            <td className="number">{count(run.instances)}</td>
            <td className="number">{significant(run.averageDubs)}</td>
            <td className="number">{significant(run.initialLoss)}</td>
            <td className="number">{significant(run.finalLoss)}</td>
            <td className="number">{significant(run.finalLv)}</td>
            <td className="number">{significant(run.finalLa)}</td>
            <td className="number">{significant(run.chanceLoss)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollBox>
)
