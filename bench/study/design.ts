/**
 * What the study runs, fixed before it ran: corpus, networks, runs, tasks, and the paper's signature of dub augmentation
 * (`spec/evaluation.md` section 4) that it looks for.
 */
import type { Settings } from '../../src/schema/notebook'

/** Options of `scripts/make_corpus.py`. */
export interface CorpusShape {
  readonly titles: number
  readonly seconds: number
  readonly languages: readonly string[]
  readonly seed: number
}

export interface Scale {
  readonly name: string
  readonly corpus: CorpusShape
  readonly seeds: readonly number[]
  readonly model: Settings
  /** Shared by all runs. */
  readonly pretrain: Settings
  /** Of runs from random weights; what starts from a checkpoint takes a quarter of both. */
  readonly steps: number
  readonly learningRate: number
  /** Steps in which a network that learns nothing gathers the statistics of its inputs. */
  readonly untrainedSteps: number
}

/** Length of a scene of the corpus, and of a snippet: a quarter of them is one window of the networks. */
export const sceneS = 12
/** Groups of titles that share no line (`--line-groups`): the folds of all tasks but the keyword. */
export const lineGroups = 3
const fromCheckpoint = 0.25

const model = {
  embedDim: 12,
  depth: 2,
  widenAt: '0,1',
  videoFrames: 2,
  videoSize: 32,
  headHidden: 32,
  headDim: 32,
} as const

export const scales: Readonly<Record<'full' | 'pilot' | 'smoke', Scale>> = {
  full: {
    name: 'full',
    corpus: { titles: 24, seconds: 60, languages: ['en', 'es', 'fr', 'de'], seed: 6 },
    seeds: [1, 2, 3],
    model,
    pretrain: { batch: 12, snippetsPerTitle: 3, lookEvery: 0 },
    steps: 300,
    learningRate: 1e-3,
    untrainedSteps: 20,
  },
  /** The same corpus with fewer steps and a seed that the study does not use. */
  pilot: {
    name: 'pilot',
    corpus: { titles: 24, seconds: 60, languages: ['en', 'es', 'fr', 'de'], seed: 6 },
    seeds: [101],
    model,
    pretrain: { batch: 12, snippetsPerTitle: 3, lookEvery: 0 },
    steps: 60,
    learningRate: 1e-3,
    untrainedSteps: 20,
  },
  /** For tests: the whole way, with nothing learnt. */
  smoke: {
    name: 'smoke',
    corpus: { titles: 6, seconds: 12, languages: ['en', 'es'], seed: 1 },
    seeds: [1],
    model: { ...model, embedDim: 4, depth: 1, widenAt: '0', headLayers: 1, headDim: 8 },
    pretrain: { batch: 4, snippetsPerTitle: 2, lookEvery: 0 },
    steps: 4,
    learningRate: 1e-3,
    untrainedSteps: 1,
  },
}

/** One row of the results: what is pretrained, beyond what all runs share. */
export interface Run {
  readonly name: string
  readonly settings: Settings
  readonly startsFromCheckpoint?: boolean
  /** Whether its clips have their stems without speech beside them. */
  readonly needsBackground?: boolean
}

export interface Study {
  readonly title: string
  /** What it asks, in a sentence or two. */
  readonly question: string
  readonly runs: readonly Run[]
  /** Differences that are shown, minuend first. */
  readonly differences: readonly (readonly [minuend: string, subtrahend: string])[]
}

const a1: Run = { name: 'A.1', settings: { variant: 'A.1' } }
const a2: Run = { name: 'A.2', settings: { variant: 'A.2' } }
export const untrained = 'untrained weights'
export const logMels = 'mean log-mels'

const untrainedRun: Run = {
  name: untrained,
  settings: { variant: 'A.1', learningRate: 0, minLearningRate: 0, weightDecay: 0 },
}

/** By the value of `--compare`; `variants` without it; `pilot` for the question that comes first. */
export const studies: Readonly<Record<'pilot' | 'variants' | 'sampling' | 'objective' | 'dubs', Study>> = {
  pilot: {
    title: 'Pilot: which tasks can tell runs apart',
    question:
      'The study asks a task only if A.1 is above chance here with its whole interval and untrained weights are not at the ceiling. The seed is one that the study does not use.',
    runs: [a1, untrainedRun],
    differences: [['A.1', untrained]],
  },
  variants: {
    title: 'Dub augmentation: A.1 to A.4',
    question:
      'Do dubs raise speaker count and lower keyword and language identification, as in the paper? A.1 and A.3 hear the original language in both views, A.2 and A.4 a dub in the second; A.3 goes on from A.1 and A.4 from A.2, with λ audio 0.2.',
    runs: [
      a1,
      a2,
      { name: 'A.3', settings: { variant: 'A.3' }, startsFromCheckpoint: true },
      { name: 'A.4', settings: { variant: 'A.4' }, startsFromCheckpoint: true },
      untrainedRun,
    ],
    differences: [
      ['A.4', 'A.3'],
      ['A.2', 'A.1'],
      ['A.1', untrained],
    ],
  },
  sampling: {
    title: 'Hierarchical against naive sampling',
    question:
      'Do several snippets of each title in a batch (hard negatives) help, against snippets drawn from anywhere?',
    runs: [
      { name: 'hierarchical', settings: a2.settings },
      { name: 'naive', settings: { ...a2.settings, sampler: 'uniform' } },
      untrainedRun,
    ],
    differences: [['hierarchical', 'naive']],
  },
  objective: {
    title: 'Across modalities against within them, from random weights',
    question:
      'The paper found training within modalities from random weights too easy (§4.1). Is L alone better than L_v + L_a alone?',
    runs: [
      { name: 'L', settings: a1.settings },
      { name: 'L_v + L_a', settings: { ...a1.settings, crossWeight: 0, lambdaV: 1, lambdaA: 1 } },
      untrainedRun,
    ],
    differences: [['L', 'L_v + L_a']],
  },
  dubs: {
    title: 'One pair of languages, all languages, no speech',
    question:
      'Are many dubs better than one fixed pair, and either better than removing speech (§5.3)? All are probed on untouched sound.',
    runs: [
      { name: 'all languages', settings: a2.settings },
      { name: 'en + es', settings: { ...a2.settings, dub: 'pair', dubLanguages: 'en+es' } },
      {
        name: 'speech removed',
        settings: { ...a2.settings, dub: 'off', soundtrack: 'background' },
        needsBackground: true,
      },
      untrainedRun,
    ],
    differences: [
      ['all languages', 'en + es'],
      ['all languages', 'speech removed'],
      ['en + es', 'speech removed'],
    ],
  },
}

export type TaskName = 'scene' | 'speakers' | 'keyword' | 'language'

/** What A.4 - A.3 is in the paper, in points of accuracy, and which way it goes. Fixed before the runs. */
export const signature: readonly {
  readonly task: TaskName
  readonly direction: 'up' | 'down'
  readonly paper: number
  readonly citation: string
}[] = [
  { task: 'speakers', direction: 'up', paper: 0.78, citation: 'LibCnt, Table 2' },
  { task: 'keyword', direction: 'down', paper: -5.09, citation: 'Speech, Table 2' },
  { task: 'language', direction: 'down', paper: -2.15, citation: 'VoxLng, Table 2' },
]

/** The notebook of one run; the headless runner trains what it starts from, once for all that do. */
export function notebookOf(scale: Scale, run: Run, seed: number): unknown {
  const share = run.startsFromCheckpoint ? fromCheckpoint : 1
  const steps = run.name === untrained ? scale.untrainedSteps : scale.steps * share
  const pretrain = {
    ...scale.pretrain,
    steps,
    learningRate: scale.learningRate * share,
    fineTuneShare: fromCheckpoint,
    fineTuneRate: fromCheckpoint,
    ...run.settings,
  }
  return {
    version: 1,
    title: 'Study',
    seed,
    cells: [
      { id: 'corpus', kind: 'corpus', settings: { snippetS: sceneS } },
      { id: 'model', kind: 'model', settings: scale.model },
      { id: 'pretrain', kind: 'pretrain', settings: pretrain, inputs: ['corpus', 'model'] },
      { id: 'embed', kind: 'embed', inputs: ['corpus', 'pretrain'] },
      { id: 'export', kind: 'export', inputs: ['pretrain', 'embed'] },
    ],
  }
}
