/** A golden file (design section 7) as opened: what it describes, checked, and its tensors, read one at a time. */
import { z } from 'zod'
import { type OpenSafetensors, openSafetensors } from '../../formats/safetensors'

// Otherwise zod probes `Function`, which the page's Content-Security-Policy reports as a violation.
z.config({ jitless: true })

const count = z.number().int().positive()
const grid = z.tuple([count, count, count])
const lengths = z.array(count).min(2).max(4)
const multipliers = z.array(z.tuple([z.number().int().nonnegative(), z.number().positive()]))
const strides = z.array(z.tuple([z.number().int().nonnegative(), count, count, count]))

const model = z.object({
  modality: z.enum(['video', 'audio']),
  input: lengths,
  patch: z.object({ kernel: lengths, stride: lengths, padding: z.array(z.number().int().nonnegative()) }),
  embedDim: count,
  numHeads: count,
  depth: count,
  mlpRatio: z.number().positive(),
  dimMul: multipliers,
  headMul: multipliers,
  poolQStride: strides,
  poolKvStride: strides.optional(),
  poolKvStrideAdaptive: grid.optional(),
  poolKernel: grid,
  clsToken: z.boolean(),
  relPosTemporal: z.boolean(),
  pooling: z.enum(['cls', 'norm-mean', 'mean-norm']),
})

const pretraining = z.object({
  video: model,
  audio: model,
  head: z.object({
    layers: z.array(count).min(1),
    activation: z.literal('relu'),
    norm: z.enum(['none', 'batch', 'layer']),
  }),
  temperature: z.number().positive(),
  lambdaV: z.number(),
  lambdaA: z.number(),
  batch: count,
  steps: count,
  reduction: z.literal('mean').optional(),
  /** Largest global norm of the gradient; null turns clipping off. */
  clipNorm: z.number().positive().nullable(),
  adamw: z.object({
    lr: z.array(z.number()),
    betas: z.tuple([z.number(), z.number()]),
    eps: z.number(),
    weightDecay: z.number(),
    /** Whether one-dimensional tensors and biases decay too: never here. */
    decay1d: z.literal(false).optional(),
  }),
})

const mel = z.object({
  sampleRate: z.literal(48_000),
  nFft: z.literal(1024),
  hopLength: count,
  nMels: count,
})
const resample = z.object({ from: count, to: count })

/** What a file describes, by its kind. */
const descriptions = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('backbone'), mode: z.enum(['train', 'eval']), config: model }),
  z.object({ kind: z.literal('pretraining'), config: pretraining }),
  z.object({ kind: z.literal('mel'), config: mel }),
  z.object({ kind: z.literal('resample'), config: resample }),
])

interface Opened {
  readonly tensors: OpenSafetensors
  /** Parameters whose gradient is zero in exact arithmetic: what PyTorch stored there is rounding noise. */
  readonly zeroGradient: ReadonlySet<string>
}
export type Golden = Opened & z.infer<typeof descriptions>
export type GoldenOf<K extends Golden['kind']> = Extract<Golden, { readonly kind: K }>

/** Names of the tensors that a file gives; all others are to be produced. */
const givenNames: Readonly<Record<Golden['kind'], RegExp>> = {
  backbone: /^(param\.|buffer\.|input$|output_grad$)/,
  pretraining: /^(param\.|buffer\.|(video|audio)_(primary|secondary)$)/,
  mel: /^input$/,
  resample: /^input$/,
}

/** Names of the tensors to produce, in the order of the file. */
export const namesToProduce = ({ kind, tensors }: Golden): string[] =>
  [...tensors.shapes.keys()].filter((name) => !givenNames[kind].test(name))

const parseJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

/**
 * Opens a golden file.
 * @throws when it is no safetensors file, or its metadata describe no golden that can be rebuilt, saying what is wrong.
 */
export async function openGolden(file: Blob): Promise<Golden> {
  const tensors = await openSafetensors(file)
  const { kind, mode, config, zeroGradient } = tensors.metadata
  if (kind === undefined) throw new Error('This is no golden file: its __metadata__ name no "kind".')
  const parsed = descriptions.safeParse({ kind, mode, config: parseJson(config) })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`This is no golden file: ${issue?.path.join('.')}: ${issue?.message}.`)
  }
  const zero = z.array(z.string()).safeParse(zeroGradient === undefined ? [] : parseJson(zeroGradient))
  if (!zero.success) throw new Error('This is no golden file: zeroGradient is no list of names.')
  const golden = { tensors, zeroGradient: new Set(zero.data), ...parsed.data }
  if (namesToProduce(golden).length === 0)
    throw new Error('This golden file asks for nothing: all its tensors are given.')
  return golden
}

/** Reads a tensor that the file gives. @throws when it is missing or has another shape. */
export async function readGiven(
  { tensors }: Golden,
  name: string,
  shape: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const found = tensors.shapes.get(name)
  if (!found) throw new Error(`The file gives no "${name}" [${shape.join(', ')}].`)
  if (found.join() !== shape.join())
    throw new Error(`"${name}" should be [${shape.join(', ')}]; the file gives [${found.join(', ')}].`)
  return tensors.floats(name)
}
