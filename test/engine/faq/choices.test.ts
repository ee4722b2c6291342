import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offerEntries, shortLabel } from '../../../src/engine/faq/choices.ts';
import { loadSample } from '../../helpers/knowledge-sample.ts';

const segmenter = new Intl.Segmenter('ko', { granularity: 'grapheme' });
const lengthOf = (text: string) => [...segmenter.segment(text)].length;

describe('shortLabel', () => {
  it.each([
    ['배송비는 얼마인가요?', '배송비는 얼마인가요'],
    ['배송 메시지를 바꿀 수 있나요?', '배송 메시지 바꾸기'],
    ['원하는 날짜에 받을 수 있나요?', '원하는 날짜에 받기'],
    ['회원가입 없이 주문할 수 있나요?', '회원가입 없이 주문하기'],
    ['재입고 알림은 어떻게 신청하나요?', '재입고 알림 신청'],
    ['저한테 맞는 사이즈를 추천해 주세요', '저한테 맞는 사이즈 추천'],
    ['고객센터 운영 시간이 어떻게 되나요?', '고객센터 운영 시간'],
    ['무통장입금으로 결제했는데 환불은 어떻게 받나요?', '무통장입금으로 결제했는데…'],
    ['단추가 떨어졌는데 수선해 주나요?', '단추가 떨어졌는데 수선'],
    ['반품이나 교환이 안 되는 경우가 있나요?', '반품이나 교환이 안 되는…'],
    ['가나다라마바사아자차카타파하거너더러', '가나다라마바사아자차카타파…'],
    ['아 가나다라마바사아자차카타파하거너더러', '아 가나다라마바사아자차카…'],
  ])('%s → %s', (question, label) => {
    expect(shortLabel(question)).toBe(label);
  });

  it('counts characters as people do and cuts none in half', () => {
    expect(shortLabel('👨‍👩‍👧‍👦'.repeat(20))).toBe(`${'👨‍👩‍👧‍👦'.repeat(13)}…`);
  });

  it('cuts no word of the sample in half', () => {
    for (const { question } of loadSample().entries) {
      const label = shortLabel(question);
      if (!label.endsWith('…')) continue;
      expect([label, question.startsWith(`${label.slice(0, -1)} `)]).toEqual([label, true]);
    }
  });

  it('is never empty or too long', () => {
    for (const { question } of loadSample().entries) expect(lengthOf(shortLabel(question))).toBeLessThanOrEqual(14);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (question) => {
        expect(lengthOf(shortLabel(question))).toBeLessThanOrEqual(14);
      }),
    );
  });
});

describe('offerEntries', () => {
  it('gives different labels to entries whose beginnings are the same', () => {
    const question = '주문하신 상품의 배송이 시작되었을 때';
    const labels = offerEntries(['a', 'b', 'c'].map((id) => ({ id, question: `${question} ${id}`, score: 0.5 }))).map(
      ({ label }) => label,
    );
    expect(new Set(labels).size).toBe(3);
    for (const label of labels) expect(lengthOf(label)).toBeLessThanOrEqual(14);
  });

  it('numbers labels that are cut to the same words', () => {
    const entries = ['봄에', '여름에'].map((id) => ({
      id,
      question: `배송 완료라고 나오는데 상품을 ${id} 못 받은 경우`,
    }));
    expect(offerEntries(entries).map(({ label }) => label)).toEqual(['배송 완료라고 나오는데…', '배송 완료라고… 2']);
  });

  it('offers entries without scores, the first three', () => {
    const topics = ['a', 'b', 'c', 'd'].map((id) => ({ id, question: `질문 ${id}` }));
    expect(offerEntries(topics).map(({ label }) => label)).toEqual(['질문 a', '질문 b', '질문 c']);
  });
});
