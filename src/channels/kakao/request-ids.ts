/** The two ids that Kakao gives a call, and what makes two calls the same one.
 *
 *  `X-Request-Id` names one HTTP request; whoever sends it again (a proxy that retries) sends the same one. `X-Chappie-Footprint`
 *  names what the customer did, so several calls may carry it: another skill of the same block, a parameter that is validated on
 *  the way. An equal footprint alone therefore proves nothing, and an equal request id with another footprint was made up by a
 *  proxy between us. So two calls are the same when both ids agree, with the block and the skill that were called and the words that were
 *  said (a proxy that gives every request the same id must not cross answers); the footprint stands alone only where no request id came. A repetition that this misses is still caught while its answer is being made: the
 *  core lets an identical question share it. Source: headers published in captures of 2019–2025; support asks for the footprint. */

import { crc32 } from 'node:zlib';
import type { CallIds, WebhookRequest } from '../channel.ts';
import { headerValue } from '../header.ts';

export interface RequestIds extends CallIds {
  readonly dedupeKey?: string;
}

type Headed = Pick<WebhookRequest, 'headers' | 'requestId'>;

/** Either may stand in for the request id; the footprint is what support asks for. */
export function readCallIds(request: Headed): CallIds {
  const { requestId, footprint } = readIds(request);
  return {
    requestId: requestId ?? footprint ?? request.requestId,
    ...(footprint === undefined ? {} : { supportId: footprint }),
  };
}

/** @param called ids of the block and the skill, as far as they are known
 *  @param said the customer's words; only a check sum of 32 bits is kept of them, from which nobody reads them again */
export function readRequestIds(
  request: WebhookRequest,
  called: readonly (string | undefined)[],
  said: string,
): RequestIds {
  const { requestId, footprint } = readIds(request);
  const ids = readCallIds(request);
  if (requestId === undefined && footprint === undefined) return ids;
  return {
    ...ids,
    dedupeKey: JSON.stringify([requestId ?? '', footprint ?? '', ...called.map((id) => id ?? ''), crc32(said)]),
  };
}

function readIds(request: Headed) {
  return { requestId: readId(request, 'x-request-id'), footprint: readId(request, 'x-chappie-footprint') };
}

/** Header values are foreign text that reaches the log and other systems. */
function readId(request: Headed, header: string): string | undefined {
  const value = headerValue(request, header);
  return value !== undefined && /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}
