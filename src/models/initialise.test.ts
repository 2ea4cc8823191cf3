/** Where training starts: spec/pretraining.md section 5, item 5. */
import { expect, it } from 'vitest'
import { networkConfig } from '../schema/presets'
import { completeSettings } from '../schema/settings'
import { initialValues } from './initialise'
import { describeNetwork } from './network'

const { tensors } = describeNetwork(networkConfig(completeSettings('model', { preset: 'tiny' })))
const values = initialValues(tensors, 3)
const backbone = tensors.filter(({ name, role }) => name.startsWith('net.') && role === 'parameter')
const fullOf = (expected: number, names: RegExp) =>
  backbone
    .filter(({ name }) => names.test(name))
    .map(({ name }) => ({ name, right: values.get(name)?.every((value) => value === Math.fround(expected)) }))

it('biases of linear layers and norms start at 0.02, weights of norms at 1', () => {
  const biases = fullOf(0.02, /(?<!patch_embed\.proj)\.bias$/)
  const weights = fullOf(1, /norm(1|2|_[qkv])?\.weight$/)
  expect(biases.length).toBeGreaterThan(40)
  expect(weights.length).toBeGreaterThan(20)
  expect([...biases, ...weights].filter(({ right }) => !right)).toEqual([])
})

it('every other weight, relative positions too, is normal with deviation 0.02', () => {
  const drawn = backbone.filter(({ name, shape }) => shape.length > 1 && !/norm/.test(name))
  expect(drawn.some(({ name }) => name.endsWith('rel_pos_w'))).toBe(true)
  expect(drawn.some(({ name }) => name.endsWith('pool_k.weight'))).toBe(true)
  for (const { name } of drawn) {
    const data = values.get(name) ?? new Float32Array()
    const moment = (power: number) => data.reduce((sum, value) => sum + (value / 0.02) ** power, 0) / data.length
    // Four standard errors of each moment of a normal distribution.
    const within = (spread: number) => 4 * Math.sqrt(spread / data.length)
    expect(Math.abs(moment(1)), name).toBeLessThan(within(1))
    expect(Math.abs(moment(2) - 1), name).toBeLessThan(within(2))
    if (data.length > 1000) expect(Math.abs(moment(4) - 3), name).toBeLessThan(within(96))
  }
})

it('another seed starts elsewhere, the same seed at the same bits', () => {
  const relative = 'net.video.blocks.0.attn.rel_pos_h'
  expect(initialValues(tensors, 3).get(relative)).toEqual(values.get(relative))
  expect(initialValues(tensors, 4).get(relative)).not.toEqual(values.get(relative))
})
