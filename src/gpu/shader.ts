/**
 * The WGSL preprocessor: `#import "common/x.wgsl"` (once each), `#if NAME` / `#else` / `#endif` on boolean constants,
 * and `const NAME = value;` lines for every constant. Nothing cleverer.
 */
const shared = import.meta.glob<string>('../../shaders/common/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
})

export type Constants = Readonly<Record<string, number | boolean>>

/** Expands one shader. @throws on an unknown import or constant, or an unbalanced `#if`, with the line. */
export function expandShader(source: string, constants: Constants = {}): string {
  const imported = new Set<string>()
  const expand = (text: string): string => {
    const lines: string[] = []
    const stack: { active: boolean; parent: boolean }[] = []
    let active = true
    text.split('\n').forEach((line, index) => {
      const fail = (why: string): never => {
        throw new Error(`Shader line ${index + 1}: ${why}: ${line.trim()}`)
      }
      const [directive, argument = ''] = line.trim().split(/\s+/, 2)
      if (directive === '#if') {
        const value = constants[argument] ?? fail(`no constant "${argument}"`)
        stack.push({ active: Boolean(value), parent: active })
        active = active && Boolean(value)
      } else if (directive === '#else') {
        const top = stack.at(-1) ?? fail('#else without #if')
        active = top.parent && !top.active
      } else if (directive === '#endif') {
        active = (stack.pop() ?? fail('#endif without #if')).parent
      } else if (active && directive === '#import') {
        const path = argument.replaceAll('"', '')
        if (!imported.has(path)) {
          imported.add(path)
          lines.push(expand(shared[`../../shaders/${path}`] ?? fail('no such shader')))
        }
      } else if (active) lines.push(line)
    })
    if (stack.length > 0) throw new Error('Shader: #if without #endif.')
    return lines.join('\n')
  }
  const values = Object.entries(constants).map(([name, value]) => `const ${name} = ${value};`)
  // `enable` directives must stay first.
  const body = expand(source)
  const enables = body.split('\n').filter((line) => line.startsWith('enable '))
  const rest = body.split('\n').filter((line) => !line.startsWith('enable '))
  return [...enables, ...values, ...rest].join('\n')
}
