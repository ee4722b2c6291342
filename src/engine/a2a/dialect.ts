/** The ways in which agents speak A2A (Agent2Agent, JSON-RPC over HTTP). What differs between them is data; what they answer is read
 *  by one reader for all, because agents of CLOVA Studio GOV mix them.
 *  Source: https://github.com/a2aproject/A2A, tags v0.3.0 and v1.0.1; docs.clovastudio.42maru.com for GOV (read 2026-11-21) */

const DIALECT_NAMES = ['v0.3', 'v1.0', 'gov-v2'] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

export interface Dialect {
  readonly name: DialectName;
  readonly methods: {
    readonly send: string;
    readonly stream: string;
    readonly getTask: string;
    readonly cancelTask: string;
  };
  readonly userRole: string;
  /** Messages and parts say what they are (`kind`). */
  readonly namesKinds: boolean;
  /** Name and value alternate. */
  readonly headers: readonly string[];
  /** The agent keeps the conversation; otherwise it is told again with every question. */
  readonly keepsConversation: boolean;
  /** An artifact that is complete is the whole answer: no state follows. */
  readonly endsWithArtifact: boolean;
}

/** An absent version header means 0.3. */
const VERSION_1 = ['a2a-version', '1.0'];

const METHODS_1 = {
  send: 'SendMessage',
  stream: 'SendStreamingMessage',
  getTask: 'GetTask',
  cancelTask: 'CancelTask',
};

const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  'v0.3': {
    name: 'v0.3',
    methods: { send: 'message/send', stream: 'message/stream', getTask: 'tasks/get', cancelTask: 'tasks/cancel' },
    userRole: 'user',
    namesKinds: true,
    headers: [],
    keepsConversation: true,
    endsWithArtifact: false,
  },
  'v1.0': {
    name: 'v1.0',
    methods: METHODS_1,
    userRole: 'ROLE_USER',
    namesKinds: false,
    headers: VERSION_1,
    keepsConversation: true,
    endsWithArtifact: false,
  },
  'gov-v2': {
    name: 'gov-v2',
    methods: METHODS_1,
    userRole: 'user',
    namesKinds: false,
    headers: VERSION_1,
    keepsConversation: false,
    endsWithArtifact: true,
  },
};

/** One way to ask: a dialect, as a stream or as a whole. */
export interface Way {
  readonly dialect: Dialect;
  readonly streams: boolean;
}

/** The ways to try, likeliest first: agents say no to a method that they do not know, and there is no other way to find out where no
 *  card tells. `auto` goes by the address, which tells the agents of CLOVA Studio GOV apart. */
export function waysToAsk(url: URL, wanted: DialectName | 'auto', streams: boolean): readonly Way[] {
  const names = wanted === 'auto' ? likelyDialects(url) : [wanted];
  return names.flatMap((name) => {
    const dialect = DIALECTS[name];
    return streams
      ? [
          { dialect, streams: true },
          { dialect, streams: false },
        ]
      : [{ dialect, streams: false }];
  });
}

function likelyDialects({ pathname }: URL): readonly DialectName[] {
  if (/\/external\/agents\/v2\//.test(pathname)) return ['gov-v2'];
  return ['v0.3', 'v1.0'];
}
