/**
 * Walks through what a checkpoint's pickle holds. Values may be shared or contain themselves, so the number of visits and
 * the depth are bounded: a few hundred bytes can describe a structure of 2^100 paths.
 */
import { type Dictionary, isKind, type PickleValue, type StoredView } from './pickle-values'

const maxVisits = 1_000_000
const maxDepth = 32
const maxSkipped = 20
const longestName = 300

/**
 * All tensors of a dictionary of weights by name: nested dictionaries and lists are joined by dots, numbers and texts left
 * out. @throws naming an object of another class, or when the structure is absurdly deep or large.
 */
export function flattenWeights(weights: Dictionary, key: string): ReadonlyMap<string, StoredView> {
  const tensors = new Map<string, StoredView>()
  const shown = (path: string) => [key, path].filter(Boolean).join('.')
  let visits = 0
  const walk = (value: PickleValue, path: string, depth: number): void => {
    if (++visits > maxVisits || depth > maxDepth || path.length > longestName)
      throw new Error(`"${shown(path).slice(0, 60)}": weights are nested too deeply or too often to be any network's.`)
    if (isKind(value, 'tensor')) tensors.set(path, value)
    else if (isKind(value, 'foreign', 'class', 'storage')) {
      const name = value.kind === 'storage' ? 'a bare storage' : value.name
      const why = value.kind === 'foreign' && value.why ? ` (${value.why})` : ''
      throw new Error(
        `"${shown(path)}" is ${name}${why}: only tensors, containers, numbers and texts are read. Save the state_dict() alone.`,
      )
    } else for (const [name, child] of childrenOf(value)) walk(child, path === '' ? name : `${path}.${name}`, depth + 1)
    if (isKind(value, 'dict')) refuseForeignAttributes(value, shown(path))
  }
  walk(weights, '', 0)
  return tensors
}

/** What the file would set on a dictionary is dropped, but a class must not hide there. */
function refuseForeignAttributes({ attributes }: Dictionary, where: string): void {
  const [found] = attributes === null ? [] : foreignObjects([['attributes', attributes]])
  if (found) throw new Error(`"${where}" has ${found}: only tensors, containers, numbers and texts are read.`)
}

/** `where: class` of objects that are not read; at most {@link maxSkipped}, each class of each entry once. */
export function foreignObjects(entries: readonly (readonly [PickleValue, PickleValue])[]): readonly string[] {
  const found = new Set<string>()
  let visits = 0
  for (const [key, top] of entries) {
    const seen = new Set<PickleValue>()
    const open: PickleValue[] = [top]
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (++visits > maxVisits || found.size >= maxSkipped) return [...found]
      if (isKind(value, 'foreign', 'class')) found.add(`${nameOf(key)}: ${value.name}`)
      if (typeof value !== 'object' || value === null || seen.has(value)) continue
      seen.add(value)
      for (const [, child] of childrenOf(value)) open.push(child)
    }
  }
  return [...found]
}

const nameOf = (key: PickleValue): string =>
  typeof key === 'string' || typeof key === 'number' ? String(key).slice(0, longestName) : '?'

function childrenOf(value: PickleValue): readonly (readonly [string, PickleValue])[] {
  if (isKind(value, 'dict')) return value.entries.map(([key, child]) => [nameOf(key), child])
  if (isKind(value, 'list', 'tuple', 'set')) return value.items.map((child, index) => [String(index), child])
  return []
}
