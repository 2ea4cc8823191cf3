/** The paper's Table 1 to choose from: one row to run, others to reproduce with it, and what each starts from. */
import type { Cell } from '../../schema/notebook'
import type { RunSummary } from '../../schema/run-summary'
import { inDependencyOrder, parseVariants, type Variant, variants } from '../../schema/variants'
import { significant } from '../format'
import { ScrollBox } from '../scroll-box'
import { useSession } from '../session-context'

interface VariantPickerProps {
  readonly cell: Cell
  /** Finished runs, to stand beside the paper's rows. */
  readonly runs: readonly RunSummary[]
}

export function VariantPicker({ cell, runs }: VariantPickerProps) {
  const session = useSession()
  const chosen = String(cell.settings.variant ?? 'none')
  const listed = listedIn(cell)
  const order = inDependencyOrder([...(chosen === 'none' ? [] : [chosen]), ...listed])
  const list = (name: string, isListed: boolean) => {
    const next = isListed ? [...listed, name] : listed.filter((other) => other !== name)
    const inOrder = variants.map((variant) => variant.name).filter((other) => next.includes(other))
    session.setSetting(cell.id, 'reproduce', inOrder.join('+'))
  }
  const choose = (name: string) => session.setSetting(cell.id, 'variant', name)
  return (
    <details>
      <summary>
        {chosen === 'none' ? 'The paper’s eleven variants (Table 1)' : `Variant ${chosen}: ${order.join(' → ')}`}
      </summary>
      <ScrollBox label="Variants of the paper">
        <table className="variants">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Reproduce</th>
              <th scope="col">Original languages</th>
              <th scope="col" className="number">
                Data, M
              </th>
              <th scope="col" className="number">
                Dubs
              </th>
              <th scope="col">Starts from</th>
              <th scope="col">Dub aug.</th>
              <th scope="col" className="number">
                λᵥ
              </th>
              <th scope="col" className="number">
                λₐ
              </th>
              <th scope="col">Size</th>
              <th scope="col" className="number">
                Final L here
              </th>
            </tr>
          </thead>
          <tbody>
            {variants.map((variant) => (
              <VariantRow
                key={variant.name}
                group={cell.id}
                variant={variant}
                run={runs.find((run) => run.variant === variant.name)}
                isChosen={chosen === variant.name}
                isListed={listed.includes(variant.name)}
                onChoose={() => choose(variant.name)}
                onList={(isListed) => list(variant.name, isListed)}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p className="note">
        <button type="button" className="ghost" disabled={chosen === 'none'} onClick={() => choose('none')}>
          No variant
        </button>{' '}
        <button type="button" className="ghost" onClick={() => session.setSetting(cell.id, 'reproduce', 'all')}>
          Reproduce all
        </button>{' '}
        {`Runs in this order: ${order.length > 0 ? order.join(', ') : 'none but this cell’s own'}. 11.8 + 9.8 M of B.1 and B.2 are not the 19.4 M of B.3; C differs from B in depth and in using dubs from the start.`}
      </p>
    </details>
  )
}

/** A list with a mistake shows as none; running the cell says what is wrong. */
function listedIn(cell: Cell): readonly string[] {
  try {
    return parseVariants(String(cell.settings.reproduce ?? ''))
  } catch {
    return []
  }
}

interface VariantRowProps {
  readonly group: string
  readonly variant: Variant
  readonly run: RunSummary | undefined
  readonly isChosen: boolean
  readonly isListed: boolean
  readonly onChoose: () => void
  readonly onList: (isListed: boolean) => void
}

const VariantRow = ({ group, variant, run, isChosen, isListed, onChoose, onList }: VariantRowProps) => (
  <tr data-variant={variant.name}>
    <td className="whole">
      <label>
        <input type="radio" name={`${group}-variant`} checked={isChosen} onChange={onChoose} /> {variant.name}
      </label>
    </td>
    <td>
      <input
        type="checkbox"
        aria-label={`Reproduce ${variant.name}`}
        checked={isListed}
        onChange={(event) => onList(event.target.checked)}
      />
    </td>
    <td className="whole">
      {`${variant.original === '' ? 'any' : variant.original}${variant.minTracks > 1 ? ', dubbed' : ''}`}
    </td>
    <td className="number">{variant.instancesMillions}</td>
    <td className="number">{variant.averageDubs}</td>
    <td>{variant.from ?? 'random'}</td>
    <td>{variant.dub ? 'on' : 'off'}</td>
    <td className="number">{variant.lambdaV}</td>
    <td className="number">{variant.lambdaA}</td>
    <td>{variant.backbone}</td>
    <td className="number">{run ? significant(run.finalLoss) : '–'}</td>
  </tr>
)
