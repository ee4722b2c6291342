/** What a message is about, and whether it should be answered at all. Routers are built in the console.
 *  Source: NAVER Cloud API guide, clovastudio-router (2026-04). */

import { fieldsOf, present, textsOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import type { TokenUsage } from '../../engine.ts';
import { usageOf } from '../result.ts';
import type { ClovaApi } from './api.ts';
import { checkText, checkWhole, pathPart, requireText } from './field-rules.ts';

export interface RouterRequest {
  readonly routerId: string;
  /** From 1. */
  readonly version: number;
  readonly query: string;
  /** What the customer said before, oldest first; nobody else's words. */
  readonly earlierQuestions?: readonly string[];
}

export interface RouterVerdict {
  /** Empty: none fits. */
  readonly domain: string;
  /** Content filters that hit; they belong to a domain. */
  readonly blockedBy: readonly string[];
  /** `Unethical`, `Contentious`. */
  readonly unsafe: readonly string[];
  /** Which of the three were looked at. */
  readonly looked: { readonly domain: boolean; readonly blockedContent: boolean; readonly safety: boolean };
  readonly usage?: TokenUsage;
}

export function route(api: ClovaApi, request: RouterRequest, call: AnswerCall): Promise<RouterVerdict> {
  const { routerId, version, query, earlierQuestions = [] } = request;
  checkText('query', query);
  checkWhole('version', version, 1, Number.MAX_SAFE_INTEGER);
  return api.send(
    {
      method: 'POST',
      path: `/v1/routers/${pathPart('routerId', routerId)}/versions/${version}/route`,
      body: {
        query,
        ...(earlierQuestions.length > 0 && {
          chatHistory: earlierQuestions.map((content) => ({ role: 'user', content })),
        }),
      },
      read: (result) => {
        const domain = fieldsOf(result.domain);
        const blocked = fieldsOf(result.blockedContent);
        const safety = fieldsOf(result.safety);
        return {
          domain: requireText(domain, 'result'),
          blockedBy: textsOf(blocked.result),
          unsafe: textsOf(safety.result),
          looked: {
            domain: domain.called === true,
            blockedContent: blocked.called === true,
            safety: safety.called === true,
          },
          ...present('usage', usageOf(result)),
        };
      },
    },
    call,
  );
}
