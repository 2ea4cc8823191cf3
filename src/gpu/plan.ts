/**
 * Memory of a graph before anything is allocated: which value lives from where to where, at which offset of which
 * arena. Values whose lives do not overlap share bytes.
 */
import type { GraphBuilder, GraphNode } from './graph'
import { baseOf, liveNodes } from './graph'
import { byteLength, showShape, type Target, type TensorType, type Value } from './operator'

/** Offsets of bindings must be multiples of this on every adapter. */
export const alignment = 256
export const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

/** Something is larger than the adapter's limits or the user's budget allow: known before anything is allocated. */
export class MemoryLimitError extends Error {}

export interface ArenaPlace {
  readonly arena: number
  readonly offset: number
  readonly bytes: number
}

export interface PlannedNode {
  readonly node: GraphNode
  readonly workspaces: readonly TensorType[]
  readonly workspacePlaces: readonly ArenaPlace[]
}

export interface MemoryPlan {
  readonly nodes: readonly PlannedNode[]
  readonly places: ReadonlyMap<Value, ArenaPlace>
  readonly arenaBytes: readonly number[]
  /** Largest tensors first, for messages. */
  readonly largest: readonly { readonly what: string; readonly bytes: number }[]
}

interface Interval {
  readonly bytes: number
  readonly from: number
  to: number
  readonly what: string
  place?: ArenaPlace
}

/**
 * Plans all computed values of a graph that no external memory holds.
 * @param arenaLimit Largest buffer the adapter gives, in bytes.
 * @param bindingLimit Largest range of it that one binding may cover.
 * @param target Chooses kernel variants, which differ in what they keep.
 * @throws when one tensor alone is over a limit, naming it.
 */
export function planMemory(graph: GraphBuilder, arenaLimit: number, bindingLimit: number, target: Target): MemoryPlan {
  const nodes = liveNodes(graph)
  const kept = new Set<Value>([...graph.outputs.values()].map(baseOf))
  const intervals = new Map<Value, Interval>()
  const workspaces: { interval: Interval; type: TensorType }[][] = []
  nodes.forEach((node, step) => {
    for (const value of node.inputs) {
      const interval = intervals.get(baseOf(value))
      if (interval) interval.to = Math.max(interval.to, step)
    }
    const inputs = node.inputs.map((value) => value.type)
    const unwritten = node.operator.unwritten?.(inputs, node.attributes, target) ?? []
    for (const [index, value] of node.outputs.entries())
      if (!graph.placements.has(value) && !unwritten.includes(index))
        intervals.set(value, {
          bytes: align(byteLength(value.type)),
          from: step,
          to: kept.has(value) ? Number.POSITIVE_INFINITY : step,
          what: `${node.operator.name} ${showShape(value.type)}`,
        })
    const types = node.operator.workspace?.(inputs, node.attributes, target) ?? []
    workspaces.push(
      types.map((type) => ({
        type,
        interval: {
          bytes: align(byteLength(type)),
          from: step,
          to: step,
          what: `workspace of ${node.operator.name} ${showShape(type)}`,
        },
      })),
    )
  })
  const all = [...intervals.values(), ...workspaces.flat().map(({ interval }) => interval)]
  const arenaBytes = assignOffsets(all, arenaLimit, bindingLimit)
  const placeOf = (interval: Interval): ArenaPlace => {
    if (!interval.place) throw new Error(`${interval.what} was not placed.`)
    return interval.place
  }
  return {
    nodes: nodes.map((node, index) => ({
      node,
      workspaces: (workspaces[index] ?? []).map(({ type }) => type),
      workspacePlaces: (workspaces[index] ?? []).map(({ interval }) => placeOf(interval)),
    })),
    places: new Map([...intervals].map(([value, interval]) => [value, placeOf(interval)])),
    arenaBytes,
    largest: [...all]
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, 5)
      .map(({ what, bytes }) => ({ what, bytes })),
  }
}

/** Largest first, each at the lowest offset that no overlapping life occupies; a new arena when one is full. */
function assignOffsets(intervals: readonly Interval[], arenaLimit: number, bindingLimit: number): number[] {
  const arenas: { bytes: number; placed: Interval[] }[] = []
  // Ties keep the order of the graph, so that a plan is a function of its graph alone.
  for (const interval of [...intervals].sort((a, b) => b.bytes - a.bytes || a.from - b.from)) {
    if (interval.bytes > Math.min(arenaLimit, bindingLimit))
      throw new MemoryLimitError(
        `${interval.what} needs ${megabytes(interval.bytes)}, but this GPU binds at most ${megabytes(Math.min(arenaLimit, bindingLimit))} at once. Use a smaller batch, fewer frames or a smaller model.`,
      )
    for (let index = 0; !interval.place; index++) {
      const arena = arenas[index] ?? { bytes: 0, placed: [] }
      arenas[index] = arena
      const overlapping = arena.placed
        .filter((other) => other.from <= interval.to && interval.from <= other.to)
        .sort((a, b) => (a.place?.offset ?? 0) - (b.place?.offset ?? 0))
      let offset = 0
      for (const other of overlapping) {
        const start = other.place?.offset ?? 0
        if (start - offset >= interval.bytes) break
        offset = Math.max(offset, start + other.bytes)
      }
      if (offset + interval.bytes > arenaLimit) continue
      interval.place = { arena: index, offset, bytes: interval.bytes }
      arena.placed.push(interval)
      arena.bytes = Math.max(arena.bytes, offset + interval.bytes)
    }
  }
  return arenas.map(({ bytes }) => bytes)
}

export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`
