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

  it('repeats the lines of a loop, also nested, with a count that may be a constant', () => {
    const source = '#for I N\n#for J 2\ns{I}{J} = b{J}[{I}];\n#end\nt{I}\n#end\nend'
    expect(expandShader(source, { N: 2 })).toBe(
      'const N = 2;\ns00 = b0[0];\ns01 = b1[0];\nt0\ns10 = b0[1];\ns11 = b1[1];\nt1\nend',
    )
  })

  it.each([
    ['#for I N\nx\n#end', /line 1: no constant "N"/],
    ['#for I 2\nx', /#for without #end/],
    ['#end', /#end without #for/],
    ['#if A\nx\n#endif', /line 1: no constant "A"/],
    ['#import "nowhere.wgsl"', /no such shader/],
    ['#endif', /#endif without #if/],
    ['#if A\nx', /#if/],
  ])('says what is wrong with %j', (source, message) => {
    expect(() => expandShader(source)).toThrow(message)
  })
})
