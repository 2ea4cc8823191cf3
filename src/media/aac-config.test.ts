import { expect, test } from 'vitest'
import { parseAacConfig } from './aac-config'

const config = (hex: string) =>
  parseAacConfig(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))

test('plain AAC: rate and channels come from the configuration', () => {
  expect(config('1190')).toEqual({ objectType: 2, sampleRate: 48000, channels: 2, packetFrames: 1024 })
  expect(config('1208')).toEqual({ objectType: 2, sampleRate: 44100, channels: 1, packetFrames: 1024 })
  expect(config('11b0')).toEqual({ objectType: 2, sampleRate: 48000, channels: 6, packetFrames: 1024 })
})

test('HE-AAC reports the rate after band replication, however it is signalled', () => {
  expect(config('2b118800')).toEqual({ objectType: 2, sampleRate: 48000, channels: 2, packetFrames: 2048 })
  expect(config('131056e598')).toEqual({ objectType: 2, sampleRate: 48000, channels: 2, packetFrames: 2048 })
  expect(config('eb098800')?.channels).toBe(2)
})

test('nonsense is null', () => {
  expect(config('')).toBeNull()
  expect(config('17f8')).toBeNull()
})
