/** What each look at a training measured: the numbers behind the slider. */
import type { Looks } from '../../engine/api'
import { DataTable } from '../plots/data-table'

const two = (value: number | null): number | string => (value === null ? '–' : Number(value.toFixed(3)))

export function LooksTable({ looks }: { looks: Looks }) {
  const snippets = looks.rows.filter(({ modality }) => modality === 'video').length
  return (
    <DataTable
      caption={`looks at ${snippets} snippets while training`}
      columns={['steps', 'R@1 audio → video', 'R@1 video → audio', 'chance', 'language gap']}
      rows={() =>
        looks.taken.map(({ step, audioToVideoR1, videoToAudioR1, languageGap }) => [
          step,
          two(audioToVideoR1),
          two(videoToAudioR1),
          two(snippets > 0 ? 1 / snippets : null),
          two(languageGap),
        ])
      }
    />
  )
}
