/** What the latest batch shows beside its losses: retrieval, negatives, and how alike two languages of one scene sound. */
import type { Tracked } from '../../schema/tracked'
import { cosine, percent } from '../format'

export function TrackedNote({ tracked, batch }: { tracked: Tracked; batch: number }) {
  const { retrievalVideoToAudio, retrievalAudioToVideo, positives, inTitle, crossTitle } = tracked
  const { sameLanguage, otherLanguage } = tracked
  return (
    <>
      <p className="note">
        {`Found in the batch: sound of a picture ${percent(retrievalVideoToAudio)}, picture of a sound ${percent(retrievalAudioToVideo)} (chance ${percent(1 / batch)}). `}
        {`Mean cosine: positives ${shown(positives)} · in-title negatives ${shown(inTitle)} · cross-title negatives ${shown(crossTitle)}.`}
      </p>
      <p className="note">
        {`Mean cosine of the two sounds of a scene: in one language ${shown(sameLanguage)} · in two ${shown(otherLanguage)}.`}
      </p>
    </>
  )
}

const shown = (value: number | null): string => (value === null ? 'none in this batch' : cosine(value))
