/** Arrows point inward: server -> wiring -> app -> http -> conversation -> ports -> message (see ARCHITECTURE.md). */
const CORE = '^src/(message|errors)\\.ts$';
const CLOVA_PACKAGE = [
  '^src/engine/clova/',
  '^src/engine/clova-studio-(codes|limits|models)\\.ts$',
  '^src/engine/(answer-(call|exchange|fields|size)|attempts|call-gate|engine|function-tools|question-images|re(quest-id-header|try|try-after)|upstream-(failure|settings))\\.ts$',
  '^src/platform/(cancellation|clear-text|clock|exchange|logger|token-scale|upstream)\\.ts$',
  CORE,
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means two files are one idea, or one of them knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'words-import-nothing',
      comment: 'message.ts and errors.ts are the words everyone shares; an import there would reach everywhere.',
      severity: 'error',
      from: { path: CORE },
      to: { pathNot: CORE },
    },
    {
      name: 'channels-are-islands',
      comment:
        'A channel must be removable: it knows the shared words, its port and the platform, never another channel.',
      severity: 'error',
      from: { path: '^src/channels/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/channels/$1/', '^src/channels/[^/]+\\.ts$', '^src/platform/', CORE] },
    },
    {
      name: 'engines-are-islands',
      comment: 'An engine could be published on its own: what engines share, the HTTP client, errors, types.',
      severity: 'error',
      from: { path: '^src/engine/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/engine/$1/', '^src/engine/[^/]+\\.ts$', '^src/platform/', CORE] },
    },
    {
      name: 'clova-client-takes-along-this-and-no-more',
      comment:
        'The client of CLOVA Studio with all that a package of its own would hold: ARCHITECTURE.md says why each is in it.',
      severity: 'error',
      from: { path: CLOVA_PACKAGE },
      to: { path: '^src/', pathNot: CLOVA_PACKAGE },
    },
    {
      name: 'what-engines-share-knows-no-engine',
      comment: 'Else every engine would know every other one through it.',
      severity: 'error',
      from: { path: '^src/engine/[^/]+\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/engine/[^/]+\\.ts$', '^src/platform/', CORE] },
    },
    {
      name: 'gov-stands-alone',
      comment: 'A client of another platform: it shares how HTTP models are called, and nothing of the gateway.',
      severity: 'error',
      from: { path: '^src/gov/' },
      to: { path: '^src/', pathNot: ['^src/gov/', '^src/engine/[^/]+\\.ts$', '^src/platform/', CORE] },
    },
    {
      name: 'command-line-is-an-edge',
      comment: 'The command line uses the clients; nothing uses the command line, and it starts no gateway.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(wiring|app|server)\\.ts$|^src/(http|conversation|channels|jobs|push)/' },
    },
    {
      name: 'one-command-line-knows-stores',
      comment: '`npm run store` moves what is stored; the client of CLOVA Studio has nothing to look for there.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '^src/cli/store(/|\\.ts$)' },
      to: { path: '^src/storage/' },
    },
    {
      name: 'the-store-line-knows-nothing-else',
      comment: 'It sees every conversation: it has no business with models or platforms.',
      severity: 'error',
      from: { path: '^src/cli/store(/|\\.ts$)' },
      to: { path: '^src/(engine|gov)/|^src/cli/(commands/|(session|program|command|advice|input)\\.ts$)' },
    },
    {
      name: 'nothing-uses-the-command-line',
      comment: 'It is a program of its own, beside the server.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'ports-know-no-backend',
      comment: 'The port files are what the core depends on; a backend behind them must be exchangeable.',
      severity: 'error',
      from: {
        path: '^src/(channels/channel|engine/engine|storage/(store|ledger|dead-turns|turn-order)|storage/spool/spool|jobs/queue|knowledge/knowledge|images/image-source|operator-hook/operator-hook|tools/toolbox)\\.ts$',
      },
      to: {
        path: '^src/',
        pathNot: [
          CORE,
          '^src/(channels/channel|engine/engine|storage/(store|ledger|dead-turns|turn-order)|storage/spool/spool|jobs/queue|knowledge/knowledge|images/image-source|operator-hook/operator-hook|tools/toolbox)\\.ts$',
        ],
      },
    },
    {
      name: 'tools-stand-alone',
      comment:
        'What a model asks for is sent from here: code that guards addresses and secrets must be readable by itself.',
      severity: 'error',
      from: { path: '^src/tools/' },
      to: { path: '^src/', pathNot: ['^src/tools/', '^src/engine/engine\\.ts$', '^src/platform/', CORE] },
    },
    {
      name: 'images-stand-alone',
      comment: 'Fetching from strangers is security code: it must be readable by itself.',
      severity: 'error',
      from: { path: '^src/images/' },
      to: { path: '^src/', pathNot: ['^src/images/', '^src/engine/engine\\.ts$', '^src/platform/', CORE] },
    },
    {
      name: 'conversation-is-pure',
      comment:
        'No HTTP, no SQL, no platform names in conversation/: only ports, privacy, the clock and the shared words.',
      severity: 'error',
      from: { path: '^src/conversation/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/conversation/',
          CORE,
          '^src/(channels/channel|engine/engine|storage/(store|ledger|dead-turns|turn-order)|storage/spool/spool|jobs/queue|knowledge/knowledge|images/image-source|operator-hook/operator-hook|tools/toolbox)\\.ts$',
          '^src/privacy/',
          '^src/platform/(alerts|clock|fair-queue|ids|in-order|logger|metrics|remember|json-pieces|token-scale)\\.ts$',
        ],
      },
    },
    {
      name: 'conversation-imports-no-server-library',
      comment: 'The core must run without a web server or a database driver.',
      severity: 'error',
      from: { path: '^src/conversation/' },
      to: { path: 'node_modules/(fastify|@fastify|undici|pg|pg-boss)|^node:(http|https|net|sqlite)$' },
    },
    {
      name: 'fastify-only-at-the-edge',
      comment: 'Channels and engines get plain requests; only http/ and app.ts know the web framework.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(http/|wiring/|(app|wiring|server)\\.ts)' },
      to: { path: 'node_modules/(fastify|@fastify)/' },
    },
    {
      name: 'http-knows-no-concrete-class',
      comment: 'Concrete channels, engines and stores are named once, in wiring.ts and wiring/.',
      severity: 'error',
      from: { path: '^src/http/' },
      to: {
        path: '^src/(engine/|storage/[^/]+/|jobs/[^/]+/|channels/[^/]+/|server\\.ts|wiring\\.ts|wiring/|app\\.ts)',
      },
    },
    {
      name: 'storage-and-jobs-below-the-core',
      comment: 'A store knows records, not conversations or channels.',
      severity: 'error',
      from: { path: '^src/(storage|jobs)/' },
      to: { path: '^src/(conversation|channels|engine|knowledge|http)/' },
    },
    {
      name: 'privacy-and-platform-are-leaves',
      comment: 'They are used everywhere, so they may know nothing but the shared words.',
      severity: 'error',
      from: { path: '^src/(privacy|platform)/' },
      to: { path: '^src/', pathNot: ['^src/(privacy|platform)/', CORE] },
    },
    {
      name: 'operator-hook-stands-alone',
      comment: 'It carries personal data and decides about money: what it knows must fit on a page.',
      severity: 'error',
      from: { path: '^src/operator-hook/' },
      to: { path: '^src/', pathNot: ['^src/operator-hook/', '^src/platform/', CORE] },
    },
    {
      name: 'knowledge-stands-alone',
      comment: 'Retrieval must be usable without the gateway (bench, import tools).',
      severity: 'error',
      from: { path: '^src/knowledge/' },
      to: { path: '^src/', pathNot: ['^src/knowledge/', '^src/platform/', CORE] },
    },
    {
      name: 'product-imports-no-tests',
      comment: 'Simulators, tests and benches use the product, never the other way round.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|simulator|bench|console|scripts)/' },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'What is imported at run time stands in package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
