import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKnowledge } from '../../src/knowledge/index.ts';
import type { KnowledgeEntry } from '../../src/knowledge/knowledge.ts';
import { PERSONAL_DATA_LABEL } from '../../src/privacy/personal-data.ts';
import { loadSample } from '../helpers/knowledge-sample.ts';

const sample = createKnowledge(loadSample().entries);

function entry(id: string, question: string, aliases: readonly string[] = []): KnowledgeEntry {
  return { id, question, aliases, answer: `${id}의 답`, links: [] };
}

function best(question: string, knowledge = sample): string | undefined {
  return knowledge.search(question, 1).matches[0]?.entry.id;
}

describe('search', () => {
  it('gives at most as many matches as asked for, best first, scores within 0..1', () => {
    for (const limit of [0, 1, 3, 500]) {
      const { matches } = sample.search('반품 배송비 얼마예요?', limit);
      const scores = matches.map(({ score }) => score);
      expect(matches.length).toBeLessThanOrEqual(limit);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    }
  });

  it('is as sure with one match asked for as with three', () => {
    for (const question of ['적립금 얼마부터 쓸수있어요', '반품 배송비', '배송']) {
      expect(sample.search(question, 1).confidence).toBe(sample.search(question, 3).confidence);
    }
  });

  it('reads the same question with and without spaces, endings, padding and width', () => {
    for (const question of [
      '반품 배송비는 얼마인가요?',
      '반품배송비얼마에여',
      '안녕하세요 반품 배송비 얼마예요?',
      '반품 배송비 얼마에요ㅠㅠㅠ',
      '저기요~~ 혹시 반품 배송비가 얼마인지 알려주실 수 있나요??',
      '반품\u200b 배송비\u00a0얼마\n예요',
      '반품 배송비 얼마예요'.normalize('NFD'),
    ]) {
      expect([question, best(question), sample.search(question, 1).confidence]).toEqual([
        question,
        'return-fee',
        'sure',
      ]);
    }
  });

  it('forgives typos in words that it knows', () => {
    expect(best('반푸 어떻게 신청하나요')).toBe('return-how');
    expect(best('현금영슈증 되나요')).toBe('receipt-cash');
    expect(best('비밀번허 잊어버렸어요')).toBe('member-password');
    expect(best('재잎고 예정 있나요')).toBe('restock');
  });

  it('reads Korean typed with the keyboard on Latin letters', () => {
    expect(best('qksvna qothdql')).toBe('return-fee');
  });

  it('makes no Korean word of another: 환율 is not 환불, 내일 is not 세일', () => {
    for (const question of ['환율 얼마예요', '내일 비 와?', '면접 보러 가요', '택시 불러줘', '자소서 써줘']) {
      expect([question, sample.search(question, 3).confidence]).not.toEqual([question, 'sure']);
    }
  });

  it('finds nothing in what says nothing', () => {
    for (const text of ['', '   ', '?!', 'ㅠㅠ', 'ㅋㅋㅋ', '안녕하세요', '네', '😀', 'asdf qwer']) {
      expect([text, sample.search(text, 3).confidence]).toEqual([text, 'none']);
    }
  });

  it.each([
    ['KakaoPay 되나요', 'pay-methods'],
    ['naver pay 결제 돼요?', 'pay-methods'],
    ['삼성pay 되나요', 'pay-methods'],
    ['Apple Pay 가능?', 'pay-methods'],
    ['TOSS로 결제할게요', 'pay-methods'],
    ['CJ택배인가요', 'delivery-carrier'],
    ['cj대한통운으로 오나요', 'delivery-carrier'],
    ['배송 언제 와요?', 'delivery-time'],
    ['비회원 주문조회', 'order-guest-check'],
    ['오프라인 매장 있어요?', 'store-address'],
    ['드라이클리닝 해야 돼요?', 'care-wash'],
    ['쿠폰 어디서 받아요', 'coupon-get'],
    ['쿠폰 어디에 쓰나요', 'coupon-use'],
    ['사이즈 교환 되나요', 'exchange-size'],
    ['사이즈 교환 배송비', 'exchange-fee'],
    ['쿠폰 사용 되나요', 'coupon-use'],
    ['취소하면 쿠폰 다시 쓸 수 있나요', 'refund-points'],
    ['앱 다운로드', 'app'],
    ['앱 다운로드 어디서 해요', 'app'],
    ['어플 다운로드', 'app'],
    ['쿠폰 다운로드 어디서 해요', 'coupon-get'],
    ['무통장입금 되나요', 'pay-methods'],
    ['무통장입금 언제까지예요', 'pay-bank-deadline'],
  ])('answers "%s"', (question, id) => {
    const { confidence, matches } = sample.search(question, 3);
    expect([question, matches[0]?.entry.id, confidence]).toEqual([question, id, 'sure']);
  });

  it('says that a brand is the same in Latin letters', () => {
    for (const [latin, korean] of [
      ['KakaoPay 되나요', '카카오페이 되나요'],
      ['toss 되나요', '토스 되나요'],
      ['samsung pay', '삼성페이'],
      ['Visa카드로 살 수 있나요', '비자카드로 살 수 있나요'],
      ['Naver 아이디로 로그인', '네이버 아이디로 로그인'],
    ] as const) {
      expect(sample.search(latin, 3)).toEqual(sample.search(korean, 3));
    }
  });

  it('offers both readings of the courier who does not come', () => {
    const { confidence, matches } = sample.search('택배 기사님이 안 오셔요', 3);
    expect(confidence).toBe('possible');
    const ids = matches.map((match) => match.entry.id);
    expect(ids).toContain('delivery-delay');
    expect(ids).toContain('return-pickup');
  });

  it('does not advise on the size of what the shop does not sell', () => {
    const { confidence, matches } = sample.search('신발 사이즈 크게 나오나요', 3);
    expect([matches[0]?.entry.id, confidence]).not.toEqual(['size-recommend', 'sure']);
    expect(matches.map((match) => match.entry.id)).toContain('goods-range');
  });

  it.each([
    '4만원 샀는데 배송비 얼마예요',
    '4만9천원어치 샀는데 배송비 붙나요',
    '39,000원짜리 사면 배송비 있나요',
    '2벌 사면 배송비 얼마예요',
  ])('is not led away by the amount in "%s"', (question) => {
    expect(best(question)).toBe('delivery-fee');
    expect(sample.search(question, 3).confidence).not.toBe('none');
  });

  it('has nothing to say about the weather', () => {
    expect(sample.search('날씨 어때', 3).confidence).toBe('none');
  });

  it('takes a number of the customer’s own for a statement, not for a question', () => {
    for (const label of Object.values(PERSONAL_DATA_LABEL)) {
      for (const text of [
        `제 번호는 [${label}] 이에요`,
        `[${label}]`,
        `제 ${label}는 [${label}]입니다.`,
        `[${label}]요`,
      ]) {
        expect([text, sample.search(text, 3)]).toEqual([text, { confidence: 'none', matches: [] }]);
      }
    }
    // … and the question beside it stays one.
    expect(best('반품 배송비 얼마예요? 제 번호는 [전화번호]예요')).toBe('return-fee');
    expect(best('전화번호가 [전화번호]로 바뀌었어요')).toBe('member-profile');
    expect(best('환불 계좌를 [계좌번호]로 바꿔 주세요')).toBe('refund-account');
  });

  it('offers choices for a topic without a question', () => {
    const { confidence, matches } = sample.search('배송', 3);
    expect(confidence).toBe('possible');
    expect(matches).toHaveLength(3);
    expect(matches[0]?.entry.id).toMatch(/^delivery-/);
    for (const broad of ['배송이요', '쿠폰', '환불 문의드립니다']) {
      expect([broad, sample.search(broad, 3).confidence]).toEqual([broad, 'possible']);
    }
    // a subject with one entry is a question
    expect(sample.search('주차', 3).confidence).toBe('sure');
  });

  it.each([
    '비회원 환불',
    '비회원 반품',
    '쿠폰으로 상품권 살 수 있나요',
    '적립금으로 상품권 살 수 있나요',
    '상품권 환불',
    '도매 반품',
    '알바 적립금',
  ])('does not answer half of "%s"', (question) => {
    expect([question, sample.search(question, 3).confidence]).toEqual([question, 'possible']);
  });

  it('hears a no', () => {
    expect(best('반품하고 싶어요')).toBe('return-how');
    expect(best('반품 안 할래요')).toBe('return-withdraw');
  });

  it.each([
    ['반품 말고 교환하고 싶어요', 'exchange-how'],
    ['교환 배송비 말고 반품 배송비', 'return-fee'],
    ['교환배송비말고반품배송비', 'return-fee'],
    ['반품 배송비 말고 교환 배송비', 'exchange-fee'],
    ['반품하려는 게 아니라 교환하고 싶어요', 'exchange-how'],
    ['환불이 아니고 교환이에요', 'exchange-how'],
    ['반품 말고 환불 말고 교환이요', 'exchange-how'],
    ['반품 대신 교환 가능한가요', 'exchange-how'],
    ['택배 대신 매장 수령', 'delivery-pickup'],
    ['비밀번호 말고 아이디를 까먹었어요', 'member-id'],
    ['카드 말고 다른 결제수단 있나요', 'pay-methods'],
  ])('does not count what "%s" rejects', (question, id) => {
    const { confidence, matches } = sample.search(question, 3);
    expect([question, matches[0]?.entry.id, confidence]).toEqual([question, id, 'sure']);
  });

  it('offers choices where something is rejected and nothing named instead', () => {
    for (const question of ['환불 말고 다른 방법', '반품 말고 방법 없나요', '반품 말고요']) {
      const { confidence, matches } = sample.search(question, 3);
      expect([question, confidence]).toEqual([question, 'possible']);
      expect(matches.map((match) => match.entry.id)).toContain('return-how');
    }
  });

  it('rejects nothing with what only looks like it', () => {
    expect(best('경비실에서 대신 택배 받아 주나요')).toBe('delivery-message');
    const knowledge = createKnowledge([
      entry('horse', '말고기를 파나요?'),
      entry('beef', '소고기를 파나요?'),
      entry('card', '카드로 낼 수 있나요?'),
      entry('delivery', '배송 안내'),
      entry('bot', '로봇 말고 요리사가 굽나요?'),
    ]);
    for (const [question, id] of [
      ['제주 말고기 배송', 'horse'],
      ['카드 말고도 배송 궁금', 'card'],
      // the entry's own words stay its own
      ['로봇이 요리사인가요', 'bot'],
    ] as const) {
      expect([question, best(question, knowledge)]).toEqual([question, id]);
    }
  });

  it('finds what only an answer says, behind what a question says', () => {
    const knowledge = createKnowledge([
      { ...entry('pay', '결제 수단이 무엇인가요?'), answer: '카드와 문화상품권을 쓰실 수 있어요.' },
      { ...entry('gift', '상품권을 팔아요?'), answer: '아니요.' },
      entry('book', '문화상품권은 어디에 쓰나요?'),
    ]);
    expect(knowledge.search('문화상품권 결제', 3).matches.map((match) => match.entry.id)).toContain('pay');
    expect(best('문화상품권', knowledge)).toBe('book');
  });

  it('answers with the operator’s entry even where its question is a greeting', () => {
    const knowledge = createKnowledge([entry('hello', '안녕하세요'), entry('hours', '영업시간')]);
    expect(knowledge.search('안녕하세요!!', 3)).toMatchObject({
      confidence: 'sure',
      matches: [{ entry: { id: 'hello' }, score: 1 }],
    });
  });

  it('works for houses that are no shop, whose words are in no list', () => {
    const knowledge = createKnowledge([
      entry('pool', '수영장 이용 요금이 얼마인가요?'),
      entry('sauna', '찜질방은 몇 시에 닫나요?'),
      entry('tumbler', '텀블러를 가져가면 할인되나요?'),
      entry('dog', '강아지와 함께 들어갈 수 있나요?', ['반려견 동반']),
    ]);
    expect(best('수영장 얼마예요', knowledge)).toBe('pool');
    expect(best('수영장요금', knowledge)).toBe('pool');
    expect(best('찜질방 언제 닫아요', knowledge)).toBe('sauna');
    expect(best('텀블러 할인 되는지', knowledge)).toBe('tumbler');
    expect(best('반려견 되나요', knowledge)).toBe('dog');
    expect(knowledge.search('찜질방은 몇 시에 닫나요', 1).confidence).toBe('sure');
  });

  it('ranks a phrasing that is an alias above other entries’ questions', () => {
    const knowledge = createKnowledge([
      entry('fee', '배송비는 얼마인가요?', ['문 앞까지 오는 데 드는 값']),
      entry('place', '문 앞에 두고 가나요?'),
    ]);
    expect(best('문 앞까지 오는 데 드는 값이요', knowledge)).toBe('fee');
  });

  it('prefers the earlier entry of the file where nothing else decides', () => {
    const knowledge = createKnowledge([entry('a', '주차 안내'), entry('b', '주차 안내입니다')]);
    expect(knowledge.search('주차', 2).matches.map((match) => match.entry.id)).toEqual(['a', 'b']);
    expect(knowledge.search('주차', 2).confidence).not.toBe('sure');
  });

  it('answers nothing from nothing', () => {
    const empty = createKnowledge([]);
    expect(empty.size).toBe(0);
    expect(empty.search('배송비 얼마예요', 3)).toEqual({ confidence: 'none', matches: [] });
    expect(empty.entry('x')).toBeUndefined();
  });

  it('gives entries by id', () => {
    expect(sample.entry('return-fee')?.question).toBe('반품 배송비는 얼마인가요?');
    expect(sample.entry('__proto__')).toBeUndefined();
  });

  it('names an entry once, and none that shares nothing but what a typo is made of', () => {
    const knowledge = createKnowledge([
      entry('tumbler', '텀블러를 가져가면 할인되나요?'),
      entry('sauna', '찜질방은 몇 시에 닫나요?'),
      entry('parking', '주차되나요?'),
    ]);
    const question = '직접 가짛러 가도 되나요'; // corrected to "가지러"
    expect(knowledge.search(question, 3).matches.map((match) => match.entry.id)).toEqual(['tumbler']);
    const { matches } = sample.search(question, 500);
    expect(new Set(matches.map((match) => match.entry.id)).size).toBe(matches.length);
    expect(matches.every(({ score }) => score > 0)).toBe(true);
  });

  it('leaves no trace of one search in the next', () => {
    const first = sample.search('쿠폰 두개 같이 쓸수있나요', 5);
    sample.search('반품 배송비 얼마예요 교환은요 환불은요 적립금은요', 5);
    expect(sample.search('쿠폰 두개 같이 쓸수있나요', 5)).toEqual(first);
  });

  it('takes any string', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }).map((codes) => String.fromCharCode(...codes)),
      fc
        .array(fc.constantFrom('반품', '배송비', ' ', '얼마', '요', 'ㅋ', '뷁', '\ud800', '1', 'a', '\n'), {
          maxLength: 80,
        })
        .map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const { confidence, matches } = sample.search(text, 3);
        expect(['sure', 'possible', 'none']).toContain(confidence);
        expect(matches.length).toBeLessThanOrEqual(3);
        for (const { score } of matches) expect(score >= 0 && score <= 1).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['how much is shipping?', 'how long does delivery take?', 'how do i return this?', 'how can i pay?'])(
    'survives "%s", which is no Korean on the wrong keyboard',
    (question) => {
      expect(sample.search(question, 3).confidence).not.toBe('sure');
    },
  );

  it('takes any words and sentences of Latin letters', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEOPQRTW0123'), maxLength: 9 });
    const sentence = fc
      .tuple(fc.array(word, { maxLength: 8 }), fc.constantFrom('', '?', '!', '.', ', ok?'))
      .map(([words, end]) => `${words.join(' ')}${end}`);
    fc.assert(
      fc.property(fc.oneof(word, sentence, fc.string({ unit: 'binary-ascii', maxLength: 40 })), (text) => {
        sample.search(text, 3);
      }),
      { numRuns: 20_000 },
    );
  });

  it('takes any Unicode', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 })),
        (text) => {
          sample.search(text, 3);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('finds the question at either end of a very long message', () => {
    const story = '어제 친구를 만나서 이런저런 이야기를 했는데요 '.repeat(400);
    expect(story.length).toBeGreaterThan(10_000);
    for (const text of [
      story,
      `${story} 반품 배송비 얼마예요?`,
      `반품 배송비 얼마예요? ${story}`,
      '\ufdfa'.repeat(10_000),
    ]) {
      expect(() => sample.search(text, 3)).not.toThrow();
    }
    const found = sample.search(`${story} 반품 배송비 얼마예요?`, 3).matches.map((match) => match.entry.id);
    expect(found).toContain('return-fee');
  });
});
