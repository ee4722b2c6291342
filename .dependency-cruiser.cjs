/** Arrows point inward: server -> wiring -> app -> http -> conversation -> ports -> message (see ARCHITECTURE.md). */
const CORE = '^src/(message|errors)\\.ts$';
/** One call to a model's service, asked again, and its failures. */
const HTTP_CLIENT = '^src/http-client/';

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
      comment: 'An engine must be removable: what engines share, the HTTP client, the platform, never another engine.',
      severity: 'error',
      from: { path: '^src/engine/([^/]+)/', pathNot: '^src/engine/(clova|clova-studio|openai)/' },
      to: {
        path: '^src/',
        pathNot: ['^src/engine/$1/', '^src/engine/[^/]+\\.ts$', HTTP_CLIENT, '^src/platform/', CORE],
      },
    },
    {
      name: 'clova-client-is-a-package',
      comment:
        'The client of CLOVA Studio could be published as it stands: it imports nothing but itself, the HTTP client and errors.ts.',
      severity: 'error',
      from: { path: '^src/engine/clova/' },
      to: {
        path: '^src/',
        pathNot: ['^src/engine/clova/', HTTP_CLIENT, '^src/errors\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'clova-client-borrows-words-alone',
      comment:
        'The types that it may name beside its own are those of a call: what models are asked and say (engine.ts), moments (message.ts).',
      severity: 'error',
      from: { path: '^src/engine/clova/' },
      to: {
        path: '^src/',
        pathNot: ['^src/engine/clova/', HTTP_CLIENT, '^src/engine/engine\\.ts$', CORE],
        dependencyTypes: ['type-only'],
      },
    },
    {
      name: 'http-client-knows-no-service',
      comment:
        'Every client of a model stands on it and would take it along: connections, time and estimates of the platform, and no service.',
      severity: 'error',
      from: { path: HTTP_CLIENT },
      to: {
        path: '^src/',
        pathNot: [HTTP_CLIENT, '^src/platform/(cancellation|clock|exchange|posting|token-scale|upstream)\\.ts$', CORE],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'http-client-borrows-words-alone',
      comment: 'The types of a call and of its time limits, which the port of the engines has too.',
      severity: 'error',
      from: { path: HTTP_CLIENT },
      to: {
        path: '^src/',
        pathNot: [HTTP_CLIENT, '^src/platform/', '^src/engine/engine\\.ts$', CORE],
        dependencyTypes: ['type-only'],
      },
    },
    {
      name: 'clova-studio-engine-adapts-the-client',
      comment: 'Settings, questions and pictures of the gateway on one side, the client on the other.',
      severity: 'error',
      from: { path: '^src/engine/clova-studio/' },
      to: {
        path: '^src/',
        pathNot: ['^src/engine/clova(-studio)?/', '^src/engine/[^/]+\\.ts$', HTTP_CLIENT, '^src/platform/', CORE],
      },
    },
    {
      name: 'openai-engine-knows-facts-of-clova',
      comment:
        "CLOVA Studio's other endpoint has the same models, limits, codes and tools: those tables, and nothing else of the client.",
      severity: 'error',
      from: { path: '^src/engine/openai/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/engine/openai/',
          '^src/engine/clova/facts/',
          '^src/engine/[^/]+\\.ts$',
          HTTP_CLIENT,
          '^src/platform/',
          CORE,
        ],
      },
    },
    {
      name: 'facts-of-clova-are-tables',
      comment: 'Two engines read them, so they import nothing that one of the two is made of.',
      severity: 'error',
      from: { path: '^src/engine/clova/facts/' },
      to: { path: '^src/engine/clova/', pathNot: '^src/engine/clova/facts/' },
    },
    {
      name: 'what-engines-share-knows-no-engine',
      comment: 'Else every engine would know every other one through it.',
      severity: 'error',
      from: { path: '^src/engine/[^/]+\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/engine/[^/]+\\.ts$', HTTP_CLIENT, '^src/platform/', CORE] },
    },
    {
      name: 'gov-stands-alone',
      comment: 'A client of another platform: it shares how HTTP models are called, and nothing of the gateway.',
      severity: 'error',
      from: { path: '^src/gov/' },
      to: { path: '^src/', pathNot: ['^src/gov/', HTTP_CLIENT, '^src/platform/', CORE] },
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
      to: { path: '^src/(engine|gov|http-client)/|^src/cli/(commands/|(session|program|command|advice|input)\\.ts$)' },
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
        path: '^src/(channels/channel|engine/engine|storage/(store|ledger|dead-turns|turn-order)|storage/spool/spool|jobs/(queue|send-budget)|knowledge/knowledge|images/image-source|operator-hook/operator-hook|tools/toolbox)\\.ts$',
      },
      to: {
        path: '^src/',
        pathNot: [
          CORE,
          '^src/(channels/channel|engine/engine|storage/(store|ledger|dead-turns|turn-order)|storage/spool/spool|jobs/(queue|send-budget)|knowledge/knowledge|images/image-source|operator-hook/operator-hook|tools/toolbox)\\.ts$',
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
        'No HTTP, no SQL, no platform names in conversation/: only ports, privacy, the clock, the shared words and how chats draw them.',
      severity: 'error',
      from: { path: '^src/conversation/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/conversation/',
          CORE,
          '^src/(channels/channel|engine/engine|storage/(store|ledger|dead-turns|turn-order)|storage/spool/spool|jobs/(queue|send-budget)|knowledge/knowledge|images/image-source|operator-hook/operator-hook|tools/toolbox)\\.ts$',
          '^src/channels/plain-text\\.ts$',
          '^src/privacy/',
          '^src/platform/(alerts|clock|fair-queue|ids|in-order|logger|metrics|remember|json-pieces|token-scale|transient-map|try-again)\\.ts$',
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
        path: '^src/(engine/|http-client/|storage/[^/]+/|jobs/[^/]+/|channels/[^/]+/|server\\.ts|wiring\\.ts|wiring/|app\\.ts)',
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
