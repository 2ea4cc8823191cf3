/** What engine and parser worker say to each other: requests and answers of plain data, and tracks without their functions. */
import type { ContainerKind } from '../container-kind'
import type { Demuxed, DemuxedTrack, FrameTable, PacketTable } from '../demuxed'

type Plain<T> = T extends DemuxedTrack ? Omit<T, 'stretch'> & { readonly onDemand: boolean } : never
/** `onDemand`: its packets are asked for by time. */
export type PlainTrack = Plain<DemuxedTrack>

export interface PlainDemuxed extends Omit<Demuxed, 'tracks' | 'close'> {
  readonly tracks: readonly PlainTrack[]
}

/** Packets of a stretch; their contents are asked for by its number. */
export interface PlainStretch {
  readonly stretch: number
  readonly packets: PacketTable
  readonly frames: FrameTable
}

export interface ParserMethods {
  /** Reads the index of a file; files with tracks on demand are kept under `source` until `close`. */
  open(source: number, kind: ContainerKind, file: Blob): Promise<PlainDemuxed>
  stretch(source: number, track: number, fromTicks: number, toTicks: number): Promise<PlainStretch>
  /** Contents of packets from `row` on, as many as make about one read. */
  read(source: number, stretch: number, row: number): Promise<readonly Uint8Array<ArrayBuffer>[]>
  close(source: number): Promise<null>
}

export type ParserMethod = keyof ParserMethods

export interface ParserRequest {
  readonly id: number
  readonly method: ParserMethod
  readonly args: readonly unknown[]
}

export type ParserAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
