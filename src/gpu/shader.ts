/**
 * The WGSL preprocessor: `#import "common/x.wgsl"` (once each), `#if NAME` / `#else` / `#endif` on boolean constants,
 * `#for I COUNT` / `#end`, which repeats its lines with `{I}` replaced by 0, 1, ... (a tile in registers must be written
 * out: an array indexed by a loop variable stays in memory on some adapters), and `const NAME = value;` lines for every
 * constant. Nothing cleverer.
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
    const loops: { name: string; count: number; from: number }[] = []
    const stack: { active: boolean; parent: boolean }[] = []
    let active = true
    text.split('\n').forEach((line, index) => {
      const fail = (why: string): never => {
        throw new Error(`Shader line ${index + 1}: ${why}: ${line.trim()}`)
      }
      const [directive, argument = '', count = ''] = line.trim().split(/\s+/, 3)
      if (directive === '#if') {
        const value = constants[argument] ?? fail(`no constant "${argument}"`)
        stack.push({ active: Boolean(value), parent: active })
        active = active && Boolean(value)
      } else if (directive === '#else') {
        const top = stack.at(-1) ?? fail('#else without #if')
        active = top.parent && !top.active
      } else if (directive === '#endif') {
        active = (stack.pop() ?? fail('#endif without #if')).parent
      } else if (active && directive === '#for') {
        const times = Number(/^\d+$/.test(count) ? count : (constants[count] ?? fail(`no constant "${count}"`)))
        loops.push({ name: `{${argument}}`, count: times, from: lines.length })
      } else if (active && directive === '#end') {
        const { name, count: times, from } = loops.pop() ?? fail('#end without #for')
        const body = lines.splice(from)
        for (let i = 0; i < times; i++) lines.push(...body.map((repeated) => repeated.replaceAll(name, `${i}`)))
      } else if (active && directive === '#import') {
        const path = argument.replaceAll('"', '')
        if (!imported.has(path)) {
          imported.add(path)
          lines.push(expand(shared[`../../shaders/${path}`] ?? fail('no such shader')))
        }
      } else if (active) lines.push(line)
    })
    if (stack.length > 0) throw new Error('Shader: #if without #endif.')
    if (loops.length > 0) throw new Error('Shader: #for without #end.')
    return lines.join('\n')
  }
  const values = Object.entries(constants).map(([name, value]) => `const ${name} = ${value};`)
  // `enable` directives must stay first.
  const body = expand(source)
  const enables = body.split('\n').filter((line) => line.startsWith('enable '))
  const rest = body.split('\n').filter((line) => !line.startsWith('enable '))
  return [...enables, ...values, ...rest].join('\n')
}
