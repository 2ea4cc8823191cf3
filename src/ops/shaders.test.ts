/** Every kernel under `shaders/` in every combination of its `#if` constants, whether an operator's test runs it or not. */
import { describe, expect, it } from 'vitest'
import { type Constants, expandShader } from '../gpu/shader'
import { testContext } from './testing'

const sources = import.meta.glob<string>('../../shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true })
const isSnippet = (path: string) => path.startsWith('../../shaders/common/')
const kernels = Object.entries(sources).filter(([path]) => !isSnippet(path))

/** Constants that are numbers, each with a value some operator uses. */
const numbers: Constants = { LANES: 16, SHARES: 4, GROUPS_A: 1, GROUPS_B: 1, CHUNKS: 2 }

/** Constants that all kernels of a folder leave at one value. */
const fixed: Readonly<Record<string, Constants>> = { loss: { VEC4: false }, attention: { VEC4: true } }

/** Constants of which at most one is set: a product has one epilogue, its left or its right side transposed. */
const exclusive = [
  ['GELU', 'RESIDUAL', 'GELU_GRADIENT'],
  ['BIAS', 'GELU_GRADIENT'],
  ['A_IS_KM', 'B_IS_NK'],
  ['BIAS', 'GRADIENT'],
]
const isPossible = (constants: Constants) =>
  !(constants.WHOLE === true && !(constants.VECTOR && constants.VEC4)) &&
  exclusive.every((names) => names.filter((name) => constants[name] === true).length <= 1)

/** The source with all that it imports, directives untouched. */
function withImports(source: string, seen = new Set<string>()): string {
  const imports = [...source.matchAll(/^#import "(.+)"/gm)].map(([, path]) => `../../shaders/${path}`)
  const fresh = imports.filter((path) => !seen.has(path))
  for (const path of fresh) seen.add(path)
  return [source, ...fresh.map((path) => withImports(sources[path] ?? '', seen))].join('\n')
}

/** All settings of the booleans that the source asks for, with the numbers that it names. */
function combinations(path: string, source: string): Constants[] {
  const text = withImports(source)
  const booleans = [...new Set([...text.matchAll(/^#if (\w+)/gm)].map(([, name = '']) => name))]
  const named = Object.fromEntries(Object.entries(numbers).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text)))
  const folder = fixed[path.split('/').at(-2) ?? ''] ?? {}
  const free = booleans.filter((name) => !(name in folder))
  return free
    .reduce<Constants[]>(
      (all, name) => all.flatMap((constants) => [true, false].map((value) => ({ ...constants, [name]: value }))),
      [{ ...named, ...folder }],
    )
    .filter(isPossible)
}

describe('every kernel', () => {
  for (const [path, source] of kernels)
    it(`compiles in every variant: ${path.replace('../../shaders/', '')}`, async () => {
      const { device } = await testContext()
      for (const constants of combinations(path, source)) {
        const module = device.createShaderModule({ code: expandShader(source, constants) })
        const { messages } = await module.getCompilationInfo()
        expect(
          messages.map(({ type, message }) => `${type}: ${message}`),
          JSON.stringify(constants),
        ).toEqual([])
      }
    })

  it('says first what it computes, names its entry points in snake case, and binds storage for reading and writing', () => {
    expect(kernels.length).toBeGreaterThan(20)
    for (const [path, source] of kernels) {
      expect(source.startsWith('//'), `${path} starts with a comment`).toBe(true)
      const entryPoints = [...source.matchAll(/@compute[^{]*?fn (\w+)/g)].map(([, name]) => name)
      expect(entryPoints.length, `${path} has an entry point`).toBeGreaterThan(0)
      for (const name of entryPoints) expect(name).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/)
      expect(source, path).not.toMatch(/var<storage(, *read)?>/)
    }
  })
})
