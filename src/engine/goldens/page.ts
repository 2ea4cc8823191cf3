/**
 * The page's side of `npm run goldens` (`scripts/goldens.mjs`): a global `goldens` that runs the files of the page's file
 * chooser, one at a time. The files stay on disk; the page reads what it needs of them.
 */
import { writeSafetensors } from '../../formats/safetensors'
import { GpuContext } from '../../gpu/gpu-context'
import type { VariantChoice } from '../../gpu/operator'
import { usableVariants } from '../../gpu/variants'
import { describeVariants, variantFamilies } from '../../ops/variants'
import { openGolden } from './golden'
import { runGolden, type TensorResult } from './run-golden'

/** Kernels to run with. */
interface Choice {
  /** All variants in use, as a plan's fingerprint names them. */
  readonly variants: string
  readonly table: VariantChoice['table']
}

interface RunRequest {
  readonly table: VariantChoice['table']
  readonly tolerance: number | null
  /** Whether {@link Goldens.download} will ask for what was computed. */
  readonly keep: boolean
}

/** What `window.goldens` offers to the script. */
export interface Goldens {
  /** The adapter's name. @throws when there is none. */
  adapter(): Promise<string>
  /** The fixed table first, then every other combination in which one family uses another of its variants. */
  choices(): Promise<Choice[]>
  /** Runs file `index` of the chooser. @throws saying why the file cannot be run. */
  run(index: number, request: RunRequest): Promise<TensorResult[]>
  /** Starts the browser's download of what the last run computed. */
  download(): void
}

declare global {
  var goldens: Goldens | undefined
}

let opened: Promise<GpuContext> | undefined
const gpuErrors: string[] = []
let computed: Blob | undefined

/** One GPU for all files; another when it was lost. */
function context(): Promise<GpuContext> {
  opened ??= GpuContext.open().then((made) => {
    made.device.addEventListener('uncapturederror', ({ error }) => gpuErrors.push(error.message))
    made.device.lost.then(() => {
      opened = undefined
    })
    return made
  })
  return opened
}

function chosenFile(index: number): File {
  const input = document.querySelector('input')
  const file = input?.files?.[index]
  if (!file) throw new Error(`The page was given no file ${index}.`)
  return file
}

globalThis.goldens = {
  async adapter() {
    return (await context()).gpu.adapterName
  },
  async choices() {
    const made = await context()
    const tables: VariantChoice['table'][] = [{}]
    for (const family of variantFamilies)
      for (const variant of usableVariants(family, made.gpu.target)) tables.push({ [family.name]: variant })
    const choices = new Map<string, Choice>()
    for (const table of tables) {
      const variants = describeVariants(made.withVariants({ table, excluded: [] }).gpu.target)
      if (!choices.has(variants)) choices.set(variants, { variants, table })
    }
    return [...choices.values()]
  },
  async run(index, { table, tolerance, keep }) {
    computed = undefined
    gpuErrors.length = 0
    const golden = await openGolden(chosenFile(index))
    const parts: { name: string; shape: readonly number[]; data: Float32Array<ArrayBuffer> }[] = []
    const results = await runGolden((await context()).withVariants({ table, excluded: [] }), golden, {
      ...(tolerance === null ? {} : { tolerance }),
      ...(keep ? { onTensor: (name, shape, data) => parts.push({ name, shape, data }) } : {}),
    })
    const [error] = gpuErrors
    if (error !== undefined) throw new Error(`The GPU reports: ${error}`)
    if (keep) computed = new Blob(writeSafetensors(parts, golden.tensors.metadata))
    return results
  },
  download() {
    if (!computed) throw new Error('Nothing was computed.')
    const link = document.createElement('a')
    link.href = URL.createObjectURL(computed)
    link.download = 'computed.safetensors'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  },
}
