/**
 * AC-3, E-AC-3 and DTS through FFmpeg in WebAssembly (`@mediabunny/ac3`, `@mediabunny/dts`), loaded on first use. Those libraries
 * decode tracks of files only, so packets are put into a small file in memory, one tenth of a second apart: what comes out tells
 * by its time which packet it is from.
 */
import './quiet'
import {
  AudioSampleSink,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  Input,
  MATROSKA,
  MkvOutputFormat,
  Output,
} from 'mediabunny'

export type LibraryCodec = 'ac3' | 'eac3' | 'dts'

export interface DecodedPacket {
  /** Position among the packets given. */
  readonly row: number
  readonly channels: Float32Array[]
  readonly sampleRate: number
}

const spacingS = 0.1

async function register(codec: LibraryCodec): Promise<void> {
  if (codec === 'dts') (await import('@mediabunny/dts')).registerDtsDecoder()
  else (await import('@mediabunny/ac3')).registerAc3Decoder()
}

async function fileOf(packets: readonly Uint8Array[], codec: LibraryCodec, config: AudioDecoderConfig) {
  const target = new BufferTarget()
  const output = new Output({ format: new MkvOutputFormat(), target })
  const source = new EncodedAudioPacketSource(codec)
  output.addAudioTrack(source)
  await output.start()
  for (const [row, data] of packets.entries())
    await source.add(new EncodedPacket(data, 'key', row * spacingS, spacingS), { decoderConfig: config })
  await output.finalize()
  if (!target.buffer) throw new Error('the decoder got no packets')
  return target.buffer
}

/**
 * What each packet decodes to, in their order; packets that give nothing are left out.
 * @throws when a packet is damaged, and with the signal's reason when it fires.
 */
export async function* decodeWithLibrary(
  packets: readonly Uint8Array[],
  codec: LibraryCodec,
  config: AudioDecoderConfig,
  signal?: AbortSignal,
): AsyncGenerator<DecodedPacket, void, undefined> {
  if (packets.length === 0) return
  await register(codec)
  const input = new Input({ source: new BufferSource(await fileOf(packets, codec, config)), formats: [MATROSKA] })
  try {
    const track = await input.getPrimaryAudioTrack()
    if (!track) throw new Error('the decoder does not recognise its packets')
    for await (const sample of new AudioSampleSink(track).samples()) {
      try {
        signal?.throwIfAborted()
        const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
          const samples = new Float32Array(sample.numberOfFrames)
          sample.copyTo(samples, { planeIndex, format: 'f32-planar' })
          return samples
        })
        yield { row: Math.round(sample.timestamp / spacingS), channels, sampleRate: sample.sampleRate }
      } finally {
        sample.close()
      }
    }
  } finally {
    input.dispose()
  }
}
