/** What an agent says about itself: looked up once, compared with the settings, and never relied on, because GOV documents none.
 *  Source: https://github.com/a2aproject/A2A, docs/specification.md (agent discovery) */
import type { Pool } from 'undici';
import { networkCodeOf, parseJson } from '../../http-client/upstream-failure.ts';
import type { Logger } from '../../platform/logger.ts';
import { decompressed, readText } from '../../platform/upstream.ts';
import { objectOf } from './agent-event.ts';
import type { DialectName, Way } from './dialect.ts';
import type { A2aEngineSettings } from './settings.ts';

/** 0.3 and 1.0; before that. */
const CARD_PATHS = ['/.well-known/agent-card.json', '/.well-known/agent.json'];
const MAX_CARD_BYTES = 1_048_576;
const CARD_TIMEOUT_MS = 10_000;

export interface AgentCard {
  /** `0.3`, `1.0` … that it speaks over JSON-RPC. */
  readonly versions: readonly string[];
  /** Absent: it does not say. */
  readonly streams?: boolean;
}

/** Hybrid cards hold the fields of both versions; those of 1.0 say more. */
export function readCard(value: unknown): AgentCard | undefined {
  const card = objectOf(value);
  if (typeof card?.name !== 'string') return undefined;
  const streaming = objectOf(card.capabilities)?.streaming;
  const interfaces = Array.isArray(card.supportedInterfaces) ? card.supportedInterfaces.map(objectOf) : undefined;
  const isJsonRpc = (name: unknown) => name === undefined || name === 'JSONRPC';
  const versions =
    interfaces === undefined
      ? isJsonRpc(card.preferredTransport) || namesJsonRpc(card.additionalInterfaces)
        ? [card.protocolVersion]
        : []
      : interfaces.filter((one) => isJsonRpc(one?.protocolBinding)).map((one) => one?.protocolVersion);
  return {
    versions: versions.flatMap((version) => /^\d{1,3}\.\d{1,3}/.exec(String(version))?.[0] ?? []),
    ...(typeof streaming === 'boolean' && { streams: streaming }),
  };
}

function namesJsonRpc(interfaces: unknown): boolean {
  return Array.isArray(interfaces) && interfaces.some((one) => objectOf(one)?.transport === 'JSONRPC');
}

const VERSIONS: Readonly<Record<DialectName, readonly string[]>> = {
  'v0.3': ['0.2', '0.3'],
  'v1.0': ['1.0'],
  'gov-v2': ['1.0'],
};

/** What of the settings does not fit the card, in English sentences for the log. */
export function judgeCard(
  card: AgentCard,
  { dialect, streams }: Way,
  wanted: A2aEngineSettings['dialect'],
): readonly string[] {
  const speaks = card.versions.join(', ');
  const isSpoken = card.versions.some((version) => VERSIONS[dialect.name].includes(version));
  return [
    ...(isSpoken
      ? []
      : card.versions.length === 0
        ? ['the agent offers no JSON-RPC, and nothing else is spoken here']
        : wanted === 'auto'
          ? []
          : [`the agent speaks ${speaks}, and A2A_DIALECT is ${dialect.name}: set another one, or auto`]),
    ...(streams && card.streams === false ? ['the agent does not stream: set A2A_STREAM=off to save a request'] : []),
  ];
}

/** Never rejects, and ends at the latest when the signal fires. */
export async function lookAtCard(
  pool: Pool,
  way: Way,
  { dialect }: A2aEngineSettings,
  logger: Logger,
  closing: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(CARD_TIMEOUT_MS)]);
  try {
    for (const path of CARD_PATHS) {
      const { statusCode, headers, body } = await pool.request({
        method: 'GET',
        path,
        headers: { accept: 'application/json' },
        signal,
      });
      const text = await readText(decompressed(body, headers['content-encoding']), MAX_CARD_BYTES);
      const card = statusCode === 200 ? readCard(parseJson(text)) : undefined;
      if (card === undefined) continue;
      const problems = judgeCard(card, way, dialect);
      for (const problem of problems) logger.warn({ versions: card.versions }, problem);
      if (problems.length === 0) logger.info({ versions: card.versions }, 'the card of the agent fits the settings');
      return;
    }
    logger.info({}, 'the agent shows no card: how it speaks is found out with the first question');
  } catch (cause) {
    if (closing.aborted) return;
    logger.warn({ networkCode: networkCodeOf(cause) }, 'the agent at A2A_URL could not be reached at the start');
  }
}
