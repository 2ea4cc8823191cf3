/** A study as a page of Markdown: what was asked, what came out, and how much more it would take. */
import type { DifferenceEstimate, Estimate } from './bootstrap'
import type { Scale, Study } from './design'
import { sceneS, untrained } from './design'
import { signatureResults, type TaskResult } from './results'

/** How one row's network was trained. */
export interface Training {
  readonly name: string
  readonly seed: number
  readonly steps: number
  readonly initialLoss: number
  readonly finalLoss: number
  readonly chanceLoss: number
  /** Mean over the last tenth of the steps, both ways, and what drawing at random would give. */
  readonly retrieval: number
  readonly retrievalChance: number
  readonly seconds: number
}

export interface ReportInput {
  readonly study: Study
  readonly scale: Scale
  /** The command that writes this. */
  readonly command: string
  readonly results: readonly TaskResult[]
  readonly trainings: readonly Training[]
  /** Why a task is not among the results. */
  readonly leftOut: readonly string[]
  readonly seeds: readonly number[]
  readonly machine: string
  readonly figureFile: string
}

const percent = (share: number): string => (100 * share).toFixed(1)
const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`

/** A sum that is taken away whole stands in brackets. */
const differenceOf = (minuend: string, subtrahend: string): string =>
  `${minuend} − ${subtrahend.includes(' + ') ? `(${subtrahend})` : subtrahend}`

const between = ({ value, interval: [low, high] }: Estimate, show: (share: number) => string): string =>
  `${show(value)} [${show(low)}, ${show(high)}]`

/** Columns of one width, as the formatter of this project has them; numbers stand to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => [...(row[column] ?? '')].length)))
  const line = (cells: readonly string[]) =>
    `| ${widths
      .map((width, column) => {
        const cell = cells[column] ?? ''
        const space = ' '.repeat(width - [...cell].length)
        return column === 0 ? cell + space : space + cell
      })
      .join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)]
}

/** What it would take, in words. */
function further({ interval: [low, high], factor }: DifferenceEstimate, titles: number, seeds: number): string {
  if (low > 0 || high < 0) return 'decided'
  if (!Number.isFinite(factor) || factor > 1000) return 'over 1000 times as much: no sign of a difference'
  return `${Math.ceil(factor * titles)} titles and ${Math.ceil(factor * seeds)} seeds (${factor.toFixed(1)} times)`
}

function found(results: readonly TaskResult[]): string[] {
  const signed = signatureResults(results)
  if (signed.length === 0) return []
  const count = (verdict: string) => signed.filter((one) => one.verdict === verdict).length
  return [
    '## The paper’s signature, fixed before the runs',
    '',
    ...table(
      ['task', 'expected of A.4 − A.3', 'the paper, points', 'measured, points', 'verdict'],
      signed.map(({ task, direction, paper, citation, measured, verdict }) => [
        task,
        direction,
        `${paper < 0 ? '−' : '+'}${Math.abs(paper).toFixed(2)} (${citation})`,
        between(measured, points),
        verdict,
      ]),
    ),
    '',
    `Of ${signed.length} directions, ${count('as in the paper')} came out as in the paper with the whole interval, ${count('against the paper')} against it, and ${count('undecided')} undecided.`,
    '',
  ]
}

/** What stands in the way of reading more into the differences: told, whatever came out. */
function caveats(study: Study, results: readonly TaskResult[]): string[] {
  const named = (tasks: readonly TaskResult[]) => tasks.map(({ task }) => task).join(', ')
  const unheard = results.filter(({ rows, chance }) => (rows[0]?.estimate.interval[0] ?? 0) <= chance)
  const againstBlank = study.differences.findIndex(([, subtrahend]) => subtrahend === untrained)
  const learnt = results.filter(({ differences }) => (differences[againstBlank]?.estimate.interval[0] ?? 0) > 0)
  const [first] = study.runs
  const lines = [
    ...(unheard.length === 0
      ? []
      : [
          `${first?.name} is not above the largest class with its whole interval here on: ${named(unheard)}. The pilot had found otherwise; tasks are not taken out after the runs.`,
        ]),
    ...(againstBlank < 0
      ? []
      : learnt.length === results.length
        ? [`${first?.name} is better than untrained weights with the whole interval on all tasks.`]
        : [
            `${first?.name} is better than untrained weights with the whole interval on ${learnt.length === 0 ? 'no task' : `only: ${named(learnt)}`}. Where it is not, a difference between variants is one between networks that know hardly more than their architecture does.`,
          ]),
  ]
  return lines.length === 0 ? [] : ['## How far to trust this', '', ...lines.flatMap((line) => [line, ''])]
}

function trainingRows(trainings: readonly Training[]): string[][] {
  return trainings.map(
    ({ name, seed, steps, initialLoss, finalLoss, chanceLoss, retrieval, retrievalChance, seconds }) => [
      `${name}, seed ${seed}`,
      String(steps),
      `${initialLoss.toFixed(2)} to ${finalLoss.toFixed(2)} (${chanceLoss.toFixed(2)})`,
      `${percent(retrieval)} (${percent(retrievalChance)})`,
      (seconds / 60).toFixed(1),
    ],
  )
}

/** The whole page. */
export function report(input: ReportInput): string {
  const { study, scale, results, seeds, trainings } = input
  const { corpus, model, steps, learningRate, pretrain } = scale
  const minutes = trainings.reduce((sum, { seconds }) => sum + seconds, 0) / 60
  const [first] = results
  return [
    `# ${study.title}`,
    '',
    `\`${input.command}\` wrote this page; nothing in it was typed by hand.`,
    '',
    study.question,
    '',
    `**Corpus.** ${corpus.titles} titles × ${corpus.seconds} s × ${corpus.languages.length} languages (${corpus.languages.join(', ')}), scenes of ${sceneS} s, synthetic speech over synthetic sounds (\`scripts/make_corpus.py --chorus --line-groups 3\`): the speakers of a scene speak at once, so that their number can be heard at any moment. Variants of group A train on titles whose original language is English, Spanish or French; probes are asked about all.`,
    '',
    `**Networks.** MViTs with a stem of ${model.embedDim} and ${model.depth} blocks, ${model.videoFrames} frames of ${model.videoSize} px; batches of ${pretrain.batch}, ${steps} steps from random weights at a learning rate of ${learningRate}, a quarter of both from a checkpoint; seeds ${seeds.join(', ')}. This is far smaller than the paper’s S, on minutes and not years of film: what comes out says something of the method at this size only.`,
    '',
    `**Probes.** Ridge regression in float64 (\`bench/study/ridge.ts\`) on the audio embeddings that the embed cell exports; its penalty is chosen inside the training titles. Scene and speaker count: mean over the windows of a scene. Language: windows of 3 s. Keyword: windows of 3 s that hold one line, titles left out inside each line group. For all but the keyword the folds are the line groups, so that test titles speak lines that no training title speaks. Intervals: 95 %, 10 000 draws of titles and, independently, of seeds; both sides of a difference get the same draws. ${seeds.length === 1 ? 'One seed says nothing of how much seeds vary: intervals are' : `${seeds.length} seeds say little of how much seeds vary: intervals are rather`} too short${seeds.length === 1 ? '' : ' than too long'}.`,
    '',
    ...input.leftOut.map((why) => `${why}\n`),
    '## Accuracy, per cent',
    '',
    ...table(
      ['', ...results.map(({ task }) => task)],
      [
        ...(first?.rows ?? []).map(({ name }, row) => [
          name,
          ...results.map(({ rows }) => {
            const own = rows[row]
            return own ? between(own.estimate, percent) : ''
          }),
        ]),
        ['largest class', ...results.map(({ chance }) => percent(chance))],
        ['items, of titles', ...results.map(({ items, titles }) => `${items}, ${titles}`)],
      ],
    ),
    '',
    `![Accuracy of every row with its interval](${input.figureFile})`,
    '',
    '## Differences, points',
    '',
    ...table(
      ['', ...results.map(({ task }) => task)],
      study.differences.map(([minuend, subtrahend], index) => [
        differenceOf(minuend, subtrahend),
        ...results.map(({ differences }) => {
          const own = differences[index]
          return own ? between(own.estimate, points) : ''
        }),
      ]),
    ),
    '',
    ...found(results),
    ...(scale.name === 'pilot' ? [] : caveats(study, results)),
    '## What it would take to be conclusive',
    '',
    'For an interval around the measured difference to leave out zero, if titles and seeds vary as they did here:',
    '',
    ...table(
      ['', ...results.map(({ task }) => task)],
      study.differences.map(([minuend, subtrahend], index) => [
        differenceOf(minuend, subtrahend),
        ...results.map(({ differences, titles }) => {
          const own = differences[index]
          return own ? further(own.estimate, titles, seeds.length) : ''
        }),
      ]),
    ),
    '',
    '## Training',
    '',
    `${input.machine}; ${minutes.toFixed(1)} minutes of training and embedding in all, each run counted once.`,
    '',
    ...table(
      ['', 'steps', 'loss, first to last five (chance)', 'retrieval in the batch, last tenth, % (chance)', 'minutes'],
      trainingRows(trainings),
    ),
    '',
  ].join('\n')
}
