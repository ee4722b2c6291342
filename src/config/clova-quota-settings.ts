import Type from 'typebox';
import { longestQuotaWaitMs } from './quota-wait.ts';

/** What an account may ask for in a minute. Numbers of single models stand in CLOVA_MODELS. */
export const CLOVA_QUOTA_SETTINGS = {
  clovaRequestsPerMinute: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description:
        'Requests a minute (QPM) that your account has for each model, shared by the bots that use its key; 0: not watched. Unset: what is documented for test keys (HCX-007 and HCX-005 60, HCX-DASH-002 90, older ones 200). Raise it for a service key.',
      descriptionKo:
        '계정이 모델마다 1분 동안 보낼 수 있는 요청 수(QPM)입니다. 같은 키를 쓰는 봇들이 나누어 씁니다. 0이면 지키지 않습니다. 없으면 문서에 적힌 테스트 키의 값(HCX-007과 HCX-005는 60, HCX-DASH-002는 90, 이전 모델은 200)입니다. 서비스 키라면 늘려 적으세요.',
    }),
  ),
  clovaTokensPerMinute: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      description:
        'The same in tokens a minute (TPM): the input and CLOVA_MAX_TOKENS of each request, used or not. Unset: 60000 (HCX-DASH-002 80000, older ones 30000).',
      descriptionKo:
        '같은 한도를 토큰 수(TPM)로 적은 값입니다. 요청마다 입력과 CLOVA_MAX_TOKENS를 더해 계산합니다. 없으면 60000(HCX-DASH-002는 80000, 이전 모델은 30000)입니다.',
    }),
  ),
  clovaQueueMs: longestQuotaWaitMs,
};
