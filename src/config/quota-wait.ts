/** How long a question may wait for its account, whichever service that is. */
import { wholeNumber } from './shapes.ts';

export const longestQuotaWaitMs = wholeNumber({
  minimum: 0,
  maximum: 60_000,
  default: 10_000,
  description:
    'Longest wait for a share of that quota, as far as the customer can still be reached; then the next engine of ENGINE answers.',
  descriptionKo:
    '한도가 찼을 때 차례를 기다리는 최대 시간(밀리초)입니다. 고객에게 제때 답할 수 있는 동안만 기다리고, 그 뒤에는 ENGINE의 다음 엔진이 답합니다.',
});
