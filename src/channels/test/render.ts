import { apiResponse } from '../api-response.ts';
import type { InboundOutcome, WebhookResponse } from '../channel.ts';

/** `Query`, `Answer` and `AnswerImageUrl` are the keys that older clients read; the rest is ours. */
export function respondToTest(outcome: InboundOutcome): WebhookResponse {
  const question = outcome.kind === 'answered' ? outcome.details?.question : undefined;
  return apiResponse(outcome, { Query: question ?? '' });
}
