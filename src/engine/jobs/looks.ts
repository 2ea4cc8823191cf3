/**
 * Looks at a training: every few steps the weights, where they lie, embed a fixed set of snippets. A look changes nothing of
 * the run. Looks are stored as they are taken, so that a run which goes on after a crash still has those before.
 */
import type { OpenCorpus } from '../../corpus/open-corpus'
import type { WindowReader } from '../../corpus/window-reader'
import { alignPlane } from '../../evaluation/alignment'
import { embedWith } from '../../evaluation/clip-embeddings'
import { concatenated } from '../../evaluation/clip-station'
import type { WeightRanges } from '../../evaluation/embedder'
import { writeNpy } from '../../formats/npy'
import type { GpuContext } from '../../gpu/gpu-context'
import type { TrainingState } from '../../pretraining/training-state'
import { embeddingSpaces, vectorFile } from '../../schema/embedding-space'
import { loadResult, removeBytes, saveBytes, saveResult } from '../../storage/result-store'
import type { Look, Looks, Planes } from '../api'
import { stillsOf } from './embed'
import { scoresOf } from './embedding-scores'
import type { JobContext } from './job'
import { planesOf } from './planes'
import { rowOf, type SnippetSegment, snippetSegments } from './snippet-segments'

/** One window of each snippet is enough to see where it goes, in seconds. */
const windowS = 3
/** When there are more, every second one is given up and looks become half as frequent. */
const mostLooks = 64

interface Saved {
  readonly every: number
  readonly looks: Looks
}

export class TrainingLooks {
  private constructor(
    private readonly context: JobContext,
    private readonly gpu: GpuContext,
    private readonly state: TrainingState,
    private readonly reader: WindowReader,
    private readonly segments: readonly SnippetSegment[],
    private saved: Saved,
  ) {}

  /**
   * Null where the settings ask for none.
   * @param step Steps done: looks that an interrupted run had taken beyond them are taken again.
   */
  static async create(
    context: JobContext,
    gpu: GpuContext,
    state: TrainingState,
    corpus: OpenCorpus,
    reader: WindowReader,
    step: number,
  ): Promise<TrainingLooks | null> {
    const { settings, hash } = context.request
    const every = Number(settings.lookEvery)
    if (every === 0) return null
    const segments = fixedSet(corpus, Number(settings.lookSnippets))
    // Only this file writes what is stored under this key.
    const before = (await loadResult(keyOf(hash))) as Saved | null
    const kept = before?.looks.taken.filter((look) => look.step <= step) ?? []
    const looks = before?.looks ?? { hash, rows: segments.map(rowOf), stills: await stillsOf(segments), taken: [] }
    const saved = { every: before?.every ?? every, looks: { ...looks, taken: kept } }
    if (kept.length > 0) context.progress({ message: 'Going on from the last checkpoint', looks: saved.looks })
    return new TrainingLooks(context, gpu, state, reader, segments, saved)
  }

  /** Whether it is time for one, `step` steps being done of so many. */
  isDue(step: number, steps: number): boolean {
    const { every, looks } = this.saved
    if (looks.taken.some((look) => look.step === step)) return false
    return step % every === 0 || step === steps
  }

  /** All so far. */
  get looks(): Looks {
    return this.saved.looks
  }

  async take(step: number): Promise<void> {
    const { context, segments } = this
    const { hash } = context.request
    const say = (done: number) =>
      context.progress({ message: `Looking at the embeddings after ${step} steps, ${done} of ${segments.length}` })
    say(0)
    const embedded = await embedWith(this.gpu, this.state.network, this.weights(), this.reader, segments, {
      crops: 1,
      signal: context.signal,
      onProgress: say,
    })
    const { rows, taken } = this.saved.looks
    const vectorsOf = {
      joint: embedded.map(({ projection }) => projection),
      audio: embedded.filter((_, index) => rows[index]?.modality === 'audio').map(({ embedding }) => embedding),
      video: embedded.filter((_, index) => rows[index]?.modality === 'video').map(({ embedding }) => embedding),
    }
    for (const space of embeddingSpaces) {
      const vectors = vectorsOf[space]
      const parts = writeNpy(concatenated(vectors), [vectors.length, vectors[0]?.length ?? 0])
      await saveBytes(hash, vectorFile(space, step), parts)
    }
    const { retrieval, structure } = scoresOf(segments, embedded)
    const recall = (direction: string) =>
      retrieval.find((score) => score.direction === direction && score.language === 'all')?.r1 ?? null
    const look: Look = {
      step,
      planes: laidOn(planesOf(rows, embedded), taken.at(-1)?.planes),
      audioToVideoR1: recall('audio-to-video'),
      videoToAudioR1: recall('video-to-audio'),
      languageGap: structure.find(({ space }) => space === 'audio')?.languageGap ?? null,
    }
    await this.keep([...taken, look])
    context.progress({ message: `Looked at the embeddings after ${step} steps`, looks: this.looks })
  }

  private async keep(taken: readonly Look[]): Promise<void> {
    const { every, looks } = this.saved
    const crowded = taken.length > mostLooks
    const kept = crowded ? taken.filter(({ step }) => step % (2 * every) === 0) : taken
    this.saved = { every: crowded ? 2 * every : every, looks: { ...looks, taken: kept } }
    await saveResult(keyOf(looks.hash), this.saved)
    for (const { step } of taken)
      if (!kept.some((look) => look.step === step))
        for (const space of embeddingSpaces) await removeBytes(looks.hash, vectorFile(space, step))
  }

  private weights(): WeightRanges {
    const ranges = this.state.externals()
    return {
      range(name) {
        const range = ranges.get(name)
        if (!range) throw new Error(`The state has no tensor "${name}".`)
        return range
      },
    }
  }
}

const keyOf = (hash: string) => `${hash}-looks`

/** A window from the middle of evenly spaced snippets. */
function fixedSet(corpus: OpenCorpus, most: number): SnippetSegment[] {
  const all = snippetSegments(corpus)
  const count = new Set(all.map(({ snippet }) => snippet)).size
  const stride = Math.max(1, count / most)
  const chosen = new Set(Array.from({ length: Math.min(count, most) }, (_, index) => Math.floor(index * stride)))
  return all
    .filter(({ snippet }) => chosen.has(snippet))
    .map((segment) => {
      const startS = Math.max(segment.startS, (segment.startS + segment.endS - windowS) / 2)
      return { ...segment, startS, endS: Math.min(segment.endS, startS + windowS) }
    })
}

/** Planes as near to those before as turning and mirroring brings them. */
function laidOn(planes: Planes, before: Planes | undefined): Planes {
  if (!before) return planes
  return {
    audio: alignPlane(planes.audio, before.audio),
    video: alignPlane(planes.video, before.video),
    joint: planes.joint && before.joint ? alignPlane(planes.joint, before.joint) : planes.joint,
  }
}
