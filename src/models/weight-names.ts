/**
 * Sorts the tensors of a checkpoint by the network they belong to: names as the authors release them
 * (`backbone.net.video.…`), as this project writes them (`net.video.…`, `head.video.0.…`), or those of a bare backbone
 * (`patch_embed.…`; `spec/pretraining.md` section 5).
 */
import type { Modality } from '../schema/mvit'

/** What there is to know of a tensor before it is read. */
export interface Shaped {
  readonly shape: readonly number[]
}

export interface BackboneTensors<T> {
  readonly modality: Modality
  /** What stands before the names in the file. */
  readonly prefix: string
  /** By their names within the backbone, `blocks.0.attn.qkv.weight`. */
  readonly tensors: ReadonlyMap<string, T>
}

export interface SortedTensors<T> {
  readonly backbones: readonly BackboneTensors<T>[]
  /** By our names, `head.video.0.weight`. */
  readonly heads: ReadonlyMap<string, T>
  /** Names that belong to neither. */
  readonly others: readonly string[]
}

const patchWeight = 'patch_embed.proj.weight'
/** What training on several GPUs, and the authors' own wrapper, put before names. */
const wrapped = /^(?:module\.)?(?:backbone\.)?/
const ofNet = /^((?:module\.)?(?:backbone\.)?net\.(video|audio)\.)(.+)$/
const ofHead = /^(?:module\.)?(head\.(?:video|audio)\.\d+\..+)$/

/** @throws when no backbone is among them, with some of the names that are. */
export function sortTensors<T extends Shaped>(all: ReadonlyMap<string, T>): SortedTensors<T> {
  const names = [...all.keys()]
  if (!names.some((name) => ofNet.test(name))) return sortBare(all)
  const prefixes = new Map<string, Map<string, T>>()
  const heads = new Map<string, T>()
  const others: string[] = []
  for (const [name, tensor] of all) {
    const [, prefix, , own] = ofNet.exec(name) ?? []
    const head = ofHead.exec(name)?.[1]
    if (prefix !== undefined && own !== undefined) {
      const group = prefixes.get(prefix) ?? new Map<string, T>()
      prefixes.set(prefix, group.set(own, tensor))
    } else if (head !== undefined) heads.set(head, tensor)
    else others.push(name)
  }
  const backbones = (['video', 'audio'] as const).flatMap((modality) => {
    const [[prefix, tensors] = [], ...more] = [...prefixes].filter(([prefix]) => prefix.endsWith(`net.${modality}.`))
    if (more.length > 0)
      throw new Error(`It holds several ${modality} networks: ${[prefix, ...more.map(([p]) => p)].join(', ')}.`)
    return prefix !== undefined && tensors ? [{ modality, prefix, tensors }] : []
  })
  return { backbones, heads, others }
}

/** A backbone alone; whether it hears or sees, its patch convolution tells. */
function sortBare<T extends Shaped>(all: ReadonlyMap<string, T>): SortedTensors<T> {
  const patches = [...all].find(([name]) => name.replace(wrapped, '') === patchWeight)
  if (!patches) {
    const names = [...all.keys()].slice(0, 5)
    throw new Error(
      `It holds no backbone: no tensor is called net.video.${patchWeight}, net.audio.${patchWeight} or ${patchWeight}; the first are ${names.join(', ') || 'none'}.`,
    )
  }
  const prefix = patches[0].slice(0, -patchWeight.length)
  const own = [...all].filter(([name]) => name.startsWith(prefix))
  return {
    backbones: [
      {
        modality: patches[1].shape.length === 5 ? 'video' : 'audio',
        prefix,
        tensors: new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor])),
      },
    ],
    heads: new Map(),
    others: [...all.keys()].filter((name) => !name.startsWith(prefix)),
  }
}
