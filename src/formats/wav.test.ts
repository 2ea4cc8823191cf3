import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { readWav } from './wav'

interface Sample {
  readonly coding: number
  readonly bits: number
  write(view: DataView, at: number, value: number): void
}
const kinds: Sample[] = [
  { coding: 1, bits: 8, write: (view, at, value) => view.setUint8(at, Math.round(value * 127) + 128) },
  { coding: 1, bits: 16, write: (view, at, value) => view.setInt16(at, Math.round(value * 32767), true) },
  {
    coding: 1,
    bits: 24,
    write: (view, at, value) => {
      const whole = Math.round(value * 8388607)
      view.setUint16(at, whole & 0xffff, true)
      view.setInt8(at + 2, whole >> 16)
    },
  },
  { coding: 1, bits: 32, write: (view, at, value) => view.setInt32(at, Math.round(value * 2147483647), true) },
  { coding: 3, bits: 32, write: (view, at, value) => view.setFloat32(at, value, true) },
  { coding: 3, bits: 64, write: (view, at, value) => view.setFloat64(at, value, true) },
]

/** A file with a chunk of odd length before the samples; `extended`: the format in its long form. */
function makeWav({ coding, bits, write }: Sample, channels: readonly number[][], extended = false): ArrayBuffer {
  const frames = channels[0]?.length ?? 0
  const frameBytes = (channels.length * bits) / 8
  const formatBytes = extended ? 40 : 16
  const view = new DataView(new ArrayBuffer(12 + 8 + formatBytes + 12 + 8 + frames * frameBytes))
  const text = (at: number, letters: string) => {
    for (const [index, letter] of [...letters].entries()) view.setUint8(at + index, letter.charCodeAt(0))
  }
  text(0, 'RIFF')
  text(8, 'WAVEfmt ')
  view.setUint32(16, formatBytes, true)
  view.setUint16(20, extended ? 0xfffe : coding, true)
  view.setUint16(22, channels.length, true)
  view.setUint32(24, 22050, true)
  view.setUint16(32, frameBytes, true)
  view.setUint16(34, bits, true)
  if (extended) view.setUint16(44, coding, true)
  const note = 20 + formatBytes
  text(note, 'note')
  view.setUint32(note + 4, 3, true)
  const data = note + 12
  text(data, 'data')
  view.setUint32(data + 4, frames * frameBytes, true)
  channels.forEach((samples, channel) => {
    for (const [frame, value] of samples.entries())
      write(view, data + 8 + frame * frameBytes + (channel * bits) / 8, value)
  })
  return view.buffer
}

const sound = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 9 })).chain(([channels, frames]) =>
  fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: frames, maxLength: frames }), {
    minLength: channels,
    maxLength: channels,
  }),
)

it.each(kinds)('samples of coding $coding with $bits bits come back, in both forms of the format', (kind) => {
  fc.assert(
    fc.property(sound, fc.boolean(), (channels, extended) => {
      const read = readWav(makeWav(kind, channels, extended))
      expect(read.sampleRate).toBe(22050)
      expect(read.channels.length).toBe(channels.length)
      read.channels.forEach((samples, channel) => {
        expect(samples.length).toBe(channels[channel]?.length)
        const step = kind.coding === 3 ? 2 ** -24 : 2 ** (2 - kind.bits) + 2 ** -24
        samples.forEach((value, frame) => {
          expect(Math.abs(value - (channels[channel]?.[frame] ?? Number.NaN))).toBeLessThanOrEqual(step)
        })
      })
    }),
    { numRuns: 20 },
  )
})

test('a file that was cut off ends where its bytes end', () => {
  const whole = makeWav(kinds[1] as Sample, [[0.1, 0.2, 0.3, 0.4]])
  expect(readWav(whole.slice(0, -3)).channels[0]?.length).toBe(2)
})

test.each([
  ['text', new TextEncoder().encode('This is no sound.').buffer, 'no WAV file'],
  ['a header alone', makeWav(kinds[1] as Sample, [[0.1]]).slice(0, 12), 'holds no samples'],
  ['an unknown coding', makeWav({ ...(kinds[1] as Sample), coding: 2 }, [[0.1]]), 'neither PCM nor floating point'],
])('%s is refused', (_, bytes, message) => {
  expect(() => readWav(bytes)).toThrow(message)
})
