/** What Kakao's callback endpoint says, and what the operator can do about it.
 *  Source: error table of the AI chatbot callback guide; the spelling ("occured") is Kakao's. */

export interface CallbackResult {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly advice?: string;
}

/** Matched by their beginning, because capitals and endings vary; the more specific ones first. */
const KNOWN: readonly (CallbackResult & { readonly startsWith: string })[] = [
  {
    startsWith: 'invalid callback token for testing',
    code: 'INVALID_CALLBACK_TOKEN_FOR_TESTING',
    retryable: false,
    advice: '봇테스트에서는 콜백 응답이 표시되지 않습니다. 배포한 뒤 실제 카카오톡 채널 채팅방에서 확인해 주세요.',
  },
  {
    startsWith: 'invalid callback token',
    code: 'INVALID_CALLBACK_TOKEN',
    retryable: false,
    advice:
      '콜백 주소의 유효 시간(1분)이 지났거나 이미 사용된 주소입니다. 답변이 자주 늦는다면 KAKAO_CALLBACK_BUDGET_MS 값을 줄여 주세요.',
  },
  {
    startsWith: 'the skill server settings are incorrect',
    code: 'CALLBACK_NOT_PROMISED',
    // Kakao had not yet seen our useCallback: it may have by now.
    retryable: true,
    retryAfterMs: 1_000,
    advice:
      '카카오가 useCallback 응답을 받지 못했습니다. 첫 응답이 5초 안에 나가는지, 블록의 콜백 설정이 켜져 있고 배포되었는지 확인해 주세요.',
  },
  {
    startsWith: 'invalid bot id',
    code: 'INVALID_BOT_ID',
    retryable: false,
    advice: '콜백 주소의 봇 ID가 올바르지 않습니다. 챗봇 관리자센터에서 봇이 삭제되거나 바뀌지 않았는지 확인해 주세요.',
  },
  {
    startsWith: 'invalid json response',
    code: 'INVALID_JSON_RESPONSE',
    retryable: false,
    advice: '말풍선 형식이 카카오 규격에 맞지 않습니다. taskId와 함께 말길 개발자에게 알려 주세요.',
  },
  {
    startsWith: 'invalid skill-json format',
    code: 'INVALID_SKILL_JSON_FORMAT',
    retryable: false,
    advice: '광고성 말풍선 규칙에 맞지 않는 응답입니다. 블록의 광고 설정을 확인해 주세요.',
  },
  {
    startsWith: 'internal server error',
    code: 'KAKAO_INTERNAL_SERVER_ERROR',
    retryable: true,
    retryAfterMs: 1_000,
    advice: '카카오 서버의 일시적인 오류입니다. 계속되면 taskId와 함께 카카오 챗봇 고객센터에 문의해 주세요.',
  },
];

/** A 3xx or 4xx without Kakao's own words comes from something between us and Kakao. */
export function adviceForRefusal(httpStatus: number): string {
  return httpStatus < 400
    ? '콜백 주소가 다른 주소로 옮겨 가라고 응답했습니다. 보안을 위해 따라가지 않습니다. 서버와 카카오 사이의 프록시 설정을 확인해 주세요.'
    : '카카오가 아닌 곳에서 콜백을 거절한 것으로 보입니다. 서버와 카카오 사이의 프록시나 방화벽 설정을 확인해 주세요.';
}

export const UNKNOWN_ADVICE =
  '콜백이 전달되었는지 알 수 없습니다. 두 번 보내지 않도록 다시 시도하지 않으며, 고객은 "답변 다시 보기"로 확인할 수 있습니다. 자주 생기면 카카오 챗봇 고객센터에 문의해 주세요.';

export const ORIGIN_ADVICE =
  '허용되지 않은 콜백 주소여서 보내지 않았습니다. 카카오의 주소가 맞다면 KAKAO_CALLBACK_ORIGINS에 추가해 주세요.';

export const NOT_CONNECTED_ADVICE =
  '카카오 콜백 서버에 연결하지 못했습니다. 이 서버에서 인터넷으로 나가는 연결(방화벽, 프록시, DNS)을 확인해 주세요.';

/** @param status `FAIL`, `ERROR` or whatever stood there */
export function readCallbackMessage(message: string, status: string): CallbackResult {
  const text = message.trim().toLowerCase();
  const known = KNOWN.find((entry) => text.startsWith(entry.startsWith));
  if (known === undefined) {
    return {
      code: /^\w{1,40}$/.test(status) ? status.toUpperCase() : 'UNRECOGNISED',
      retryable: false,
      advice: '카카오가 알려지지 않은 오류를 돌려주었습니다. taskId와 함께 카카오 챗봇 고객센터에 문의해 주세요.',
    };
  }
  const { startsWith: _, ...result } = known;
  return result;
}
