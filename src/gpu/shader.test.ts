import { describe, expect, it } from 'vitest'
import { expandShader } from './shader'

describe('expandShader', () => {
  it('keeps the branch that a constant chooses, also nested', () => {
    const source = '#if A\na\n#if B\nb\n#else\nnot b\n#endif\n#else\nnot a\n#endif\nend'
    expect(expandShader(source, { A: true, B: false })).toBe('const A = true;\nconst B = false;\na\nnot b\nend')
    expect(expandShader(source, { A: false, B: true })).toBe('const A = false;\nconst B = true;\nnot a\nend')
  })

  it('includes a shared file once, however often it is imported', () => {
    const line = '#import "common/thread.wgsl"'
    expect(expandShader(`${line}\n${line}\nend`)).toBe(expandShader(`${line}\nend`))
  })

  it('keeps enable directives first', () => {
    expect(expandShader('enable f16;\nx', { N: 4 })).toBe('enable f16;\nconst N = 4;\nx')
  })

  it.each([
    ['#if A\nx\n#endif', /line 1: no constant "A"/],
    ['#import "nowhere.wgsl"', /no such shader/],
    ['#endif', /#endif without #if/],
    ['#if A\nx', /#if/],
  ])('says what is wrong with %j', (source, message) => {
    expect(() => expandShader(source)).toThrow(message)
  })
})
