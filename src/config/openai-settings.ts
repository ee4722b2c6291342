import Type from 'typebox';
import { longestQuotaWaitMs } from './quota-wait.ts';
import { httpUrl, jsonObject, onOff, providerKey, text, wholeNumber } from './shapes.ts';

/** Any service that speaks OpenAI's Chat Completions, for ENGINE=openai. */
export const OPENAI_SETTINGS = {
  openaiBaseUrl: Type.Optional(
    httpUrl({
      description:
        'What stands before /chat/completions, for ENGINE=openai: https://clovastudio.stream.ntruss.com/v1/openai, https://api.clovastudio.go.kr/api/v1, https://api.openai.com/v1, http://localhost:8000/v1 and the like.',
      descriptionKo:
        'OpenAI 호환 서비스의 주소에서 /chat/completions 앞부분입니다. ENGINE=openai일 때 사용합니다. 예: https://clovastudio.stream.ntruss.com/v1/openai, https://api.clovastudio.go.kr/api/v1, https://api.openai.com/v1, http://localhost:8000/v1',
    }),
  ),
  openaiApiKey: Type.Optional(
    providerKey({
      description: 'API key of that service; a server of your own may need none.',
      descriptionKo: '그 서비스의 API 키입니다. 직접 운영하는 서버라면 없어도 됩니다.',
    }),
  ),
  openaiModel: Type.Optional(
    Type.Refine(
      text({
        description: 'Model name as that service writes it, capital letters included.',
        descriptionKo: '그 서비스에서 쓰는 모델 이름입니다. 대문자와 소문자를 구분합니다.',
      }),
      (value) => /^[\w./:@+-]{1,200}$/.test(value),
      () => 'must be a model name of letters, digits and the marks . / : @ + - _',
    ),
  ),
  openaiDialect: Type.Enum(['auto', 'clova', 'gov', 'openai', 'compatible'], {
    default: 'auto',
    description:
      'Which fields that service takes: auto judges by the address; clova (/v1/openai of CLOVA Studio), gov (CLOVA Studio GOV), openai, compatible (anything else) where a proxy or a simulator hides it.',
    descriptionKo:
      '그 서비스가 받는 필드의 종류입니다. auto이면 주소를 보고 정합니다. 프록시나 시뮬레이터를 거친다면 clova(CLOVA Studio의 /v1/openai), gov(CLOVA Studio GOV), openai, compatible(그 밖의 서버) 중에서 고릅니다.',
  }),
  openaiMaxTokens: wholeNumber({
    minimum: 1,
    maximum: 1_000_000,
    default: 1_024,
    description: 'Longest answer in tokens, thinking included.',
    descriptionKo: '답변의 최대 길이(토큰)입니다. 추론도 여기에 들어갑니다.',
  }),
  // Off by default: what is in a photo cannot be masked, so sending photos to a model is the operator's decision.
  openaiVision: onOff({
    default: false,
    description:
      'Show photos of customers to this model, which must be able to see (HCX-005, HCX-GOV-VLM, LLM42, GPT and the like). Personal data in a photo cannot be masked.',
    descriptionKo:
      '고객이 보낸 사진을 이 모델에게 보여 줍니다. 사진을 볼 수 있는 모델이어야 합니다(HCX-005, HCX-GOV-VLM, LLM42, GPT 등). 사진 속 개인정보는 가릴 수 없습니다.',
  }),
  openaiTools: onOff({
    default: true,
    description: 'Offer TOOLS to this model; false where the model or its server cannot call functions.',
    descriptionKo: '이 모델이 TOOLS를 호출할 수 있게 합니다. 함수를 호출하지 못하는 모델이나 서버라면 false로 둡니다.',
  }),
  openaiTemperature: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 2,
      description:
        "0 for the most predictable wording; CLOVA Studio and GOV take up to 1. Unset: 0.3 there, the model's own elsewhere, because some models take no other.",
      descriptionKo:
        '0에 가까울수록 일정하게 답합니다. CLOVA Studio와 GOV는 1까지입니다. 없으면 CLOVA Studio와 GOV에서는 0.3, 다른 곳에서는 모델의 기본값입니다(다른 값을 거절하는 모델이 있습니다).',
    }),
  ),
  openaiExtraBody: Type.Optional(
    jsonObject({
      description:
        'More fields for the request body, as a JSON object: {"reasoning_effort": "low"}, {"chat_template_kwargs": {"enable_thinking": false}}; null takes out a field that would be sent.',
      descriptionKo:
        '요청 본문에 더할 필드를 JSON으로 적습니다. 예: {"reasoning_effort": "low"}, {"chat_template_kwargs": {"enable_thinking": false}}. null을 적으면 원래 보내던 필드를 보내지 않습니다.',
    }),
  ),
  openaiRequestsPerMinute: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description:
        'Requests a minute that your account has for each model there, shared by the bots that use its address and key; 0: not watched. Unset: of CLOVA Studio CLOVA_REQUESTS_PER_MINUTE where CLOVA_API_KEY is the same key, else what is documented for test keys; of other services, what their refusals teach.',
      descriptionKo:
        '그 서비스에서 계정이 모델마다 1분 동안 보낼 수 있는 요청 수입니다. 주소와 키가 같은 봇들이 나누어 씁니다. 0이면 지키지 않습니다. 없으면 CLOVA Studio는 키가 CLOVA_API_KEY와 같을 때 CLOVA_REQUESTS_PER_MINUTE, 그 밖에는 문서에 적힌 테스트 키의 값이고, 다른 서비스는 거절당하면서 배웁니다.',
    }),
  ),
  openaiTokensPerMinute: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      description: 'The same in tokens a minute: the input and OPENAI_MAX_TOKENS of each request, used or not.',
      descriptionKo: '같은 한도를 토큰 수로 적은 값입니다. 요청마다 입력과 OPENAI_MAX_TOKENS를 더해 계산합니다.',
    }),
  ),
  openaiQueueMs: longestQuotaWaitMs,
  openaiFirstTokenMs: wholeNumber({
    minimum: 100,
    maximum: 300_000,
    default: 120_000,
    description:
      'Longest wait for the first words of an answer. While another engine of ENGINE has an answer, it is 10 to 30 seconds at most.',
    descriptionKo:
      '답변의 첫 부분을 기다리는 최대 시간(밀리초)입니다. ENGINE의 다른 엔진이 답할 수 있으면 길어야 10~30초만 기다립니다.',
  }),
};
