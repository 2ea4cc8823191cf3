/** Compares the tensors of a checkpoint with those a network asks for, as `load_state_dict(strict=True)` would. */
import type { TensorSpec } from './parameters'
import type { Shaped } from './weight-names'

const shown = 5
const some = (names: readonly string[]): string =>
  names.slice(0, shown).join(', ') + (names.length > shown ? ` and ${names.length - shown} more` : '')

/** PyTorch's batch norms count their batches; nothing that is computed depends on the number. */
const counter = /(^|\.)num_batches_tracked$/

/**
 * @param prefix Stands before all names in the file; messages use the file's names.
 * @throws with every tensor whose shape differs, is missing or is not expected (the first few of each).
 */
export function checkTensors(
  expected: readonly TensorSpec[],
  found: ReadonlyMap<string, Shaped>,
  prefix: string,
): void {
  const wrong = expected.flatMap(({ name, shape }) => {
    const other = found.get(name)?.shape
    if (!other || other.join() === shape.join()) return []
    return [`${prefix}${name} is [${other.join(', ')}], expected [${shape.join(', ')}]`]
  })
  const missing = expected.filter(({ name }) => !found.has(name)).map(({ name }) => prefix + name)
  const names = new Set(expected.map(({ name }) => name))
  const unexpected = [...found.keys()]
    .filter((name) => !names.has(name) && !counter.test(name))
    .map((name) => prefix + name)
  const problems = [
    ...(wrong.length > 0 ? [some(wrong)] : []),
    ...(missing.length > 0 ? [`missing: ${some(missing)}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${some(unexpected)}`] : []),
  ]
  if (problems.length > 0) throw new Error(`The weights are not those of such a network: ${problems.join('; ')}.`)
}
