import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectSmallTalk } from '../../../src/engine/faq/small-talk.ts';
import { loadPhrasings, loadSample } from '../../helpers/knowledge-sample.ts';

describe('detectSmallTalk', () => {
  it.each([
    [
      'greeting',
      [
        '안녕하세요',
        '안녕하세요~!!',
        'ㅎㅇ',
        'ㅎㅇㅎㅇ',
        '안뇽',
        '하이~',
        '네 안녕하세요 ^^',
        '안녕하세요ㅎㅎ 반갑습니다',
      ],
    ],
    [
      'thanks',
      [
        '고마워요',
        '감사합니다ㅠㅠ',
        '감사합니다!!',
        'ㄱㅅ',
        '넵 감사합니다 ㅎㅎ',
        '친절하게 알려주셔서 정말 감사합니다',
        '땡큐',
      ],
    ],
    ['farewell', ['수고하세요', '안녕히 계세요', '네 그럼 수고하세요~', '오늘도 수고하세요']],
    ['agreement', ['네', '넵!', 'ㅇㅋ', '알겠습니다', '네네네', 'ㅇㅇ', '아 그렇군요', 'OK']],
    ['refusal', ['아니요', '됐어요', 'ㄴㄴ', '괜찮아요']],
    ['call', ['저기요', '문의드립니다', '질문 있어요', '?', '', '😀', '여보세요?']],
    ['sadness', ['ㅠㅠ', 'ㅜㅜㅜ', '흑흑', '속상해요', '아 ㅠㅠ', '힝']],
    ['mood', ['ㅋㅋㅋㅋㅋㅋ', '헐', '음...']],
    ['identity', ['너 사람이야?', '챗봇이세요?', '누구세요', '혹시 AI인가요?']],
    ['upset', ['짜증나', '아 진짜 답답하네요', '왜 못알아들어 바보야']],
  ] as const)('knows %s', (kind, texts) => {
    for (const text of texts) expect([text, detectSmallTalk(text)]).toEqual([text, kind]);
  });

  it.each([
    '안녕하세요 반품 배송비 얼마예요?',
    '네 환불해 주세요',
    '감사합니다 근데 언제 와요?',
    '아니 배송이 왜 안 와요',
    '저기요 사이즈 교환되나요',
    '수고하세요 영업시간이요',
    '고객센터',
    '상담원',
    '확인해 주세요',
    '이름 바꾸고 싶어요',
    '안녕히 주무세요 라고 적힌 카드',
  ])('lets the question in "%s" through', (text) => {
    expect(detectSmallTalk(text)).toBeUndefined();
  });

  it('swallows no question about the shop', () => {
    const questions = [
      ...loadSample().entries.flatMap(({ question, aliases }) => [question, ...aliases]),
      ...loadPhrasings().flatMap(({ entry, phrasing }) => (entry === '' ? [] : [phrasing])),
    ];
    expect(questions.filter((question) => detectSmallTalk(question) !== undefined)).toEqual([]);
  });

  it('takes any string, long ones in bounded time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        detectSmallTalk(text);
      }),
    );
    expect(detectSmallTalk('네'.repeat(10_000))).toBeUndefined();
    expect(detectSmallTalk(`${'아네 '.repeat(20)}반품`)).toBeUndefined();
  });
});
