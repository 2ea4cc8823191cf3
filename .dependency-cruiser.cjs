/** The layers of the design: arrows go one way (ui -> notebook -> engine/api; inside the worker towards gpu). */
const within = (...folders) => `^src/(${folders.join('|')})/`
const leaf = (name, allowed = []) => ({
  name: `${name}-is-a-leaf`,
  severity: 'error',
  from: { path: within(name), pathNot: '\\.test\\.tsx?$' },
  to: { path: '^(src|shaders)/', pathNot: within(name, ...allowed) },
})
const layer = (name, allowed) => ({
  name: `${name}-only-reaches-${allowed.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: within(name), pathNot: '\\.test\\.tsx?$' },
  to: { path: '^src/', pathNot: within(name, 'schema', 'storage', 'formats', ...allowed) },
})

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'page-sees-only-the-engine-api',
      severity: 'error',
      from: { path: '^src/(ui|notebook)/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^src/', pathNot: '^src/(ui|notebook|schema|formats)/|^src/engine/api\\.ts$' },
    },
    { name: 'notebook-without-ui', severity: 'error', from: { path: within('notebook') }, to: { path: within('ui') } },
    {
      name: 'notebook-without-react',
      severity: 'error',
      from: { path: within('notebook') },
      to: { path: 'node_modules/react' },
    },
    {
      name: 'benchmarks-and-their-peers-are-not-shipped',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^bench/|node_modules/(@jax-js|@tensorflow)/' },
    },
    leaf('schema'),
    leaf('storage', ['formats']),
    leaf('formats'),
    layer('gpu', []),
    layer('ops', ['gpu']),
    layer('media', ['gpu']),
    layer('features', ['ops', 'media', 'gpu']),
    layer('corpus', ['ops', 'media', 'gpu', 'features']),
    layer('models', ['ops', 'gpu']),
    layer('pretraining', ['models', 'features', 'corpus', 'ops', 'media', 'gpu']),
    layer('evaluation', ['models', 'features', 'corpus', 'ops', 'media', 'gpu']),
    {
      name: 'only-the-engine-and-main-know-the-engine',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(engine|ui|notebook)/|^src/main\\.tsx$|\\.test\\.tsx?$' },
      to: { path: '^src/engine/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs'] },
  },
}
