/** The house rules of docs/architecture.md: data flows one way, no room reaches back up. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^${from}/` },
  to: {
    path: '^(src|workers|cli|test|e2e|bench)/',
    pathNot: [`^${from}/`, '^src/(errors|progress|bytes)\\.ts$', ...allowed.map((p) => `^${p}`)],
  },
});
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('clip-stands-alone', 'src/clip', []),
    only('lens-knows-clip', 'src/lens', ['src/clip/']),
    only('engine-runs-clip-and-lens', 'src/engine', ['src/clip/', 'src/lens/', 'src/images/picture\\.ts']),
    only('pack-knows-lens', 'src/pack', [
      'src/lens/',
      'src/clip/(config|trace|float16)\\.ts',
      'src/clip/checkpoint/safetensors\\.ts',
    ]),
    only('images-stand-alone', 'src/images', []),
    only('offline-stands-alone', 'src/offline', []),
    only('studies-use-the-engine', 'src/studies', ['src/engine/', 'src/lens/', 'src/clip/', 'src/images/']),
    only('workers-drive-the-engine', 'workers', [
      'src/offline/',
      'src/studies/',
      'src/engine/',
      'src/pack/',
      'src/images/',
      'src/lens/',
      'src/clip/',
    ]),
    only('state-sees-clients', 'src/state', [
      'workers/(client|protocol|imageProtocol|poolProtocol|experimentProtocol)\\.ts',
      'src/studies/(figures|labelledImages)\\.ts',
      'src/offline/messages\\.ts',
      'src/pack/',
      'src/lens/',
      'src/clip/(config|trace|catalogue)\\.ts',
      'src/engine/(backend|engine)\\.ts',
      'src/images/',
    ]),
    only('ui-sees-state', 'src/ui', ['src/state/']),
    only('cli-is-headless', 'cli', [
      'src/clip/',
      'src/lens/',
      'src/engine/',
      'src/studies/',
      'src/pack/',
      'src/images/',
    ]),
    {
      name: 'pure-rooms-have-no-runtime',
      severity: 'error',
      from: { path: '^src/(clip|lens)/' },
      to: { path: 'onnxruntime|comlink|^node_modules/react' },
    },
    {
      name: 'react-only-in-ui',
      severity: 'error',
      from: { path: '^(src/(clip|lens|engine|pack|images|state)|workers|cli)/' },
      to: { path: '^node_modules/(react|react-dom|react-aria-components)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'node', 'default'],
    },
  },
};
