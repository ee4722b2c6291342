/** From what an agent, or somebody in between, says to our errors. Nothing that the other side wrote gets into a message. */
import { type ErrorCode, GatewayError } from '../../errors.ts';
import type { WholeResponse } from '../../http-client/answer-exchange.ts';
import { readRetryAfter } from '../../http-client/retry-after.ts';
import { brokenAnswer, codeOfHttpStatus, parseJson } from '../../http-client/upstream-failure.ts';
import { objectOf, type TaskState } from './agent-event.ts';

export const AGENT = 'A2A agent';

/** Codes of JSON-RPC and of A2A 0.3 and 1.0; all others are failures of the agent.
 *  Source: https://github.com/a2aproject/A2A, docs/specification.md, error code mappings */
const RPC_CODES: Readonly<Record<number, ErrorCode>> = {
  [-32700]: 'ENGINE_BAD_REQUEST', // it could not parse what we wrote
  [-32600]: 'ENGINE_BAD_REQUEST',
  [-32601]: 'ENGINE_BAD_REQUEST', // no such method
  [-32602]: 'ENGINE_BAD_REQUEST',
  [-32001]: 'ENGINE_BAD_REQUEST', // no such task
  [-32002]: 'ENGINE_BAD_REQUEST',
  [-32003]: 'ENGINE_BAD_REQUEST',
  [-32004]: 'ENGINE_BAD_REQUEST', // not offered, or the task has ended
  [-32005]: 'ENGINE_BAD_REQUEST',
  [-32007]: 'ENGINE_BAD_REQUEST',
  [-32008]: 'ENGINE_BAD_REQUEST',
  [-32009]: 'ENGINE_BAD_REQUEST', // not this version
};

/** No such method, not this version. */
const ABOUT_VERSION = [-32601, -32009];
const OTHER_DIALECT =
  'The agent does not know this way of asking: set A2A_DIALECT to what it speaks (v0.3, v1.0, gov-v2), or to auto';
const TEXTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ENGINE_UNAUTHORIZED: 'The agent does not accept A2A_API_KEY',
  ENGINE_MODEL_UNAVAILABLE: 'There is no agent at A2A_URL',
  ENGINE_BAD_REQUEST: 'The agent refused the request',
  ENGINE_RATE_LIMITED: 'The agent takes no more requests for the moment',
  ENGINE_OVERLOADED: 'The agent is not available at the moment',
  ENGINE_TIMEOUT: 'The agent timed out',
};

export function errorOfRpc(error: unknown, retryAfterMs?: number): GatewayError {
  const rpcCode = objectOf(error)?.code;
  const code = typeof rpcCode === 'number' ? (RPC_CODES[rpcCode] ?? 'ENGINE_FAILED') : 'ENGINE_FAILED';
  const isAboutVersion = ABOUT_VERSION.some((known) => known === rpcCode);
  return new GatewayError(code, isAboutVersion ? OTHER_DIALECT : (TEXTS[code] ?? 'The agent failed'), {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(typeof rpcCode === 'number' && { details: { rpcCode } }),
  });
}

/** A response that holds no `result`. GOV puts its own code into `status.code` or `error.code`. */
export function errorOfResponse({ httpStatus, headers, text, receivedAt }: WholeResponse): GatewayError {
  const body = objectOf(parseJson(text));
  const error = objectOf(body?.error);
  const retryAfterMs = readRetryAfter(headers, receivedAt);
  if (typeof error?.code === 'number') return errorOfRpc(error, retryAfterMs);
  const code = httpStatus >= 300 ? codeOfHttpStatus(httpStatus) : 'ENGINE_FAILED';
  const status = objectOf(body?.status);
  const upstreamCode = String(status?.code ?? error?.code ?? '');
  const isUndeployed = httpStatus === 403 && /not deployed/i.test(String(status?.message ?? error?.message ?? ''));
  const words = isUndeployed
    ? 'The agent is not deployed: an administrator has to approve it, or the key has to be that of a developer'
    : (TEXTS[code] ?? 'The agent failed');
  return new GatewayError(code, words, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    details: { httpStatus, ...(/^\w{1,40}$/.test(upstreamCode) && { upstreamCode }) },
  });
}

/** A task that ended without an answer. Its own words may quote the customer. */
export function errorOfState(state: TaskState): GatewayError {
  const details = { taskState: state };
  switch (state) {
    case 'auth-required':
      return new GatewayError('ENGINE_UNAUTHORIZED', 'The agent needs a sign-in that no customer can give', {
        details,
      });
    case 'rejected':
      return new GatewayError('ENGINE_FILTERED', 'The agent declined the question', { details });
    default:
      return new GatewayError('ENGINE_FAILED', 'The agent did not finish its task', { details });
  }
}

/** Words that may be on their way, of a task that has no number to ask for. */
export function noEnd(): GatewayError {
  return brokenAnswer(AGENT, 'is not complete');
}

function rpcCodeOf({ details }: GatewayError): unknown {
  return details.rpcCode;
}

/** The session that we named may be unknown by now, ended, or of another agent; agents do not say which. */
export function mayBeAboutSession(error: GatewayError): boolean {
  const { httpStatus } = error.details;
  return (
    [-32001, -32004, -32600, -32602].some((code) => code === rpcCodeOf(error)) ||
    [400, 404, 422].some((status) => status === httpStatus)
  );
}

/** The agent speaks, but not in this way: no such method, no streams (0.1 said so with -32006), another version. */
export function asksForAnotherWay(error: GatewayError): boolean {
  return [-32601, -32004, -32006, -32009].some((code) => code === rpcCodeOf(error));
}

const NEVER_CONNECTED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** Asking twice may do twice, so it is done only where the first question was surely not taken up. */
export function wasNotTakenUp({ code, details }: GatewayError): boolean {
  if (code === 'ENGINE_UNREACHABLE') return NEVER_CONNECTED.test(String(details.networkCode));
  return code === 'ENGINE_RATE_LIMITED' || code === 'ENGINE_OVERLOADED';
}

/** The connection is gone, the task perhaps not. */
export function lostSightOfTask({ code, details }: GatewayError): boolean {
  return code === 'ENGINE_STREAM_BROKEN' || (code === 'ENGINE_TIMEOUT' && details.limit === 'idle');
}
