/** Paragraphs by what they are about: for cutting long texts before they are embedded.
 *  Source: NAVER Cloud API guide, clovastudio-segmentation (2026-07). */

import { listOf, numberOf, present, textsOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import { brokenStream } from '../errors.ts';
import type { ClovaApi } from './api.ts';
import { checkText, checkWhole, refuseInput, requireList } from './field-rules.ts';

export interface SegmentationRequest {
  /** 120,000 characters, blanks included. The page calls it a list and its sample sends one text, as do we. */
  readonly text: string;
  /** -1.5..1.5, the larger the more paragraphs, or `automatic`; default 0. */
  readonly alpha?: number | 'automatic';
  /** Absent: the service decides. */
  readonly paragraphCount?: number;
  /** Joins and cuts paragraphs to these sizes in characters; default 1,000 and 300. `min` -1: as small as can be. */
  readonly sizes?: { readonly max?: number; readonly min?: number };
}

export interface Segmentation {
  /** Paragraphs, each a list of sentences. */
  readonly paragraphs: readonly (readonly string[])[];
  /** Which sentences of the text they are, from 0; empty where the service does not say. */
  readonly spans: readonly (readonly number[])[];
  readonly inputTokens?: number;
}

const MAX_CHARACTERS = 120_000;
const AUTOMATIC_ALPHA = -100;
const MAX_ALPHA = 1.5;

export function segment(api: ClovaApi, request: SegmentationRequest, call: AnswerCall): Promise<Segmentation> {
  const { text, alpha, paragraphCount, sizes } = request;
  checkText('text', text, MAX_CHARACTERS);
  if (typeof alpha === 'number' && !(Math.abs(alpha) <= MAX_ALPHA)) {
    refuseInput('alpha', `a number from -${MAX_ALPHA} to ${MAX_ALPHA}`);
  }
  checkWhole('segCnt', paragraphCount, 1, Number.MAX_SAFE_INTEGER);
  checkWhole('postProcessMaxSize', sizes?.max, 1, MAX_CHARACTERS);
  checkWhole('postProcessMinSize', sizes?.min, -1, sizes?.max ?? 1_000);
  return api.send(
    {
      method: 'POST',
      path: '/v1/api-tools/segmentation',
      body: {
        text,
        ...present('alpha', alpha === 'automatic' ? AUTOMATIC_ALPHA : alpha),
        ...present('segCnt', paragraphCount),
        ...(sizes !== undefined && {
          postProcess: true,
          ...present('postProcessMaxSize', sizes.max),
          ...present('postProcessMinSize', sizes.min),
        }),
      },
      read: (result) => ({
        paragraphs: requireList(result, 'topicSeg').map((paragraph) => {
          if (!Array.isArray(paragraph)) throw brokenStream('has a paragraph that is no list of sentences');
          return textsOf(paragraph);
        }),
        spans: listOf(result.span).map((span) => listOf(span).flatMap((index) => numberOf(index) ?? [])),
        ...present('inputTokens', numberOf(result.inputTokens)),
      }),
    },
    call,
  );
}
