/** Stars out numbers that identify people. Names, phone numbers, e-mail and street addresses stay readable: mask those before.
 *  Source: docs.clovastudio.42maru.com/docs/tools, PII mask. */

import { fieldsOf, numberOf, present } from '../http-client/answer-fields.ts';
import type { AnswerCall } from '../http-client/attempts.ts';
import { checkText, type GovApi, refuseInput, requireText } from './api.ts';

/** Resident registration, foreigner registration, driving licence, passport, bank account, credit card. */
export const PII_TYPES = ['RRN', 'FRR', 'DRIVER_LICENSE', 'PASSPORT', 'BANK_ACCOUNT', 'CREDIT_CARD'] as const;
export type PiiType = (typeof PII_TYPES)[number];

export interface MaskedText {
  readonly text: string;
  /** How many were starred out. Where they stand is not said: the way back is closed. */
  readonly count?: number;
}

/** `types`: default all. */
export function maskPii(
  api: GovApi,
  { text, types }: { readonly text: string; readonly types?: readonly PiiType[] },
  call: AnswerCall,
): Promise<MaskedText> {
  checkText('text', text);
  if (types?.length === 0) refuseInput('pii_types', 'at least one type');
  return api.send(
    {
      method: 'POST',
      path: '/v1/text/pii-mask',
      body: { text, ...present('pii_types', types) },
      read: (answer) => {
        const result = fieldsOf(answer.result);
        return {
          text: requireText(result, 'masked_text'),
          ...present('count', numberOf(result.detected_pii_count)),
        };
      },
    },
    call,
  );
}
