/**
 * What every demuxer hands over, whatever the container: per track a packed table of packets and where their content goes in
 * presentation time. Readers of sound and frames know only this.
 */
import type { Colour, Rotation } from './types'

/** One row per packet, in decode order. Times in ticks of the track's timescale, as the container has them. */
export interface PacketTable {
  readonly count: number
  /** Bytes into the file. */
  readonly offset: Float64Array
  readonly size: Uint32Array
  /** Presentation time. */
  readonly pts: Float64Array
  readonly duration: Float64Array
  /** 1 where decoding can begin. */
  readonly key: Uint8Array
}

/** A stretch of media shown at a place in the presentation; both in ticks. `mediaEnd` is exclusive. */
export interface Segment {
  readonly mediaStart: number
  readonly mediaEnd: number
  readonly presentationStart: number
}

/** Frames in order of presentation: packet `packet[i]` is shown at `time[i]` ticks. */
export interface FrameTable {
  readonly time: Float64Array
  readonly packet: Uint32Array
}

/**
 * Packets of a part of a track that can be decoded on their own. Containers with an index give the whole track at once;
 * others (Matroska, transport streams) are read where somebody looks.
 */
export interface Stretch {
  readonly packets: PacketTable
  /** Empty for sound. */
  readonly frames: FrameTable
  /** Content of a packet by its row in `packets`. */
  readonly read: (row: number) => Promise<Uint8Array<ArrayBuffer>>
}

/** Uncompressed samples, one frame after the other. */
export interface PcmFormat {
  readonly encoding: 'int' | 'float' | 'ulaw' | 'alaw'
  readonly bytesPerSample: 1 | 2 | 3 | 4 | 8
  readonly littleEndian: boolean
  /** 8-bit samples around 128. */
  readonly unsigned: boolean
}

export type AudioCoding =
  | {
      readonly kind: 'webcodecs'
      readonly config: AudioDecoderConfig
      /** How much sound a decoder needs before what it puts out is right. */
      readonly preRollS: number
    }
  | {
      /** What browsers leave out and films have: decoded by a library that is loaded on first use. */
      readonly kind: 'library'
      readonly name: 'ac3' | 'eac3' | 'dts'
      readonly preRollS: number
    }
  | { readonly kind: 'pcm'; readonly format: PcmFormat }

interface DemuxedBase {
  readonly id: number
  readonly codec: string
  readonly language: string
  /** Ticks a second. */
  readonly timescale: number
  readonly name?: string
  readonly isDefault?: boolean
  /** The whole track; without rows where `stretch` is given. */
  readonly packets: PacketTable
  /**
   * Packets that `[fromTicks, toTicks]` of presentation need: for pictures from the key frame on that the frame on screen at
   * `fromTicks` leans on. Absent where `packets` has all of them at their place in the file.
   */
  readonly stretch?: (fromTicks: number, toTicks: number, signal?: AbortSignal) => Promise<Stretch>
  /** First and last presentation time in ticks. */
  readonly startTicks: number
  readonly endTicks: number
  /** Why this track cannot be used whatever the browser decodes, for instance that it is encrypted. */
  readonly obstacle?: string
}

export interface DemuxedAudio extends DemuxedBase {
  readonly kind: 'audio'
  readonly coding: AudioCoding
  readonly channels: number
  readonly sampleRate: number
  readonly segments: readonly Segment[]
}

export interface DemuxedVideo extends DemuxedBase {
  readonly kind: 'video'
  readonly config: VideoDecoderConfig
  readonly frames: FrameTable
  readonly displayWidth: number
  readonly displayHeight: number
  readonly rotation: Rotation
  readonly colour: Colour
  /** Where the table of frames is not there to be counted. */
  readonly frameRate?: number
}

export type DemuxedTrack = DemuxedAudio | DemuxedVideo

export interface Demuxed {
  readonly container: string
  readonly tracks: readonly DemuxedTrack[]
  /** Whole sentences about the file, without its name. */
  readonly problems: readonly string[]
  /** Lets go of what reading on demand holds. */
  readonly close?: () => void
}
