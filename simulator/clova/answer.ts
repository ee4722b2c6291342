/** What the simulated model says. Derived from the prompt alone: the same question gets the same answer, and it looks useful. */
import type { ChatMessage } from './rules.ts';

/** A section of facts in a system prompt starts with such a line. */
const GROUND_LINE = /^\s*\[자료/;
/** After a blank line, any other section ends it; a placeholder such as `[[전화1]]` does not, and `[안내]` may open an answer. */
const SECTION_LINE = /^\s*(\[(?!\[)|#{1,6} |<\/?[a-z가-힣])/i;
const ANSWER_LABEL = /^\s*[-*]?\s*(?:답변|답|A|answer)\s*[:：]\s*/i;
const QUESTION_LABEL = /^\s*[-*]?\s*(?:질문|문|Q|question)\s*[:：]/i;
const OTHER_LABEL = /^\s*[-*]?\s*(?:질문|문|Q|question|링크|link|이미지|image|점수|score)\s*[:：]/i;

export function answerText(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  if (last?.role === 'tool') return `확인한 결과는 다음과 같습니다. ${last.text}`;
  const system = messages.find((message) => message.role === 'system')?.text ?? '';
  const seen = describePictures(messages);
  const ground = firstGroundAnswer(system);
  if (ground !== undefined) return `${seen}${ground}`;
  const question = messages.findLast((message) => message.role === 'user')?.text.trim() ?? '';
  const earlier = messages.filter((message) => message.role === 'user').length - 1;
  const remembered = earlier > 0 ? ` 앞서 ${earlier}번 물어보신 내용도 함께 살펴보았습니다.` : '';
  return `${seen}문의하신 "${question}"에 대해 안내해 드리겠습니다.${remembered} 더 궁금한 점이 있으시면 편하게 말씀해 주세요.`;
}

/** So that whoever tries it out sees that the picture arrived, and which. */
function describePictures(messages: readonly ChatMessage[]): string {
  const pictures = messages.flatMap((message) => message.pictures);
  if (pictures.length === 0) return '';
  const named = pictures.map(({ format, widthPx, heightPx }) => `${format.toUpperCase()} ${widthPx}×${heightPx}`);
  return `보내 주신 사진(${named.join(', ')})을 확인했습니다. `;
}

/** The first ground's answer, without its question and labels. */
function firstGroundAnswer(systemPrompt: string): string | undefined {
  const lines = systemPrompt.split(/\r?\n/);
  const start = lines.findIndex((line) => GROUND_LINE.test(line));
  if (start === -1) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(
    (line, index) => GROUND_LINE.test(line) || (SECTION_LINE.test(line) && rest[index - 1]?.trim() === ''),
  );
  const block = end === -1 ? rest : rest.slice(0, end);

  const labelled = block.findIndex((line) => ANSWER_LABEL.test(line));
  if (labelled === -1) return nonBlank(block.slice(QUESTION_LABEL.test(block[0] ?? '') ? 1 : 0).join('\n'));
  const answer = block.slice(labelled);
  const next = answer.findIndex((line, index) => index > 0 && (OTHER_LABEL.test(line) || ANSWER_LABEL.test(line)));
  return nonBlank((next === -1 ? answer : answer.slice(0, next)).join('\n').replace(ANSWER_LABEL, ''));
}

function nonBlank(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed;
}

const LINKS =
  /(?:https?:\/\/|www\.)[^\s<>"'()[\]]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:co\.kr|kr|com|net|org|io)\b(?:\/[^\s<>"'()[\]]*)?/gi;
const PHONE_NUMBERS = /(?<!\d)(?:(?:\+82[-. ]?|0)\d{1,2}[-. )]{0,2}\d{3,4}[-. ]?\d{4}|1[5-9]\d{2}[-. ]?\d{4})(?!\d)/g;

/** The service hides phone numbers and web addresses in what it generates; it cannot be switched off.
 *  Source: NAVER Cloud guide, CLOVA Studio troubleshooting, generation. How many stars it writes is not documented. */
export function starOut(text: string): string {
  return text
    .replace(LINKS, (link) => '*'.repeat(link.length))
    .replace(PHONE_NUMBERS, (phoneNumber) => phoneNumber.replace(/\d/g, '*'));
}

/** Pieces of one to three characters, as a model streams Hangul; never half a surrogate pair. */
export function tokenize(text: string): readonly string[] {
  const characters = Array.from(text);
  const tokens: string[] = [];
  for (let at = 0, width = 2; at < characters.length; at += width, width = (width % 3) + 1) {
    tokens.push(characters.slice(at, at + width).join(''));
  }
  return tokens;
}
