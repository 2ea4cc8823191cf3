/** The smallest runs of the real engine on sample clips, for tests of what they survive. */
import type { Settings } from '../schema/notebook'
import { completeSettings } from '../schema/settings'
import type { Engine, Looks, PretrainResult, Progress, RunRequest } from './api'

const never = new AbortController().signal
const model = completeSettings('model', {
  preset: 'tiny',
  depth: 2,
  widenAt: '1',
  embedDim: 8,
  videoFrames: 2,
  videoSize: 32,
  headHidden: 16,
  headDim: 8,
})
const pretrain: Settings = { steps: 8, batch: 4, snippetsPerTitle: 2, learningRate: 1e-3, lookEvery: 0 }

/** Runs of one engine whose results no other has. */
export function smallRuns(engine: Engine) {
  const session = crypto.randomUUID()
  const corpus = completeSettings('corpus', {})
  const request = (kind: RunRequest['kind'], name: string, settings: Settings): RunRequest => ({
    cellId: name,
    kind,
    settings,
    seed: 11,
    hash: `${session}-${name}`,
    upstream: [
      { kind: 'corpus', hash: `${session}-corpus`, settings: corpus },
      { kind: 'model', hash: `${session}-model`, settings: model },
    ],
  })
  return {
    /** Before all others. */
    async openCorpus(): Promise<void> {
      const files = await Promise.all(
        ['title00.mp4', 'title01.mp4'].map(async (path) => ({
          path,
          file: new File([await (await fetch(`/samples/${path}`)).blob()], path),
        })),
      )
      await engine.run({ ...request('corpus', 'corpus', corpus), files }, () => undefined, never)
    },
    /** Pretrains under a name; the same name goes on from its checkpoint. */
    async train(
      name: string,
      onProgress: (event: Progress) => void = () => undefined,
      { signal = never, changes = {} }: { signal?: AbortSignal; changes?: Settings } = {},
    ): Promise<PretrainResult['metrics']> {
      const settings = completeSettings('pretrain', { ...pretrain, ...changes })
      const result = await engine.run(request('pretrain', name, settings), onProgress, signal)
      // The job of a pretrain request returns this kind.
      return (result as PretrainResult).metrics
    },
    /** What a finished run looked at. */
    async looks(name: string): Promise<Looks | null> {
      const result = await engine.load('pretrain', `${session}-${name}`)
      return (result as PretrainResult | null)?.looks ?? null
    },
    /** Exports what was trained under a name; gives a file of it by name. */
    async exported(name: string): Promise<(file: string) => Promise<Blob>> {
      const asked = request('export', `${name}-export`, completeSettings('export', {}))
      const trained = {
        kind: 'pretrain',
        hash: `${session}-${name}`,
        settings: completeSettings('pretrain', pretrain),
      } as const
      await engine.run({ ...asked, upstream: [...asked.upstream, trained] }, () => undefined, never)
      return (file) => engine.readFile(asked.hash, file)
    },
    weights: async (name: string): Promise<Uint8Array> =>
      new Uint8Array(await (await engine.readFile(`${session}-${name}`, 'weights.safetensors')).arrayBuffer()),
  }
}
