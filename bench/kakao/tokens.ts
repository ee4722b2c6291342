/** Every question carries a token that only its own answer may carry: so a mix-up shows in the text itself. */
import type { ChatCall } from '../../simulator/clova/rules.ts';

const LETTERS = 26;

/** Letters alone: digits could look like somebody's number and would be masked. */
export function tokenOf(index: number): string {
  let token = '';
  for (let rest = index, length = 0; length < 4; length += 1, rest = Math.floor(rest / LETTERS)) {
    token = String.fromCharCode(97 + (rest % LETTERS)) + token;
  }
  return token;
}

/** What the sample knowledge surely knows. Asking it again gets the same answer, so it needs no token. */
export const KNOWN = { question: '반품 배송비는 얼마인가요?', answer: '왕복 6,000원' };

export function questionWith(token: string): string {
  return `질문-${token} 알려 주세요`;
}

/** Several sentences, so that a callback that cannot wait has something to show; the last one tells a whole answer from a beginning. */
export function answerWith(token: string): string {
  return [
    `질문-${token} 말씀하신 내용을 확인했습니다.`,
    '안내해 드릴 내용은 모두 세 가지입니다.',
    '먼저 준비하실 것은 따로 없습니다.',
    '다음으로 처리는 보통 하루 안에 끝납니다.',
    `더 궁금한 점이 있으시면 편하게 말씀해 주세요, 끝-${token}.`,
  ].join(' ');
}

/** The token of the question that a call of the model asks. */
export function askedToken(messages: readonly { readonly role?: unknown; readonly content?: unknown }[]): string {
  const content = messages.findLast((message) => message.role === 'user')?.content;
  return typeof content === 'string' ? (tokensIn(content)[0] ?? '') : '';
}

/** Undefined for a question without a token: that is answered from the facts in the prompt. */
export function answerTo({ messages }: Pick<ChatCall, 'messages'>): string | undefined {
  const [token] = tokensIn(messages.findLast((message) => message.role === 'user')?.text ?? '');
  return token === undefined ? undefined : answerWith(token);
}

/** Of questions and answers, whole or not. */
export function tokensIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:질문|끝)-([a-z]+)/g)].map(([, token = '']) => token);
}

/** Of answers that were shown to their end. */
export function endedTokensIn(text: string): readonly string[] {
  return [...text.matchAll(/끝-([a-z]+)/g)].map(([, token = '']) => token);
}
