import type { WholeAnswer, WholeResponse } from '../../http-client/answer-exchange.ts';
import { parseJson } from '../../http-client/upstream-failure.ts';
import type { ChatFrame, ChatResult } from './chat-frame.ts';
import { errorOfStatus, readStatus } from './errors.ts';
import { NOTHING_STREAMED, type Payload, readResult } from './result.ts';
import type { ChatStreamOptions } from './stream.ts';

/** A refusal, a page of somebody in between, or an answer that was not streamed.
 *  @throws GatewayError for what is no answer */
export function readWhole(
  { text, httpStatus, headers, receivedAt }: WholeResponse,
  options: ChatStreamOptions,
): WholeAnswer<ChatFrame, ChatResult> {
  const envelope = parseJson(text);
  const status = readStatus(envelope);
  const payload = (envelope as { readonly result?: Payload | null } | null | undefined)?.result;
  const isAnswer = httpStatus === 200 && typeof payload?.message?.content === 'string';
  if (!isAnswer || (status.code !== undefined && status.code !== '20000')) {
    throw errorOfStatus(status, httpStatus, headers, receivedAt);
  }
  const result = readResult(payload, NOTHING_STREAMED, options);
  const frames: ChatFrame[] = [];
  if (result.thinking !== undefined && options.wantsThinking === true) {
    frames.push({ type: 'thinking', text: result.thinking });
  }
  if (result.text !== '') frames.push({ type: 'text', text: result.text });
  return { frames, result };
}
