/** What the shapes of imported weights told, in the words of the settings that they stand for. */
import type { MVitConfig } from '../schema/mvit'
import { type FrozenConfig, modelPresets } from '../schema/presets'

export interface ToldSetting {
  readonly label: string
  readonly value: string
}

const sizeOf = ({ embedDim, depth, dimMul }: MVitConfig): string => {
  const widenAt = dimMul.map(([block]) => block).join()
  const found = Object.entries(modelPresets).find(
    ([, preset]) => preset.embedDim === embedDim && preset.depth === depth && preset.widenAt.join() === widenAt,
  )
  return found?.[0] ?? 'its own'
}

/** The authors call patches of stride 4 along their last axis overlapping, of stride 8 not, though kernels are wider. */
const patchesOf = ({ patch }: MVitConfig): string => ((patch.stride.at(-1) ?? 0) < 8 ? 'overlap' : 'non-overlap')

const keyStrideOf = ({ poolKvStrideAdaptive, poolKvStride }: MVitConfig): string =>
  String(poolKvStrideAdaptive?.[1] ?? poolKvStride?.[0]?.[2] ?? 1)

const rows: readonly (readonly [label: string, of: (config: MVitConfig) => string])[] = [
  ['Size', sizeOf],
  ['Input', ({ input }) => input.join(' × ')],
  ['Patches', patchesOf],
  ['Stem width', ({ embedDim }) => String(embedDim)],
  ['Stem heads', ({ numHeads }) => String(numHeads)],
  ['Blocks', ({ depth }) => String(depth)],
  ['Widening blocks', ({ dimMul }) => dimMul.map(([block]) => block).join(', ') || 'none'],
  ['MLP ratio', ({ mlpRatio }) => String(mlpRatio)],
  ['Key stride', keyStrideOf],
  ['CLS token', ({ clsToken }) => (clsToken ? 'yes' : 'no')],
]

/** One row where both networks agree, else what each has. */
export const toldSettings = ({ video, audio }: FrozenConfig): readonly ToldSetting[] =>
  rows.map(([label, of]) => {
    const values = [
      ...(video ? [['video', of(video)] as const] : []),
      ...(audio ? [['audio', of(audio)] as const] : []),
    ]
    const [first] = values
    const agree = values.length === 1 || values.every(([, value]) => value === first?.[1])
    return { label, value: agree ? (first?.[1] ?? '') : values.map(([name, value]) => `${name} ${value}`).join(' · ') }
  })
