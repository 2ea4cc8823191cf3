/** The authors' own network, run by PyTorch, is the truth: activations, outputs, running statistics and gradients. */
import { describe, expect, it } from 'vitest'
import { readSafetensors } from '../formats/safetensors'
import { differentiate } from '../gpu/differentiate'
import { GraphBuilder } from '../gpu/graph'
import { f32Tensor, type Value } from '../gpu/operator'
import { add } from '../ops/add'
import { relativeError, runGraph } from '../ops/testing'
import { type MVitConfig, mvitShape } from '../schema/mvit'
import { buildBackbone } from './mvit'
import { backboneTensors } from './parameters'

const names = ['audio-eval', 'audio-overlap-train', 'video-eval', 'video-overlap-train']

describe.each(names)('golden %s', (name) => {
  it('has the authors’ activations, outputs, running statistics and gradients', async () => {
    const response = await fetch(`/goldens/${name}.safetensors`)
    const { metadata, tensors } = readSafetensors(await response.arrayBuffer())
    const floats = (key: string): Float32Array => {
      const data = tensors.get(key)?.data
      if (!(data instanceof Float32Array)) throw new Error(`${name} holds no float32 "${key}".`)
      return data
    }
    const config: MVitConfig = JSON.parse(metadata.config ?? '')
    const zeroGradient: string[] = JSON.parse(metadata.zeroGradient ?? '[]')
    const shape = mvitShape(config)
    const specs = backboneTensors(shape, '')
    const inputs: Record<string, Float32Array> = {}
    const graph = new GraphBuilder()
    const given = (key: string): Value => {
      inputs[key] = floats(key)
      return graph.input(key, f32Tensor(...(tensors.get(key)?.shape ?? [])))
    }
    const values = new Map(
      specs.map((s) => [s.name, given(`${s.role === 'parameter' ? 'param' : 'buffer'}.${s.name}`)]),
    )
    const { embedding, patches, blocks } = buildBackbone(
      graph,
      shape,
      given('input'),
      (key) => {
        const value = values.get(key)
        if (!value) throw new Error(`No tensor "${key}".`)
        return value
      },
      { mode: metadata.mode === 'train' ? 'train' : 'eval' },
    )
    graph.output('output', embedding)
    graph.output('activation.patch_embed', patches)
    blocks.forEach((value, index) => {
      graph.output(`activation.blocks.${index}`, value)
    })
    const parameters = specs.filter(({ role }) => role === 'parameter')
    const gradients = differentiate(
      graph,
      [[embedding, given('output_grad')]],
      parameters.map((spec) => values.get(spec.name) ?? embedding),
      add,
    )
    parameters.forEach((spec, index) => {
      const gradient = gradients[index]
      if (gradient) graph.output(`grad.${spec.name}`, gradient)
    })
    for (const spec of specs)
      if (spec.role === 'buffer') graph.output(`buffer_after.${spec.name}`, values.get(spec.name) ?? embedding)

    const results = await runGraph(graph, inputs)
    const expected = [...tensors.keys()].filter((key) => /^(activation|output$|grad|buffer_after)/.test(key))
    const norm = (data: Float32Array) => Math.hypot(...data)
    const largest = Math.max(...expected.filter((key) => key.startsWith('grad.')).map((key) => norm(floats(key))))
    for (const key of expected) {
      const actual = results.get(key) ?? new Float32Array(floats(key).length)
      if (zeroGradient.includes(key.replace('grad.', ''))) {
        expect(norm(actual) / largest, key).toBeLessThanOrEqual(1e-5)
        continue
      }
      const isGradient = key.startsWith('grad.')
      const error = relativeError(actual, floats(key), isGradient ? 1e-6 * largest : 1e-30)
      expect(error, `${key} is off by ${error}`).toBeLessThanOrEqual(isGradient ? 5e-5 : 1e-5)
    }
    expect(expected.length).toBeGreaterThan(40)
  })
})
