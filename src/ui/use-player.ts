/** A {@link Player} for a component: what is heard, and where the sounds are while they play. */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { Player } from './player'

export interface Playback {
  readonly playing: boolean
  /** Seconds from the beginning; null when nothing plays. */
  readonly positionS: number | null
  readonly heard: number
  readonly hear: (index: number) => void
  readonly play: (fromS?: number) => void
  readonly stop: () => void
}

/** @param sounds - mono, 48 kHz; keep the array the same while they are */
export function usePlayer(sounds: readonly Float32Array[]): Playback {
  const player = useMemo(() => new Player(), [])
  const [heard, setHeard] = useState(0)
  const [positionS, setPositionS] = useState<number | null>(null)
  const playing = positionS !== null
  const stop = useCallback(() => {
    player.stop()
    setPositionS(null)
  }, [player])
  useEffect(() => () => void player.close(), [player])
  // Other sounds: what plays belongs to the old ones.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when `sounds` changes, though it does not read it
  useEffect(() => stop, [sounds, stop])
  useEffect(() => {
    if (!playing) return
    let frame = requestAnimationFrame(function follow() {
      setPositionS((before) => (before === null ? null : player.positionS))
      frame = requestAnimationFrame(follow)
    })
    return () => cancelAnimationFrame(frame)
  }, [playing, player])
  return {
    playing,
    positionS,
    heard,
    hear: (index) => {
      setHeard(index)
      player.hear(index)
    },
    play: (fromS = 0) => {
      player.play(sounds, heard, fromS, stop)
      setPositionS(fromS)
    },
    stop,
  }
}
