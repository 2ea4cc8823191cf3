import { expect, it } from 'vitest'
import { boundBy, floorShare } from './floor'

const floor = { peakGflops: 100, bandwidthGBs: 10 }

it('a kernel of much arithmetic is held against the peak', () => {
  const rates = { gigaflops: 50, gigabytesPerS: 1 }
  expect(boundBy(rates, floor)).toBe('arithmetic')
  expect(floorShare(rates, floor)).toBe(0.5)
})

it('a kernel that moves much is held against the bandwidth', () => {
  const rates = { gigaflops: 1, gigabytesPerS: 8 }
  expect(boundBy(rates, floor)).toBe('memory')
  expect(floorShare(rates, floor)).toBe(0.8)
})
