/** Short notes of long texts, in lines that begin with `- `. The service has no version 1 of this any more.
 *  Source: NAVER Cloud API guide, clovastudio-summarization (2026-08). */

import { numberOf, present } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import type { ClovaApi } from './api.ts';
import { checkText, checkWhole, refuseInput, requireText } from './field-rules.ts';

export interface SummaryRequest {
  /** 35,000 characters altogether, blanks included. */
  readonly texts: readonly string[];
  /** False: the texts are summed up as they stand, and the fields below do not count. */
  readonly splitsSentences?: boolean;
  /** Absent: the service decides. */
  readonly segmentCount?: number;
  /** In characters: 1..3,000, default 1,000. */
  readonly segmentMaxSize?: number;
  /** In characters: up to the largest size, default 300. */
  readonly segmentMinSize?: number;
}

export interface Summary {
  readonly text: string;
  readonly inputTokens?: number;
}

const MAX_CHARACTERS = 35_000;
const MAX_SEGMENT_SIZE = 3_000;

export function summarize(api: ClovaApi, request: SummaryRequest, call: AnswerCall): Promise<Summary> {
  const { texts, splitsSentences, segmentCount, segmentMaxSize, segmentMinSize } = request;
  checkText('texts', texts.join('\n'));
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters > MAX_CHARACTERS) refuseInput('texts', `up to ${MAX_CHARACTERS} characters altogether`);
  checkWhole('segCount', segmentCount, 1, Number.MAX_SAFE_INTEGER);
  checkWhole('segMaxSize', segmentMaxSize, 1, MAX_SEGMENT_SIZE);
  checkWhole('segMinSize', segmentMinSize, 0, segmentMaxSize ?? 1_000);
  return api.send(
    {
      method: 'POST',
      path: '/v1/api-tools/summarization/v2',
      body: {
        texts,
        ...present('autoSentenceSplitter', splitsSentences),
        ...present('segCount', segmentCount),
        ...present('segMaxSize', segmentMaxSize),
        ...present('segMinSize', segmentMinSize),
      },
      read: (result) => ({
        text: requireText(result, 'text'),
        ...present('inputTokens', numberOf(result.inputTokens)),
      }),
    },
    call,
  );
}
