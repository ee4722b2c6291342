/** What the send API says. Errors come with HTTP 200, one code stands for several things, and codes have moved over the years:
 *  code and message decide together. Source: error table of navertalk/chatbot-api and the answers in its issues. */

export interface SendResult {
  readonly outcome: 'delivered' | 'refused';
  readonly retryable: boolean;
  /** In all, where fewer than the usual number make sense. */
  readonly maxAttempts?: number;
  readonly retryAfterMs?: number;
  /** See `DeliveryReceipt.endsWithCustomer`. */
  readonly endsWithCustomer?: boolean;
  readonly needsOperator?: boolean;
  readonly advice?: string;
}

/** A consent dialog pauses a user for one to three minutes. Its end by a time limit is told by nobody; no event of the user comes before it. */
const CONSENT_RETRY_MS = 60_000;
/** What Naver advises during maintenance. */
const MAINTENANCE_RETRY_MS = 30_000;
/** Longer than the 3 s in which too many requests are counted. */
const BUSY_RETRY_MS = 5_000;

const DELIVERED: SendResult = { outcome: 'delivered', retryable: false };

function giveUp(advice: string): SendResult {
  return { outcome: 'refused', retryable: false, advice };
}

/** Customers go without answers until somebody changes something. */
function alertOperator(advice: string): SendResult {
  return { ...giveUp(advice), needsOperator: true };
}

function tryAgain(retryAfterMs: number, advice: string, maxAttempts?: number): SendResult {
  const limit = maxAttempts === undefined ? {} : { maxAttempts };
  return { outcome: 'refused', retryable: true, needsOperator: true, retryAfterMs, advice, ...limit };
}

const USER_PAUSED: SendResult = {
  outcome: 'refused',
  retryable: true,
  retryAfterMs: CONSENT_RETRY_MS,
  endsWithCustomer: true,
  advice: '고객이 개인정보 제공 동의 창을 열어 둔 동안에는 메시지를 보낼 수 없습니다. 잠시 후 자동으로 다시 보냅니다.',
};
const FOREIGN_USER = alertOperator(
  '이 톡톡 계정과 대화한 적이 없는 고객이거나 다른 계정의 인증 키입니다. NAVER_AUTHORIZATION 값이 이 계정의 키인지 확인해 주세요.',
);
const WRONG_KEY = alertOperator(
  '톡톡 인증 키가 올바르지 않습니다. 톡톡 파트너센터의 챗봇API 설정에서 Authorization 값을 그대로(앞에 아무것도 붙이지 않고) 복사해 NAVER_AUTHORIZATION에 넣어 주세요.',
);
const BUSY_ADVICE =
  '톡톡이 너무 많은 메시지를 받았다고 합니다. 자동으로 다시 보내며, 되풀이되면 NAVER_SENDS_PER_SECOND 값을 줄여 주세요.';
const MAINTENANCE = tryAgain(
  MAINTENANCE_RETRY_MS,
  '톡톡 서버가 점검 중이거나 장애가 있습니다. 30초 간격으로 자동으로 다시 보냅니다.',
);

/** First match wins. */
const RULES: readonly { readonly code: RegExp; readonly message?: RegExp; readonly result: SendResult }[] = [
  { code: /^00$/, result: DELIVERED },
  { code: /^(?:01|04)$/, message: /보낼 수 없/, result: USER_PAUSED },
  { code: /^(?:01|03)$/, message: /권한\s*없는/, result: FOREIGN_USER },
  { code: /^01$/, result: WRONG_KEY },
  {
    code: /^(?:02|12|99)$/,
    message: /잘못된\s*user/i,
    result: giveUp('톡톡이 이 고객을 찾지 못했습니다. 테스트 계정과 실제 계정은 고객 식별 값이 서로 다릅니다.'),
  },
  {
    code: /^02$/,
    message: /partner/i,
    result: alertOperator(
      '톡톡이 이 계정의 정보를 찾지 못했습니다. 파트너센터에서 계정이 사용중인지, 챗봇API 설정이 그대로인지 확인해 주세요.',
    ),
  },
  {
    code: /^02$/,
    result: alertOperator('메시지 형식이 톡톡 규격에 맞지 않습니다. 로그와 함께 말길 개발자에게 알려 주세요.'),
  },
  {
    code: /^IMG-0?1$/,
    result: alertOperator(
      '이미지를 처리하지 못했습니다. JPG, PNG, GIF 파일인지, 주소가 외부에서 열리는지 확인해 주세요.',
    ),
  },
  {
    code: /^IMG-0?2$/,
    result: tryAgain(2_000, '이미지를 10초 안에 내려받지 못했습니다. 더 빠른 서버에 이미지를 올려 주세요.', 2),
  },
  { code: /^IMG-0?3$/, result: alertOperator('이미지가 20MB를 넘습니다. 크기를 줄여 주세요.') },
  {
    code: /^IMG-/,
    result: tryAgain(
      5_000,
      '톡톡이 이미지를 올리지 못했습니다. 되풀이되면 이미지 서버가 톡톡의 접속을 막고 있지 않은지 확인해 주세요.',
    ),
  },
  // How a block for sending too much looks is published nowhere; these words would be the usual ones.
  { code: /./, message: /너무 많|요청.{0,6}초과|too many|rate limit/i, result: tryAgain(BUSY_RETRY_MS, BUSY_ADVICE) },
  {
    code: /^99$/,
    result: tryAgain(
      2_000,
      '톡톡이 이유를 밝히지 않고 메시지를 거절했습니다. 계속되면 NAVER_SYNC=true로 웹훅 응답에 답변을 담아 보고, 톡톡 고객센터에 문의해 주세요.',
      2,
    ),
  },
];

const UNKNOWN_CODE = alertOperator(
  '톡톡이 알려지지 않은 결과 코드로 메시지를 거절했습니다. 로그의 코드를 확인해 주세요.',
);

/** For a call that was never written. */
export const NOT_CONNECTED = {
  needsOperator: true,
  advice:
    '톡톡 보내기 API에 연결하지 못했습니다. 서버에서 NAVER_BASE_URL 주소로 나가는 접속이 열려 있는지 확인해 주세요.',
} as const;

/** @param code `resultCode`, compared as a string */
export function readSendResult(code: string, message: string): SendResult {
  const rule = RULES.find((each) => each.code.test(code) && (each.message?.test(message) ?? true));
  return rule?.result ?? UNKNOWN_CODE;
}

/** Whether the same answer in a plainer form may be taken: the refusal was about what is in the message, or gives no reason. */
export function mayBeAboutContent(code: string): boolean {
  return /^(?:02|99|IMG-.*)$/.test(code);
}

/** An answer without a result code: the status is all there is. Undefined when it says nothing about the message. */
export function readSendStatus(status: number): SendResult | undefined {
  if (status >= 500) return MAINTENANCE;
  if (status === 429) return tryAgain(MAINTENANCE_RETRY_MS, BUSY_ADVICE);
  if (status === 401 || status === 403) return WRONG_KEY;
  if (status === 404) return alertOperator('톡톡 보내기 API가 그 주소에 없습니다. NAVER_BASE_URL 값을 확인해 주세요.');
  if (status >= 300) {
    return alertOperator(
      `톡톡 보내기 API가 요청을 거절했습니다(HTTP ${status}). NAVER_BASE_URL과 중간의 프록시를 확인해 주세요.`,
    );
  }
  return undefined;
}
