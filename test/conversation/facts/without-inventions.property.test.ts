/** What is left of an answer from which inventions were taken reads as if they had never been there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownToPlainText } from '../../../src/channels/plain-text.ts';
import { protectFacts, restoreFacts } from '../../../src/conversation/facts/facts.ts';

const NOTICE = '\n\n정확한 안내는 아래로 문의해 주세요.\n고객센터 1577-0000';
const { table } = protectFacts([], '고객센터 1577-0000');

function mended(text: string): string {
  return restoreFacts(text, table).text.replace(NOTICE, '');
}

describe('the sentence around an invention', () => {
  it.each([
    ['배송은 2일 걸립니다. (문의: 02-999-8888) 감사합니다.', '배송은 2일 걸립니다. 감사합니다.'],
    ['영업시간은 9시~18시 (문의 02-999-8888) 입니다.', '영업시간은 9시~18시입니다.'],
    ['고객센터 **02-999-8888**로 문의해 주세요.', '고객센터로 문의해 주세요.'],
    ['고객센터(**02-999-8888**)로 문의해 주세요.', '고객센터로 문의해 주세요.'],
    ['고객센터 「02-999-8888」로 문의해 주세요.', '고객센터로 문의해 주세요.'],
    ['고객센터 ☎02-999-8888 로 전화 주세요.', '고객센터로 전화 주세요.'],
    ['고객센터 Tel. 02-999-8888 로 전화 주세요.', '고객센터로 전화 주세요.'],
    ['고객센터 02-999-8888(평일 9시~18시)로 문의해 주세요.', '고객센터(평일 9시~18시)로 문의해 주세요.'],
    ['고객센터 02-999-8888 또는 help@evil.com 으로 문의해 주세요.', '고객센터로 문의해 주세요.'],
    ['자세한 내용은 [홈페이지](https://evil.com)에서 확인해 주세요.', '자세한 내용은 홈페이지에서 확인해 주세요.'],
    ["카카오톡 채널 '이블샵'으로 문의해 주세요.", '카카오톡 채널로 문의해 주세요.'],
  ])('%s', (text, expected) => {
    expect(mended(`네. ${text}`)).toBe(`네. ${expected}`);
  });

  it('leaves neither the head of a table without rows nor what announced it', () => {
    const rows = '| 구분 | 연락처 |\n|---|---|\n| 배송 | 02-999-8888 |\n| 반품 | 02-999-7777 |';
    expect(mended(`네.\n\n문의처는 다음과 같습니다.\n\n${rows}\n\n감사합니다.`)).toBe('네.\n\n감사합니다.');
  });

  it('leaves the rest of a table, and the paragraph behind it', () => {
    const rows = '| 구분 | 안내 |\n|---|---|\n| 시간 | 평일 9시 |\n| 반품 | 02-999-7777 |';
    expect(markdownToPlainText(mended(`${rows}\n\n감사합니다.`))).toBe('구분 / 안내\n• 시간: 평일 9시\n\n감사합니다.');
  });
});

const contacts = fc.constantFrom(
  ...['02-999-8888', '1588-9999', '010-1234-5678', 'https://evil.com/a', 'www.evil.com', 'help@evil.com'],
);
const wrapped = fc
  .tuple(
    contacts,
    fc.constantFrom(
      ...[
        '#',
        '(#)',
        '( # )',
        '(☎ #)',
        '(전화: #)',
        '**#**',
        '"#"',
        "'#'",
        '「#」',
        '<#>',
        '**(#)**',
        '(**#**)',
        ' # ',
      ],
    ),
  )
  .map(([contact, wrapper]) => wrapper.replace('#', contact));
const sentences = fc
  .tuple(
    fc.constantFrom(
      ...[
        '고객센터#로 문의해 주세요.',
        '고객센터 #로 문의해 주세요.',
        '홈페이지 #에서 확인해 주세요.',
        '문의는 #입니다.',
      ],
      ...[
        '문의: #',
        '반품은 앱에서 하시거나 고객센터 #로 연락해 주세요.',
        '2일 걸립니다 #.',
        '(문의 #)',
        '# 로 연락 주세요.',
      ],
      ...['고객센터 # 또는 #로 문의해 주세요.', '담당자 #(평일)에게 말씀해 주세요.', '- 전화: #', '> 문의: #'],
    ),
    wrapped,
    wrapped,
  )
  .map(([sentence, one, other]) => sentence.replace('#', one).replace('#', other));
const ordinary = fc.constantFrom('배송은 2일 걸립니다.', '반품은 7일 안에 하실 수 있어요.', '감사합니다.');
const answers = fc
  .array(fc.tuple(fc.oneof(sentences, ordinary), fc.constantFrom(' ', '\n', '\n\n')), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.map(([text, gap]) => text + gap).join(''));

const REMNANTS = {
  'two blanks': /\S {2,}\S/,
  'empty brackets': /\(\s*\)|\[\s*\]|「\s*」|<\s*>|"\s*"|'\s*'|\*{4}/,
  'a blank before a mark': / [.,!?)]/,
  'a hanging connector': /(?:또는|혹은|및|,)\s*(?:[).]|$)|\(\s*(?:또는|[,/·])/m,
  'a particle without a word':
    /(?:^|[.!?(]\s?)(?:로|으로|을|를|에서|에게|입니다)(?=[\s.])|[은는이가] ?(?:입니다|이에요|로|에서)(?=[\s.])/m,
  'a sign without a number': /[☎:]\s*(?:[).]|$)/m,
};

describe('whatever is taken out', () => {
  it.each(Object.entries(REMNANTS))('leaves no %s', (_, remnant) => {
    fc.assert(
      fc.property(answers, (answer) => {
        expect(mended(answer)).not.toMatch(remnant);
      }),
      { numRuns: 400 },
    );
  });
});
