/** What the send API says. Errors come with HTTP 200, one code stands for several things, and codes have moved over the years:
 *  code and message decide together. Source: error table of navertalk/chatbot-api and the answers in its issues. */

export interface SendResult {
  readonly outcome: 'delivered' | 'refused';
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly advice?: string;
}

/** A consent dialog pauses a user for one to three minutes. */
const CONSENT_RETRY_MS = 60_000;
/** What Naver advises during maintenance. */
const MAINTENANCE_RETRY_MS = 30_000;

const refused: SendResult = { outcome: 'refused', retryable: false };

const USER_PAUSED: SendResult = {
  outcome: 'refused',
  retryable: true,
  retryAfterMs: CONSENT_RETRY_MS,
  advice: '고객이 개인정보 제공 동의 창을 열어 둔 동안에는 메시지를 보낼 수 없습니다. 잠시 후 자동으로 다시 보냅니다.',
};
const FOREIGN_USER: SendResult = {
  ...refused,
  advice:
    '이 톡톡 계정과 대화한 적이 없는 고객이거나 다른 계정의 인증 키입니다. NAVER_AUTHORIZATION 값이 이 계정의 키인지 확인해 주세요.',
};
const WRONG_KEY: SendResult = {
  ...refused,
  advice:
    '톡톡 인증 키가 올바르지 않습니다. 톡톡 파트너센터의 챗봇API 설정에서 Authorization 값을 그대로(앞에 아무것도 붙이지 않고) 복사해 NAVER_AUTHORIZATION에 넣어 주세요.',
};
const WRONG_USER: SendResult = {
  ...refused,
  advice: '톡톡이 이 고객을 찾지 못했습니다. 테스트 계정과 실제 계정은 고객 식별 값이 서로 다릅니다.',
};

/** First match wins. */
const RULES: readonly { readonly code: RegExp; readonly message?: RegExp; readonly result: SendResult }[] = [
  { code: /^00$/, result: { outcome: 'delivered', retryable: false } },
  { code: /^(?:01|04)$/, message: /보낼 수 없/, result: USER_PAUSED },
  { code: /^(?:01|03)$/, message: /권한\s*없는/, result: FOREIGN_USER },
  { code: /^01$/, result: WRONG_KEY },
  { code: /^(?:02|12|99)$/, message: /잘못된 user/i, result: WRONG_USER },
  {
    code: /^02$/,
    result: { ...refused, advice: '메시지 형식이 톡톡 규격에 맞지 않습니다. 말길 개발자에게 알려 주세요.' },
  },
  {
    code: /^IMG-0?1$/,
    result: {
      ...refused,
      advice: '이미지를 처리하지 못했습니다. JPG, PNG, GIF 파일인지, 주소가 외부에서 열리는지 확인해 주세요.',
    },
  },
  {
    code: /^IMG-0?2$/,
    result: {
      outcome: 'refused',
      retryable: true,
      retryAfterMs: 2_000,
      advice: '이미지를 10초 안에 내려받지 못했습니다. 더 빠른 서버에 이미지를 올려 주세요.',
    },
  },
  { code: /^IMG-0?3$/, result: { ...refused, advice: '이미지가 20MB를 넘습니다. 크기를 줄여 주세요.' } },
  { code: /^IMG-/, result: { outcome: 'refused', retryable: true, retryAfterMs: 5_000 } },
  { code: /^99$/, result: { outcome: 'refused', retryable: true, retryAfterMs: 2_000 } },
];

/** @param code `resultCode`, compared as a string */
export function readSendResult(code: string, message: string): SendResult {
  return RULES.find((rule) => rule.code.test(code) && (rule.message?.test(message) ?? true))?.result ?? refused;
}

/** An answer without a result code: the status is all there is. Undefined when it says nothing about the message. */
export function readSendStatus(status: number): SendResult | undefined {
  if (status >= 500) return { outcome: 'refused', retryable: true, retryAfterMs: MAINTENANCE_RETRY_MS };
  // How a block for sending too much looks is published nowhere; 429 would be the usual way.
  if (status === 429) return { outcome: 'refused', retryable: true, retryAfterMs: MAINTENANCE_RETRY_MS };
  if (status === 401 || status === 403) return WRONG_KEY;
  return status >= 300 ? refused : undefined;
}
