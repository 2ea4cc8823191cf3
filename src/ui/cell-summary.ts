/** The line in a cell's head: what came out, how long it took or will take, or why it is stale. */
import type { CellResult } from '../engine/api'
import type { CellState } from '../notebook/cell-state'
import { shownFile } from '../notebook/samples'
import { bytes, count, duration, plural } from './format'

/** @param elapsedS - seconds that the present run has taken */
export function cellSummary(state: CellState, elapsedS: number): string {
  const { status, result, progress } = state
  switch (status) {
    case 'never':
      return 'never run'
    case 'queued':
      return 'waiting for its turn'
    case 'stale':
      return `stale: ${state.staleBecause ?? 'something above has changed'}`
    case 'failed':
      return 'failed'
    case 'skipped':
      return 'not run'
    case 'running':
    case 'paused': {
      const left = progress?.remainingS
      const message = progress?.message ?? 'starting'
      if (status === 'paused') return `paused · ${message}`
      return `${message} · ${left !== undefined ? `${duration(left)} left` : duration(elapsedS)}`
    }
    case 'done':
      return [
        ...(result ? outcome(result) : []),
        ...(state.durationS !== undefined ? [duration(state.durationS)] : []),
      ].join(' · ')
  }
}

function outcome(result: CellResult): readonly string[] {
  switch (result.kind) {
    case 'corpus': {
      const { titles, tracks, snippets } = result.metrics
      return [plural(titles, 'title'), plural(tracks, 'track'), plural(snippets, 'snippet')]
    }
    case 'spectrogram': {
      const end = result.startS + result.durationS
      return [shownFile(result.file), `${result.startS.toFixed(1)}–${end.toFixed(1)} s`]
    }
    case 'model':
      return [`${count(result.metrics.parameters.total)} parameters`]
    case 'pretrain':
      return [plural(result.metrics.steps, 'step'), `${result.metrics.clipsPerSecond.toFixed(1)} clips/s`]
    case 'embed':
      return [
        plural(result.metrics.count, 'point'),
        result.metrics.crops === 1 ? '1 crop' : `${result.metrics.crops} crops`,
      ]
    case 'probe':
      return [plural(result.metrics.tasks.length, 'task')]
    case 'export':
      return [plural(result.files.length, 'file'), bytes(result.metrics.bytes)]
    case 'text':
      return []
  }
}
