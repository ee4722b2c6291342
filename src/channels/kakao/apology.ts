import type { ErrorCode, GatewayError } from '../../errors.ts';

const MALFORMED = '메시지를 읽지 못했습니다. 글자로 다시 보내 주시겠어요?';
const BUSY = '지금 문의가 많아 답변이 어렵습니다. 잠시 후 다시 보내 주세요.';
const FAILED = '죄송합니다. 일시적인 문제로 답변을 드리지 못했습니다. 잠시 후 다시 시도해 주세요.';

/** What is not listed is no business of the customer's. */
const APOLOGIES: Partial<Record<ErrorCode, string>> = {
  INBOUND_MALFORMED: MALFORMED,
  INBOUND_TOO_SLOW: MALFORMED,
  INBOUND_WRONG_CONTENT_TYPE: MALFORMED,
  INBOUND_TOO_LARGE: '메시지가 너무 깁니다. 조금 줄여서 다시 보내 주세요.',
  INBOUND_RATE_LIMITED: '메시지가 너무 빠르게 도착하고 있습니다. 잠시 후 다시 보내 주세요.',
  BOT_UNKNOWN: '지금은 연결할 수 없는 챗봇입니다. 운영자에게 문의해 주세요.',
  ENGINE_FILTERED: '이 내용에는 답변을 드리기 어렵습니다. 다른 말로 다시 물어봐 주세요.',
  ENGINE_RATE_LIMITED: BUSY,
  ENGINE_OVERLOADED: BUSY,
  STORE_BUSY: BUSY,
  OVERLOADED: BUSY,
};

/** A polite sentence for a bubble; says what to do, never what broke. Where trying again may not help, with whom else to ask. */
export function apologyFor(error: GatewayError, contact: string): string {
  const text = APOLOGIES[error.code] ?? FAILED;
  return (text === FAILED || text === BUSY) && contact !== '' ? `${text}\n\n${contact}` : text;
}
