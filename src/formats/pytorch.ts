/**
 * PyTorch checkpoints (`torch/serialization.py`, format since 1.6): a zip of stored entries, `data.pkl` with the structure
 * and `data/N` with the numbers of each storage. Only tensors, containers, numbers and texts are understood; the pickle is
 * parsed, never run, and numbers are read by ranges when they are asked for.
 */
import type { LazyTensor } from './elements'
import { readPickle } from './pickle'
import { type Dictionary, isKind, type PickleValue, type StoredView } from './pickle-values'
import { readStoredView } from './pytorch-tensor'
import { flattenWeights, foreignObjects } from './pytorch-walk'
import { readZipDirectory, type ZipEntry, zipContent } from './zip'

export interface PytorchFile {
  /** The key that holds the weights; empty when the file is nothing but weights. */
  readonly key: string
  /** By name; nested dictionaries are joined by dots. */
  readonly tensors: ReadonlyMap<string, LazyTensor>
  /** Texts that stand beside the weights. */
  readonly texts: Readonly<Record<string, string>>
  /** `where: class` of objects beside the weights that are not read. */
  readonly skipped: readonly string[]
}

/** Where weights are, by the habits of the field; the authors' is the first. */
const weightKeys = ['model', 'state_dict', 'model_state', 'model_state_dict']
const maxPickleBytes = 128 * 2 ** 20
const resave = 'torch.save(torch.load(FILE, map_location="cpu"), NEW_FILE, _use_new_zipfile_serialization=True)'

/**
 * Reads the structure of a checkpoint; of the numbers only what is then asked for.
 * @throws when the file is none, is of PyTorch's old format (saying how to save it anew), is damaged, or when what holds
 * the weights holds anything but tensors, containers, numbers and texts (naming it).
 */
export async function readPytorch(file: Blob): Promise<PytorchFile> {
  await refuseOtherFormats(file)
  const entries = await readZipDirectory(file)
  const root = rootOf(entries)
  const content = async (name: string, most: number): Promise<Uint8Array<ArrayBuffer> | null> => {
    const entry = entries.get(root + name)
    if (!entry) return null
    if (entry.size > most) throw new Error(`"${name}" in the archive has ${entry.size} bytes, more than ${most}.`)
    return new Uint8Array(await (await zipContent(file, entry)).arrayBuffer())
  }
  const order = await content('byteorder', 64)
  if (order && new TextDecoder().decode(order).trim() === 'big')
    throw new Error('Its numbers are big-endian. Save it anew on a little-endian machine.')
  const pickle = await content('data.pkl', maxPickleBytes)
  if (!pickle) throw new Error('The archive has no data.pkl, so it is no PyTorch checkpoint.')
  const top = readPickle(pickle)
  const { key, weights } = findWeights(top)
  const views = flattenWeights(weights, key)
  const lazy = ([name, view]: readonly [string, StoredView]) =>
    [name, lazyTensor(file, entries.get(`${root}data/${view.storage.key}`), name, view)] as const
  const beside = isKind(top, 'dict') && key !== '' ? top.entries.filter(([name]) => name !== key) : []
  return {
    key,
    tensors: new Map([...views].map(lazy)),
    texts: Object.fromEntries(
      beside.flatMap(([name, value]) =>
        typeof name === 'string' && name !== '__proto__' && typeof value === 'string' ? [[name, value]] : [],
      ),
    ),
    skipped: foreignObjects(beside),
  }
}

async function refuseOtherFormats(file: Blob): Promise<void> {
  const head = new Uint8Array(await file.slice(0, 512).arrayBuffer())
  const starts = (...bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte)
  if (starts(0x50, 0x4b, 3, 4)) return
  const isTar = new TextDecoder('latin1').decode(head.subarray(257, 262)) === 'ustar'
  if (isTar) throw new Error(`It is a tar archive, the format of PyTorch before 0.1.10. Save it anew: ${resave}.`)
  // The magic number of torch.save before 1.6, as a pickle of one long number.
  if (starts(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9))
    throw new Error(`It is in the format of PyTorch before 1.6, which is no zip archive. Save it anew: ${resave}.`)
  if (starts(0x80) && (head[1] ?? 9) < 6)
    throw new Error(`It is a bare pickle, no zip archive as torch.save makes it. Save it anew: ${resave}.`)
  throw new Error('It is no PyTorch checkpoint: neither a zip archive nor a pickle.')
}

/** The folder inside the archive that everything lies in, with its slash. */
function rootOf(entries: ReadonlyMap<string, ZipEntry>): string {
  const found = [...entries.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name))
  const root = found?.slice(0, -'data.pkl'.length) ?? ''
  if (entries.has(`${root}constants.pkl`))
    throw new Error('It is a TorchScript archive, a program. Save its weights: torch.save(module.state_dict(), FILE).')
  return root
}

/** The dictionary of weights in what the pickle holds. */
function findWeights(top: PickleValue): { key: string; weights: Dictionary } {
  if (isKind(top, 'foreign', 'class'))
    throw new Error(
      `It holds a whole object (${top.name}), not its weights. Save those: torch.save(model.state_dict(), FILE).`,
    )
  if (!isKind(top, 'dict')) throw new Error('It holds no dictionary of tensors.')
  for (const key of weightKeys) {
    const value = top.entries.findLast(([name]) => name === key)?.[1]
    if (isKind(value, 'dict')) return { key, weights: value }
    if (isKind(value, 'foreign', 'class'))
      throw new Error(
        `"${key}" is a whole object (${value.name}), not its weights. Save those: torch.save({"${key}": model.state_dict()}, FILE).`,
      )
  }
  if (top.entries.some(([, value]) => isKind(value, 'tensor'))) return { key: '', weights: top }
  const keys = top.entries.slice(0, 20).map(([name]) => (typeof name === 'string' ? name.slice(0, 50) : '?'))
  throw new Error(`It holds no weights: none of its keys (${keys.join(', ') || 'none'}) is ${weightKeys.join(', ')}.`)
}

const lazyTensor = (file: Blob, entry: ZipEntry | undefined, name: string, view: StoredView): LazyTensor => ({
  dtype: view.storage.dtype,
  shape: view.shape,
  async read() {
    if (!entry) throw new Error(`"${name}" is in storage ${view.storage.key}, which the archive does not hold.`)
    return readStoredView(await zipContent(file, entry), name, view)
  },
})
