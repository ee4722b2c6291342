import { describe, expect, it } from 'vitest';
import { mayBeAboutContent, readSendResult, readSendStatus } from '../../../src/channels/naver/send-results.ts';

/** Every code and message that Naver has published or used, and what is to be done about it.
 *  Source: error table of github.com/navertalk/chatbot-api, issues 20, 24, 52, 66, 96, 144, 152, 170, 202, 268, 295, 302, 307, 308 */
const TABLE = [
  ['00', '', 'delivered'],
  ['00', 'success', 'delivered'],
  ['01', 'Authorization 정보 오류', 'alert'],
  ['01', '', 'alert'],
  ['01', '현재 이 사용자에게 메시지를 보낼 수 없음', 'wait'],
  ['01', '현재 이 사용자에게 메세지를 보낼 수 없음', 'wait'],
  ['04', '현재 이 사용자에게 메시지를 보낼 수 없음', 'wait'],
  ['01', '권한없는 파트너에 대한 요청', 'alert'],
  ['03', '권한 없는 파트너에 대한 요청', 'alert'],
  ['02', 'request json 문자열 파싱 오류', 'alert'],
  ['02', 'partner 정보 에러', 'alert'],
  ['02', '잘못된 user 값', 'give up'],
  ['12', '잘못된 user 값', 'give up'],
  ['99', '잘못된 user 값 : AAECAwQFBgcICQoLDA0ODw', 'give up'],
  ['99', '알 수 없는 오류', 'retry once'],
  ['99', '', 'retry once'],
  ['99', '요청이 너무 많음', 'retry'],
  ['IMG-01', '이미지 업로드 - 포맷 불일치 또는 처리 실패', 'alert'],
  ['IMG-02', '이미지 업로드 - 전송/처리 시간 초과', 'retry once'],
  ['IMG-03', '이미지 업로드 - 크기 초과', 'alert'],
  ['IMG-99', '이미지 업로드 중 에러', 'retry'],
  ['77', '내일 새로 생긴 오류', 'alert'],
] as const;

function actionOf(result: ReturnType<typeof readSendResult>): string {
  if (result.outcome === 'delivered') return 'delivered';
  if (!result.retryable) return result.needsOperator === true ? 'alert' : 'give up';
  // A pause that customers cause by themselves is nothing an operator could end.
  if (result.needsOperator !== true) return 'wait';
  return result.maxAttempts === 2 ? 'retry once' : 'retry';
}

describe('a result of the send API', () => {
  it.each(TABLE)('%s %j: %s', (code, message, action) => {
    expect(actionOf(readSendResult(code, message))).toBe(action);
  });

  it('comes with advice in Korean for every refusal, and none of it repeats what the platform said', () => {
    for (const [code, message] of TABLE) {
      const { outcome, advice } = readSendResult(code, message);
      if (outcome === 'refused') expect(advice).toMatch(/[가-힣].*\.$/);
      expect(advice ?? '').not.toContain('AAECAwQ');
    }
  });

  it('waits as long as a consent dialog may stay open: four attempts in three minutes', () => {
    expect(readSendResult('01', '현재 이 사용자에게 메시지를 보낼 수 없음').retryAfterMs).toBe(60_000);
  });

  it('waits for the customer where the customer is what it waits for, and nowhere else', () => {
    for (const [code, message, action] of TABLE) {
      expect(readSendResult(code, message).endsWithCustomer === true, message).toBe(action === 'wait');
    }
  });

  it.each([
    [500, 'retry'],
    [503, 'retry'],
    [429, 'retry'],
    [401, 'alert'],
    [403, 'alert'],
    [404, 'alert'],
    [415, 'alert'],
    [302, 'alert'],
  ])('that is only HTTP %i: %s', (status, action) => {
    const result = readSendStatus(status);
    expect(result === undefined ? 'unknown' : actionOf(result)).toBe(action);
    expect(result?.advice).toMatch(/[가-힣]/);
  });

  it('that is only HTTP 200 says nothing about the message', () => {
    expect(readSendStatus(200)).toBeUndefined();
  });

  it('makes another form of the same message worth while only where the message may be the reason', () => {
    expect(['02', '99', 'IMG-01', 'IMG-02', 'IMG-99'].filter(mayBeAboutContent)).toHaveLength(5);
    expect(['00', '01', '03', '04', '12', 'HTTP_503', 'NOT_CONNECTED'].filter(mayBeAboutContent)).toEqual([]);
  });
});
