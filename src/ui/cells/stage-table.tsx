/** One network as a table of stages. */
import { networkParameters, stageRows } from '../../notebook/model-table'
import type { MVitShape } from '../../schema/mvit'
import { count } from '../format'
import { ScrollBox } from '../scroll-box'

export function StageTable({ name, shape }: { name: string; shape: MVitShape }) {
  const video = shape.config.modality === 'video'
  return (
    <ScrollBox label={`Stages of the ${name.toLowerCase()} network`}>
      <table>
        <caption>{`${name}: ${shape.config.input.join(' × ')}, ${count(networkParameters(shape))} parameters`}</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" className="number">
              {video ? 'Grid t×h×w' : 'Grid mel×time'}
            </th>
            <th scope="col" className="number">
              Tokens
            </th>
            <th scope="col" className="number">
              Width
            </th>
            <th scope="col" className="number narrow-hide">
              Heads
            </th>
            <th scope="col" className="number">
              Parameters
            </th>
          </tr>
        </thead>
        <tbody>
          {stageRows(shape).map((row) => (
            <tr key={row.name}>
              <td className="whole">{row.name}</td>
              <td className="number">{row.name === 'norm' ? '–' : row.grid.slice(video ? 0 : 1).join('×')}</td>
              <td className="number">{row.name === 'norm' ? '–' : count(row.tokens)}</td>
              <td className="number">{row.width}</td>
              <td className="number narrow-hide">{row.name === 'norm' ? '–' : row.heads}</td>
              <td className="number">{count(row.parameters)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
