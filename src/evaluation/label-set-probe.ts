/**
 * Linear probes where a clip may have several labels, one title left out at a time: a sigmoid per label, from zero weights
 * with AdamW over full batches, so that nothing about them is random (`spec/evaluation.md` section 3.3 with another loss).
 */
import type { GpuContext } from '../gpu/gpu-context'
import type { LinearProbeSettings } from './linear-probe'
import { standardised } from './linear-run'
import { chanceOf, evaluate } from './metrics'
import { leaveOneTitleOut, type ProbeItem } from './probe-folds'
import { trainProbes } from './probe-training'

/** An item and all its labels. */
export type LabelSetItem = Omit<ProbeItem, 'label'> & { readonly labels: readonly number[] }

const separator = '|'

/** Whether a column of labels names several at once, as `rain|wind`. */
export const holdsLabelSets = (labels: readonly string[]): boolean => labels.some((label) => label.includes(separator))

/** Distinct labels in a fixed order, and the indices of each item's. */
export function classSetsOf(labels: readonly string[]): {
  classes: readonly string[]
  indices: readonly (readonly number[])[]
} {
  const sets = labels.map((text) => [...new Set(text.split(separator).map((label) => label.trim()))].filter(Boolean))
  const classes = [...new Set(sets.flat())].sort()
  const indexOf = new Map(classes.map((label, index) => [label, index]))
  return { classes, indices: sets.map((own) => own.flatMap((label) => indexOf.get(label) ?? [])) }
}

/**
 * @param embeddings One per item.
 * @returns Probabilities that each item gets while its title is left out, [items, classes].
 */
export async function probeLabelSets(
  context: GpuContext,
  items: readonly LabelSetItem[],
  embeddings: readonly Float32Array[],
  classes: number,
  { epochs, learningRate, weightDecay }: LinearProbeSettings,
  signal: AbortSignal,
): Promise<Float64Array> {
  const probabilities = new Float64Array(items.length * classes)
  const labels = items.map((item) => item.labels)
  const zeros = new Map(['output.weight', 'output.bias'].map((name) => [name, new Float32Array()]))
  for (const { train, test } of leaveOneTitleOut(items)) {
    const [probe] = await trainProbes(
      context,
      { embeddings: standardised(embeddings, train), labels, classes, multilabel: true },
      [
        {
          point: { hiddenLayers: 0, learningRate, initialisation: 'uniform' },
          train,
          // Looked at once, after the last epoch, when there is nothing left to choose.
          valid: test,
          test,
          seed: 0,
          initial: zeros,
        },
      ],
      {
        hiddenUnits: 0,
        dropout: 0,
        batch: train.length,
        maxEpochs: epochs,
        checkEvery: epochs,
        patience: 1,
        shuffle: false,
        weightDecay,
        metric: 'mAP',
        stopsByScore: false,
      },
      { signal, onProgress: () => undefined },
    )
    test.forEach((item, position) => {
      const own = probe?.testScores.subarray(position * classes, (position + 1) * classes) ?? []
      probabilities.set(own, item * classes)
    })
  }
  return probabilities
}

/** Macro average precision over segments; the dubs of one are asked together. */
export function scoreLabelSets(
  items: readonly LabelSetItem[],
  probabilities: Float64Array,
  classes: number,
): { readonly value: number; readonly chance: number; readonly n: number; readonly classesLeftOut: number } {
  const segments = [...new Set(items.map(({ segment }) => segment))]
  const scores = new Float64Array(segments.length * classes)
  const truths = segments.map((segment, row) => {
    const own = [...items.keys()].filter((item) => items[item]?.segment === segment)
    for (const item of own)
      for (let label = 0; label < classes; label++) {
        const at = row * classes + label
        scores[at] = (scores[at] ?? 0) + (probabilities[item * classes + label] ?? 0) / own.length
      }
    return items[own[0] ?? 0]?.labels ?? []
  })
  const { value, classesLeftOut } = evaluate('mAP', { classes, scores, truths })
  return { value, classesLeftOut, chance: chanceOf('mAP', { classes, truths }), n: segments.length }
}
