/**
 * What the rest of the project sees of a media file: tracks on one time base (title time), sound as samples, pictures as
 * planes. Nothing here knows a container.
 */

/** One track as people see it. Structurally the engine's `TrackSummary`, which this folder may not import. */
export interface Track {
  /** Counted from 0 in file order, over all kinds. */
  readonly id: number
  readonly kind: 'audio' | 'video'
  /** As WebCodecs writes it (`mp4a.40.2`, `avc1.64001f`, `ac-3`). */
  readonly codec: string
  /** BCP-47; `und` when the file does not say. */
  readonly language: string
  /** First sample or frame, in title time. */
  readonly startS: number
  readonly durationS: number
  readonly decodable: boolean
  /** What the file calls the track, for instance "Director's commentary". */
  readonly name?: string
  /** The file asks players to begin with this track. */
  readonly isDefault?: boolean
  /** The sidecar that the track is from; absent: the title's own file. */
  readonly file?: string
  /** Mean frames per second, as far as the file was read. */
  readonly frameRate?: number
  readonly channels?: number
  readonly sampleRate?: number
  /** As displayed, after rotation and pixel aspect. */
  readonly width?: number
  readonly height?: number
  /** Degrees clockwise that a decoded frame has to be turned by. */
  readonly rotation?: Rotation
}

export type Rotation = 0 | 90 | 180 | 270

/** How a decoded frame's samples become RGB. Frames without a tag are BT.601, limited range, as in swscale. */
export interface Colour {
  readonly matrix: 'bt601' | 'bt709' | 'bt2020'
  readonly fullRange: boolean
}

/** One decoded picture, copied out of its VideoFrame. */
export interface PixelFrame {
  /** Position among the times that were asked for. */
  readonly index: number
  readonly timeS: number
  /** Visible rectangle, as decoded: before rotation and pixel aspect. */
  readonly width: number
  readonly height: number
  readonly rotation: Rotation
  readonly format: VideoPixelFormat
  readonly data: Uint8Array
  /** Per plane, bytes into `data` and bytes a row. */
  readonly layout: readonly PlaneLayout[]
  readonly colour: Colour
}

/** Sound of a window of title time: one array per channel, all of one length. */
export interface AudioWindow {
  readonly sampleRate: number
  readonly channels: Float32Array<ArrayBuffer>[]
}

/** Something wrong with the file or one track; the rest goes on. `message` can be shown as it is. */
export interface MediaProblem {
  readonly track?: number
  readonly message: string
}

/**
 * An open media file. Title time 0 is the earliest first timestamp of any audio or video track, after edit lists.
 * Owns nothing but tables: decoders live as long as a read. After `close` every read throws.
 */
export interface MediaSource {
  readonly path: string
  readonly container: string
  readonly durationS: number
  readonly tracks: readonly Track[]
  readonly problems: readonly MediaProblem[]
  /**
   * Times of the frames on screen from `startS` to `endS`, in title seconds, ascending, after the edit list: the last one that
   * begins at or before `startS` and all that follow up to and with `endS`. Only that stretch of the file is read.
   * @throws when the track is no video or the file cannot be read.
   */
  frameTimes(trackId: number, startS: number, endS: number, signal?: AbortSignal): Promise<Float64Array>
  /**
   * Samples `[round(startS rate), + round((endS - startS) rate))` of the track's grid in title time, at its own rate:
   * silence before its start, in gaps and after its end.
   * @throws when the track is missing or not decodable, when decoding fails, and with an `AbortError` after `signal`.
   */
  readAudio(trackId: number, startS: number, endS: number, signal?: AbortSignal): Promise<AudioWindow>
  /**
   * The frames on screen at ascending times, one each and in that order. A frame that the decoder leaves out
   * (its reference is cut off) is replaced by its nearest neighbour among those asked for.
   * @throws as `readAudio`.
   */
  readFrames(trackId: number, timesS: ArrayLike<number>, signal?: AbortSignal): AsyncIterable<PixelFrame>
  close(): void
}
