/** What a pickle of a checkpoint may hold, as plain data. Nothing of it was run: a class is only ever a name. */
import type { ElementType } from './elements'

export interface Sequence {
  readonly kind: 'list' | 'tuple' | 'set'
  readonly items: PickleValue[]
}

export interface Dictionary {
  readonly kind: 'dict'
  /** In the order of the file; of two entries with one key the later counts. */
  readonly entries: [key: PickleValue, value: PickleValue][]
  /** What the file would set on the object, `_metadata` of a state dict for instance. */
  attributes: PickleValue
}

/** A class or function, by its full name. */
export interface NamedClass {
  readonly kind: 'class'
  readonly name: string
}

/** Something made by a class that is not read, and why where that is not all. */
export interface Foreign {
  readonly kind: 'foreign'
  readonly name: string
  readonly why?: string
}

/** The memory that tensors look into: an entry of the archive. */
export interface Storage {
  readonly kind: 'storage'
  readonly dtype: ElementType
  readonly key: string
  readonly elements: number
}

/** A view of a storage; every element lies inside it. */
export interface StoredView {
  readonly kind: 'tensor'
  readonly storage: Storage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Sequence
  | Dictionary
  | NamedClass
  | Foreign
  | Storage
  | StoredView

type Structured = Exclude<PickleValue, null | boolean | number | bigint | string | Uint8Array>
/** Those structured values whose kind can be one of `K`. */
type OfKind<K, V = Structured> = V extends { readonly kind: infer Own }
  ? [Own & K] extends [never]
    ? never
    : V
  : never

export const isKind = <K extends Structured['kind']>(
  value: PickleValue | undefined,
  ...kinds: readonly K[]
): value is OfKind<K> =>
  typeof value === 'object' && value !== null && 'kind' in value && kinds.some((kind) => kind === value.kind)

export const emptyDictionary = (): Dictionary => ({ kind: 'dict', entries: [], attributes: null })
