/** The check's result: every variant of every kernel family, and the references that the variants in use reproduce. */
import type { FamilyCheck, GpuCheck, ReferenceCheck, VariantCheck } from '../../schema/gpu-check'
import { significant } from '../format'
import { ScrollBox } from '../scroll-box'
import { familyTitle } from './family-title'

const referenceTitles: Readonly<Record<string, string>> = {
  mel: 'Log-mel spectrogram',
  backbone: 'Network: outputs and every gradient',
  pretraining: 'Pretraining: losses and parameters after three steps',
}
const words: Readonly<Record<VariantCheck['status'], string>> = {
  passed: 'passed',
  failed: 'failed: not used',
  unchecked: 'not checked yet',
  unavailable: 'not on this GPU',
}
const marks: Readonly<Record<VariantCheck['status'], string>> = {
  passed: '✓',
  failed: '✕',
  unchecked: '…',
  unavailable: '–',
}

/** @param variants Of new results, as the engine describes them. */
export function KernelChecks({ check, variants }: { check: GpuCheck; variants: string }) {
  return (
    <>
      <ScrollBox label="Kernel variants">
        <table>
          <caption>Kernels that come in variants</caption>
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              <th scope="col">Variant</th>
              <th scope="col">Result</th>
              <th scope="col" className="number">
                Largest error
              </th>
              <th scope="col">New results</th>
            </tr>
          </thead>
          <tbody>{check.families.map((family) => familyRows(family, variants))}</tbody>
        </table>
      </ScrollBox>
      {check.references.length > 0 ? <References references={check.references} /> : null}
    </>
  )
}

function familyRows({ family, variants }: FamilyCheck, used: string) {
  return variants.map(({ variant, status, error, detail }, index) => (
    <tr key={`${family}:${variant}`}>
      {index === 0 ? (
        <th scope="rowgroup" rowSpan={variants.length}>
          {familyTitle(family)}
        </th>
      ) : null}
      <td className="unbroken">{variant}</td>
      <td>
        <span className={`result ${status}`}>
          <span aria-hidden="true">{marks[status]}</span> {words[status]}
        </span>
        {detail === undefined ? null : <small className="detail">{detail}</small>}
      </td>
      <td className="number">{error === null ? '–' : significant(error)}</td>
      <td className="unbroken">{usedFor(family, variant, used)}</td>
    </tr>
  ))
}

/** For which shapes new results use a variant: `used`, the classes by name, or nothing. */
function usedFor(family: string, variant: string, used: string): string {
  const entries = used.split(' ').map((entry) => entry.split('='))
  const names = entries.flatMap(([name = '', value]) => (value === variant ? [name] : []))
  if (names.includes(family)) return 'used'
  const classes = names.filter((name) => name.startsWith(`${family}/`)).map((name) => name.slice(family.length + 1))
  return classes.length > 0 ? `used for ${classes.join(', ')}` : ''
}

function References({ references }: { references: readonly ReferenceCheck[] }) {
  return (
    <ScrollBox label="Compared with PyTorch">
      <table>
        <caption>Compared with PyTorch, with the variants in use</caption>
        <thead>
          <tr>
            <th scope="col">Reference</th>
            <th scope="col" className="number">
              Tensors
            </th>
            <th scope="col">Result</th>
            <th scope="col" className="number">
              Largest error
            </th>
          </tr>
        </thead>
        <tbody>
          {references.map(({ name, tensors, error, problem }) => (
            <tr key={name}>
              <th scope="row">{referenceTitles[name] ?? name}</th>
              <td className="number">{tensors}</td>
              <td>
                <span className={`result ${problem === null ? 'passed' : 'failed'}`}>
                  <span aria-hidden="true">{problem === null ? marks.passed : marks.failed}</span>{' '}
                  {problem === null ? words.passed : 'failed'}
                </span>
                {problem === null ? null : <small className="detail">{problem}</small>}
              </td>
              <td className="number">{error === null ? '–' : significant(error)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="note">
        Largest relative error of any tensor. Allowed are 1e-5 for outputs, losses and parameters, 5e-5 for gradients;
        decibels have bounds of their own.
      </p>
    </ScrollBox>
  )
}
