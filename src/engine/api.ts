/**
 * All that the page may know of the engine: the calls it can make of the worker and the shapes of what comes back.
 * Everything here survives `structuredClone`. Units: seconds (`S`), Hz, dB; arrays are row-major float32.
 */
import type { CorpusStatistics } from '../schema/corpus-statistics'
import type { RetrievalScore, StructureScore } from '../schema/embedding-metrics'
import type { Floor, KernelTime } from '../schema/floor'
import type { AdapterDetails, GpuCheck, GpuProgress, GpuTuning } from '../schema/gpu-check'
import type { CellKind, Settings } from '../schema/notebook'
import type { FrozenConfig } from '../schema/presets'
import type { ProbeDetail, ProbeTask, ResultFile } from '../schema/probe-results'
import type { BranchPoint, KeptRun, RunRecord } from '../schema/run-record'
import type { RunSummary } from '../schema/run-summary'
import type { OffsetProposal, Soundtrack, TrackEdit } from '../schema/track-edits'
import type { Tracked } from '../schema/tracked'

/** A file as a user gave it. `path` keeps the folder it was dropped with. */
export interface MediaFile {
  readonly path: string
  readonly file: File
}

/** Something wrong with one file or track; the rest goes on. */
export interface Problem {
  readonly file: string
  /** Track id, counted from 0 in file order over all kinds. */
  readonly track?: number
  readonly message: string
  /** Path of a sound file that belongs to no video yet: it can be given one by an edit of its track 0. */
  readonly unassigned?: string
}

export interface TrackSummary {
  readonly id: number
  readonly kind: 'audio' | 'video'
  readonly codec: string
  /** BCP-47; `und` when the file does not say. */
  readonly language: string
  readonly startS: number
  readonly durationS: number
  readonly decodable: boolean
  readonly channels?: number
  readonly sampleRate?: number
  readonly width?: number
  readonly height?: number
  /** What the file or its name calls the track. */
  readonly name?: string
  /** Of soundtracks; language and start are those with edits. */
  readonly sound?: Soundtrack
}

/** A labelled stretch of a title. Without `start,end` in labels.csv it is the whole title. */
export interface LabelledSegment {
  readonly startS: number
  readonly endS: number
  readonly labels: Readonly<Record<string, string>>
}

export interface TitleSummary {
  /** File name with extension; what other results call `file`. */
  readonly file: string
  readonly durationS: number
  readonly originalLanguage: string
  /** Id of the soundtrack that is taken for the original. */
  readonly originalTrack: number
  readonly genre?: string
  readonly tracks: readonly TrackSummary[]
  readonly segments: readonly LabelledSegment[]
  readonly snippets: readonly { readonly startS: number; readonly endS: number }[]
  /** A small JPEG. */
  readonly still: Blob | null
}

export interface CorpusResult {
  readonly kind: 'corpus'
  readonly titles: readonly TitleSummary[]
  readonly problems: readonly Problem[]
  readonly metrics: {
    titles: number
    tracks: number
    snippets: number
    statistics: CorpusStatistics
    problems: readonly Problem[]
  }
}

export interface SpectrogramResult {
  readonly kind: 'spectrogram'
  readonly file: string
  readonly startS: number
  readonly durationS: number
  /** One row per language: `mel` [bands, frames] in dB, `samples` mono at 48 kHz. */
  readonly rows: readonly { readonly language: string; readonly mel: Float32Array; readonly samples: Float32Array }[]
  readonly bands: number
  readonly frames: number
  readonly metrics: { languages: readonly string[]; minDb: number; maxDb: number }
}

/** What a file of weights turned out to hold. */
export interface RecognisedWeights {
  readonly file: string
  /** One network or both; heads where the file has them. Before the cell has run, pooling is a placeholder. */
  readonly config: FrozenConfig
  /** What was assumed or left out, to be shown as it is. */
  readonly notes: readonly string[]
}

export interface ModelResult {
  readonly kind: 'model'
  /** Of a cell that was given a file of weights. */
  readonly imported?: RecognisedWeights
  readonly metrics: {
    parameters: { video: number; audio: number; heads: number; total: number }
    embeddingDimension: number
    imported?: RecognisedWeights
  }
}

/** One training step. `L`, `Lv`, `La` as Eq. 2 and 3 of the paper, mean over the batch; `total` is what is minimised. */
export interface LossPoint {
  readonly step: number
  readonly L: number
  readonly Lv: number
  readonly La: number
  readonly total: number
  readonly learningRate: number
  readonly gradientNorm: number
  readonly tracked?: Tracked
  /** Something was not finite, and nothing was updated. */
  readonly skipped?: boolean
}

/** A kernel beside the floor of its time on this adapter. */
export interface KernelProfile extends KernelTime {
  readonly boundBy: 'arithmetic' | 'memory'
  /** Floor over time. */
  readonly floorShare: number
}

export interface PretrainResult {
  readonly kind: 'pretrain'
  readonly losses: readonly LossPoint[]
  /** Null where none was asked for. */
  readonly looks: Looks | null
  readonly metrics: {
    steps: number
    /** Steps in which something was not finite, so that nothing was updated. */
    skippedSteps: number
    initialLoss: number
    finalLoss: number
    chanceLoss: number
    clipsPerSecond: number
    batch: number
    snippetsPerTitle: number
    /** What was lowered or raised, and why. */
    notes: readonly string[]
    resumes: readonly { fromStep: number; lostSteps: number }[]
    /** Checkpoints since the run was begun or went on, their mean duration (s) and their share of the time. */
    checkpoints: { count: number; meanS: number; share: number }
    /** Share of the time from the second epoch on that went into waiting for input; null in a shorter run. */
    inputWaitShare: number | null
    /** Decoded media kept on disk, and how often they were found there. */
    diskCache: { bytes: number; limitBytes: number; hits: number; misses: number }
    /** This run, last, after those it starts from or that were reproduced with it. */
    runs: readonly RunSummary[]
    pipelines: number
    /** Time during which pipelines were being compiled since the GPU was opened, in ms. */
    compileMs: number
    /** Clips of a modality that a backbone handled at a time; 2 `batch` when all of them. */
    microBatch: number
    /** Memory for activations, and all that the run takes with parameters, moments and clips, as planned before step 1. */
    arenaBytes: number
    plannedBytes: number
    /** GPU time of one step by kernel, slowest first; empty where the adapter has no timestamps. */
    kernels: readonly KernelProfile[]
    /** Kernel variants of the run, as in the fingerprint. */
    variants: string
    /** How the adapter's check ended: one line. */
    gpuCheck: string
    /** What the adapter does at most, as measured; null where kernels are not timed. */
    floor: Floor | null
    /** Wall time of one step, from an empty queue to its end, over the sum of its kernels' times. */
    stepOverKernels: number | null
  }
}

export interface EmbeddingRow {
  readonly modality: 'audio' | 'video'
  readonly file: string
  readonly startS: number
  readonly endS: number
  /** Empty for video. */
  readonly language: string
  /** Scene label of the segment that covers most of the snippet, if there is one. */
  readonly scene: string
  /** All labels of the snippet by column. */
  readonly labels: Readonly<Record<string, string>>
}

/** First two principal components of each space. */
export interface Planes {
  /** Of the backbone embeddings, [rows of that modality, 2]. */
  readonly audio: Float32Array
  readonly video: Float32Array
  /** Of all rows' projections (the space both modalities share), [rows, 2]; null without heads or with one modality. */
  readonly joint: Float32Array | null
}

/** The embeddings of a fixed set of snippets as a training goes on. */
export interface Looks {
  /** Result under which the vectors are kept, in files that `vectorFile` names. */
  readonly hash: string
  /** As in {@link EmbedResult}. */
  readonly rows: readonly EmbeddingRow[]
  readonly stills: readonly (Blob | null)[]
  /** By rising number of finished steps; each laid on the one before, so that points move and do not flip. */
  readonly taken: readonly Look[]
}

export interface Look {
  /** Steps done. */
  readonly step: number
  readonly planes: Planes
  /** Shares of snippets that find their sound, or picture, first among all of the set, and their language gap. */
  readonly audioToVideoR1: number | null
  readonly videoToAudioR1: number | null
  readonly languageGap: number | null
}

export interface Neighbour {
  /** Row of the file of vectors. */
  readonly row: number
  readonly cosine: number
}

export interface EmbedResult {
  readonly kind: 'embed'
  /** Per snippet and language; video rows first. */
  readonly rows: readonly EmbeddingRow[]
  readonly planes: Planes
  /** Stills of the snippets in order of the video rows. */
  readonly stills: readonly (Blob | null)[]
  readonly metrics: {
    count: number
    dimension: number
    /** Null without projection heads: the backbones share no space. */
    retrievalAudioToVideoR1: number | null
    retrievalVideoToAudioR1: number | null
    chanceR1: number | null
    crops: number
    /** Share of the time of embedding in which the network waited for media to be decoded. */
    waitingForMedia: number
    /** Each way, for any dub and language by language; empty where the modalities share no space. */
    retrieval: readonly RetrievalScore[]
    structure: readonly StructureScore[]
    /** Mean squared distance of the normalised projections of a picture and its sounds. */
    pictureSoundAlignment: number | null
  }
}

export interface ProbeResult {
  readonly kind: 'probe'
  /** By task, in the same order; empty for linear probes on the corpus. */
  readonly details: readonly ProbeDetail[]
  /** Embeddings and predictions of benchmarks. Contents are fetched one at a time with {@link Engine.readFile}. */
  readonly files: readonly ResultFile[]
  readonly metrics: { tasks: readonly ProbeTask[]; problems: readonly Problem[] }
}

export interface ExportResult {
  readonly kind: 'export'
  /** Contents are fetched one at a time with {@link Engine.readFile}. */
  readonly files: readonly ResultFile[]
  readonly metrics: { files: readonly string[]; bytes: number }
}

export interface TextResult {
  readonly kind: 'text'
  readonly metrics: Record<string, never>
}

export type CellResult =
  | CorpusResult
  | SpectrogramResult
  | ModelResult
  | PretrainResult
  | EmbedResult
  | ProbeResult
  | ExportResult
  | TextResult
export type ResultOf<K extends CellKind> = Extract<CellResult, { kind: K }>

/** A cell on its way into the engine: settings complete, upstream cells named by kind with the hash of their result. */
export interface RunRequest {
  readonly cellId: string
  readonly kind: CellKind
  readonly settings: Settings
  readonly seed: number
  /** Key of the result (design section 4). */
  readonly hash: string
  /** What names the result but for the kernel variants it is computed with; without it they are those of new results. */
  readonly planKey?: string
  /** All upstream cells, direct and indirect, nearest last. */
  readonly upstream: readonly { readonly kind: CellKind; readonly hash: string; readonly settings: Settings }[]
  /** Pretraining: finished runs that it starts from or lists, in the order in which they ran. */
  readonly runsBefore?: readonly { readonly variant: string; readonly hash: string }[]
  /** Corpus cells: media, `labels.csv`, `titles.csv`. Model cells: a file of weights. Probe cells: a benchmark's folder. */
  readonly files?: readonly MediaFile[]
  /** Corpus cells: what is said of soundtracks by hand. */
  readonly tracks?: readonly TrackEdit[]
  /** Export cells: the notebook file, to go with the weights. */
  readonly notebookJson?: string
}

export interface UmapSettings {
  /** How many neighbours keep a point in its place: few show what is local, many what is global. */
  readonly neighbours: number
  /** How near points may come to each other. */
  readonly minDistance: number
  readonly seed: number
}

/** What the page hears while a cell runs. */
export interface Progress {
  readonly message: string
  /** 0 to 1; absent while it is not known. */
  readonly fraction?: number
  readonly remainingS?: number
  /** Pretraining: steps since the last event. */
  readonly losses?: readonly LossPoint[]
  /** Pretraining, every few steps: cosine similarities of one batch, [B, B], video rows and audio columns. */
  readonly similarity?: { readonly size: number; readonly values: Float32Array }
  readonly clipsPerSecond?: number
  /** Pretraining, before its first step: batches as the corpus allows them, and what was changed for that. */
  readonly sampling?: Pick<PretrainResult['metrics'], 'batch' | 'snippetsPerTitle' | 'notes'>
  /** Pretraining, after every look: all so far. */
  readonly looks?: Looks
  readonly paused?: boolean
  /** Why it is paused, where nobody asked for it, and what to do. */
  readonly problem?: string
}

export interface EngineDescription {
  readonly adapter: string
  /** `swiftshader` and the like compute on the CPU. */
  readonly software: boolean
  /** Name and full version. */
  readonly browser: string
  /** Kernel variants of new results, `family=variant` or `family/class=variant` each. */
  readonly variants: string
  /** Adapter, browser build and variants of new results. */
  readonly fingerprint: string
  /** What is known of the GPU's correctness; null before the first check. */
  readonly check: GpuCheck | null
  /** Null while the fixed table of variants counts. */
  readonly tuning: GpuTuning | null
  /** Null before it was measured. */
  readonly floor: Floor | null
  readonly details: AdapterDetails
}

/** The worker as the page sees it. Rejections carry an `Error` whose message can be shown as it is. */
export interface Engine {
  /** @throws when there is no adapter, saying how to switch WebGPU on. */
  describe(): Promise<EngineDescription>
  /**
   * Fingerprint of one result, whose variants stay the same whatever is tuned later.
   * @param planKey What names the result but for its fingerprint.
   * @param keep The result is about to be computed: from now on it has these variants.
   */
  fingerprint(planKey: string, keep: boolean): Promise<string>
  /**
   * Checks the GPU's kernels against PyTorch: once for each adapter, browser build and set of kernels, or again.
   * @param wait For what: `usable` for the variants in use, `complete` for all, `again` for all, checked anew.
   */
  checkGpu(
    wait: 'usable' | 'complete' | 'again',
    onProgress: (progress: GpuProgress) => void,
    signal: AbortSignal,
  ): Promise<GpuCheck>
  /** Times all variants and keeps the table of the fastest, for new results. @throws while a cell computes. */
  tuneGpu(onProgress: (progress: GpuProgress) => void, signal: AbortSignal): Promise<GpuTuning>
  /** Goes back to the fixed table of variants. */
  forgetTuning(): Promise<void>
  /** Runs one cell whose upstream cells are up to date. Rejects with an `AbortError` after `signal` fires. */
  run(request: RunRequest, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<CellResult>
  /** A stored result, so that the same hash never computes twice; null when there is none. */
  load(kind: CellKind, hash: string): Promise<CellResult | null>
  pause(cellId: string): Promise<void>
  resume(cellId: string): Promise<void>
  /** Running pretrainings write a checkpoint before their next step: the page may be about to go. */
  writeCheckpoints(): Promise<void>
  /** One file of a result. */
  readFile(hash: string, name: string): Promise<Blob>
  /** The rows of a file of vectors that are nearest to one of them by cosine, nearest first, itself left out. */
  nearest(hash: string, file: string, row: number, count: number): Promise<readonly Neighbour[]>
  /** UMAP of a file of vectors, [rows, 2]; kept, so that it is computed once. @throws for fewer than four rows. */
  umap(
    hash: string,
    file: string,
    settings: UmapSettings,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<Float32Array>
  /** Measures the adapter's floor again and keeps it for later profiles. */
  measureFloor(): Promise<Floor>
  /**
   * A file's identity, in hex: SHA-256 over its size and 64 KiB blocks (first, last, 16 evenly spaced), or over all of it
   * in pieces, for weights, where every number counts.
   */
  contentHash(file: File, whole: boolean): Promise<string>
  /** Looks into a file of weights without reading its numbers. @throws saying what is wrong with it. */
  inspectWeights(file: MediaFile, settings: Settings): Promise<RecognisedWeights>
  /**
   * Compares the background of a title's dubs with that of its original track and proposes the offsets that align them.
   * Nothing is applied.
   */
  align(
    corpusHash: string,
    file: string,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<readonly OffsetProposal[]>
  /** Every pretraining run that this browser keeps, the one that was worked on last first. */
  listRuns(): Promise<readonly KeptRun[]>
  renameRun(hash: string, name: string): Promise<void>
  /** Forgets a run with its result, weights and checkpoints. It must not be running. */
  deleteRun(hash: string): Promise<void>
  /** A run as one file for another browser: its record, weights and last checkpoint. */
  exportRun(hash: string): Promise<Blob>
  /** Takes in such a file. @throws saying what is wrong with it. */
  importRun(file: File): Promise<RunRecord>
  /** Keeps a checkpoint that is about to be branched from. @throws when it has gone. */
  keepBranchPoint(point: BranchPoint): Promise<void>
  /** Sound of one title's language between two times of title time, mono at 48 kHz. */
  sound(corpusHash: string, file: string, language: string, startS: number, endS: number): Promise<Float32Array>
}
