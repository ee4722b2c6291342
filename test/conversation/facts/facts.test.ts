import { describe, expect, it } from 'vitest';
import {
  createFactStream,
  type FactTable,
  protectFacts,
  protectResult,
  restoreFacts,
} from '../../../src/conversation/facts/facts.ts';
import { BUSINESS_EXAMPLES } from '../../privacy/personal-data-examples.ts';

const RETURNS = '교환은 1588-1234로 전화 주시거나 https://shop.example.com/return 에서 신청하세요.';
const OFFICE = '본사는 02-123-4567, 환불 계좌는 국민은행 123456-01-234567(말길)입니다. 메일 help@example.com';

function tableOf(answers: readonly string[], contact = ''): FactTable {
  return protectFacts(
    answers.map((answer) => ({ answer })),
    contact,
  ).table;
}

describe('protectFacts', () => {
  it('puts a placeholder in the place of every fact', () => {
    const { grounds, contact } = protectFacts(
      [{ answer: RETURNS }, { answer: OFFICE }],
      '고객센터 1588-1234 (평일 9~18시)',
    );
    expect(contact).toBe('고객센터 [[전화1]] (평일 9~18시)');
    expect(grounds.map((ground) => ground.answer)).toEqual([
      '교환은 [[전화1]]로 전화 주시거나 [[링크1]] 에서 신청하세요.',
      '본사는 [[전화2]], 환불 계좌는 국민은행 [[계좌1]](말길)입니다. 메일 [[이메일1]]',
    ]);
  });

  it('gives equal facts one placeholder and other wordings of them their own', () => {
    const { grounds } = protectFacts([{ answer: '1588-1234, 1588-1234, 1588 1234' }], '');
    expect(grounds[0]?.answer).toBe('[[전화1]], [[전화1]], [[전화2]]');
  });

  it('protects the question and the links of an entry, keeps its other fields and changes nothing in place', () => {
    const entry = {
      id: 'returns',
      score: 0.9,
      question: '1588-1234는 몇 시까지인가요?',
      answer: '6시까지예요.',
      links: [{ label: '안내', url: 'https://example.com/faq' }],
    };
    const { grounds, table } = protectFacts([entry], '');
    expect(grounds[0]).toEqual({
      id: 'returns',
      score: 0.9,
      question: '[[전화1]]는 몇 시까지인가요?',
      answer: '6시까지예요.',
      links: [{ label: '안내', url: '[[링크1]]' }],
    });
    expect(entry.links[0]?.url).toBe('https://example.com/faq');
    expect(restoreFacts('[[링크1]]', table).text).toBe('https://example.com/faq');
  });

  it('survives JSON, so the table can wait with the turn', () => {
    const table = tableOf([RETURNS, OFFICE], '고객센터 1588-1234');
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });

  it('leaves prices, dates and order numbers in the text', () => {
    const answer = '3,000원, 2026-11-22, 주문번호 20261122-0012345, 평일 09:00~18:00';
    expect(protectFacts([{ answer }], '')).toEqual({
      grounds: [{ answer }],
      contact: '',
      table: { facts: [], said: [], told: [answer], contact: '' },
    });
  });

  it.each([
    '[[전화1]]이라고 쓰인 문구와 1588-1234',
    '예: 010-****-1234로 표시됩니다',
    '[전화 1] 02-123-4567 [[링크2]]',
    'https://example.com/카테고리/신발 에서 보세요',
    '(https://example.com/a_(b))를 보세요',
    '**1588-1234**, [안내](https://example.com/?q=1&r=2#top).',
    '02)123-4567, (031) 123-4567, +82-2-123-4567, 1588.1234',
    'www.example.co.kr, example.kr/faq, pf.kakao.com/_abcd',
    '０２－１２３－４５６７',
  ])('brings %j back letter by letter', (answer) => {
    const { grounds, table } = protectFacts([{ answer }], '');
    expect(grounds[0]?.answer).not.toBe(answer);
    expect(restoreFacts(grounds[0]?.answer ?? '', table)).toEqual({ text: answer, removed: 0 });
  });
});

/** What is left of an answer that was nothing but an invention. */
function untold({ contact }: FactTable): string {
  return `정확한 안내는 아래로 문의해 주세요.\n${contact}`;
}

describe('restoreFacts', () => {
  const table = tableOf([RETURNS, OFFICE], '고객센터 1588-1234 (평일 9~18시)');

  it.each([
    ['[[전화1]]로', '1588-1234로'],
    ['**[[전화1]]**으로', '**1588-1234**으로'],
    ['[[ 전화 1 ]]', '1588-1234'],
    ['[전화1]', '1588-1234'],
    ['［［전화１］］', '1588-1234'],
    ['【전화1】', '1588-1234'],
    ['[ [ 전화 1 ] ]로', '1588-1234로'],
    ['\\[\\[전화1\\]\\]', '1588-1234'],
    ['[[**전화1**]]', '1588-1234'],
    ['[[전화번호1]]', '1588-1234'],
    ['[[전화_1]]', '1588-1234'],
    ['[[전화1', '1588-1234'],
    ['[[전화1]](평일)', '1588-1234(평일)'],
    ['[안내]([[링크1]])', '[안내](https://shop.example.com/return)'],
    ['[[링크1]](https://****.***)', 'https://shop.example.com/return'],
    ['https://[[링크1]]', 'https://shop.example.com/return'],
    ['[[이메일]]', 'help@example.com'],
    ['[[phone1]]로', '1588-1234로'],
    ['[[Phone 1]]', '1588-1234'],
    ['[[TEL_1]]', '1588-1234'],
    ['[[phone number 2]]', '02-123-4567'],
    ['[[link1]]에서', 'https://shop.example.com/return에서'],
    ['[[email]]', 'help@example.com'],
    ['[[account1]]', '123456-01-234567'],
    ['[[전화\u200B1]]', '1588-1234'],
    ['[\u2060[\u00AD전화1]\u200B]로', '1588-1234로'],
    ['[[링\u200B크1]]', 'https://shop.example.com/return'],
  ])('reads the placeholder %j', (text, expected) => {
    expect(restoreFacts(text, table)).toEqual({ text: expected, removed: 0 });
  });

  it.each([
    ['02-****-4567', '02-123-4567'],
    ['02-***-****', '02-123-4567'],
    ['1588-****', '1588-1234'],
    ['**02-***-4567**입니다', '**02-123-4567**입니다'],
    ['**1588-******으로', '**1588-1234**으로'],
    ['https://****.***', 'https://shop.example.com/return'],
    ['www.****.com/******', 'https://shop.example.com/return'],
    ['h***@*******.com', 'help@example.com'],
    ['help 골뱅이 example 점 com', 'help@example.com'],
    ['123456-**-******', '123456-01-234567'],
    ['1588 1234', '1588-1234'],
    ['+82-2-123-4567', '02-123-4567'],
    ['shop.example.com/return/', 'https://shop.example.com/return'],
  ])('fills in the starred-out or respelled %j', (text, expected) => {
    expect(restoreFacts(text, table)).toEqual({ text: expected, removed: 0 });
  });

  const nothing = tableOf([]);
  const UNTOLD = '정확한 연락처나 주소는 확인되지 않아 안내해 드리지 못했어요.';

  it.each([
    // Who is reached stays, without the number.
    ['고객센터 010-9999-8888로 연락하세요.', '고객센터로 연락하세요.'],
    ['매장 010-9999-8888로 연락하세요.', '매장으로 연락하세요.'],
    ['고객센터(02-999-8888)로 연락하세요.', '고객센터로 연락하세요.'],
    ['본사(전화: 02-999-8888, 이메일: fake@example.org)로 알려 주세요.', '본사로 알려 주세요.'],
    ['본사(02-999-8888, 평일 9시~18시)로 알려 주세요.', '본사(평일 9시~18시)로 알려 주세요.'],
    ['본사(평일 9시~18시, 02-999-8888)로 알려 주세요.', '본사(평일 9시~18시)로 알려 주세요.'],
    ['홈페이지 www.fake.com에서 확인하세요.', '홈페이지에서 확인하세요.'],
    ['이메일 fake@example.org로 보내 주세요.', '이메일로 보내 주세요.'],
    // What only looks like an address is a name, and the sentence stays whole without it.
    ['제품명 shop.io 시리즈는 3월에 나왔어요.', '해당 시리즈는 3월에 나왔어요.'],
    ['저희는 shop.io 모델을 4만 원에 팔아요.', '저희는 해당 모델을 4만 원에 팔아요.'],
  ])('says %j without the invention', (text, expected) => {
    const restored = restoreFacts(text, nothing);
    expect(restored.text).toBe(expected);
    expect(restored.removed).toBeGreaterThan(0);
  });

  it.each([
    [
      '네, 가능해요. 자세한 내용은 https://fake.example.org/a 에서 확인하세요. 감사합니다.',
      '네, 가능해요. 감사합니다.',
    ],
    ['번호는 **02-999-8888**입니다. 편하게 연락 주세요.', '편하게 연락 주세요.'],
    ['가능해요! [여기](https://fake.example.org)를 누르세요.', '가능해요!'],
    ['첫째\n02-999-8888로 전화 주세요.', '첫째'],
    ['가능해요.\n\n문의: 02-999-8888, fake@example.org.\n\n고맙습니다.', '가능해요.\n\n고맙습니다.'],
    ['Yes. Please call 02-999-8888 or visit www.fake.com for more. Thanks.', 'Yes. Thanks.'],
    ['가능해요. 전화번호는 ********입니다', '가능해요.'],
    ['가능해요. [[전화7]]로 문의하세요', '가능해요.'],
    ['가능해요. [[phone7]]로 문의하세요', '가능해요.'],
    ['가능해요. [[전화\u200B7]]로 문의하세요', '가능해요.'],
    ['가능해요. [[URL]]에서 보세요', '가능해요.'],
    ['가능해요. 국민은행 123456-01-999999로 입금해 주세요.', '가능해요.'],
    ['- 배송: 2~3일\n- 전화: 02-999-8888\n- 반품: 7일', '- 배송: 2~3일\n- 반품: 7일'],
    ['배송은 2~3일 걸려요. 연락처는 다음과 같습니다:\n- 전화: 02-999-8888\n- 메일: a@fake.org', '배송은 2~3일 걸려요.'],
    // A clause that stands by itself becomes the sentence.
    ['배송은 보통 2~3일 걸리며 문의는 02-999-8888로 해 주세요.', '배송은 보통 2~3일 걸립니다.'],
    ['반품은 7일 안에 하실 수 있고, 신청은 www.fake.com에서 하세요.', '반품은 7일 안에 하실 수 있습니다.'],
    ['배송비는 고객님이 부담하시지만 자세한 내용은 02-999-8888로 문의하세요. 네.', '네.'],
    ['재고는 매장마다 다르고 전화는 02-999-8888로 주세요. 네.', '네.'],
  ])('drops what is built around an invention in %j', (text, expected) => {
    const restored = restoreFacts(text, nothing);
    expect(restored.text).toBe(`${expected}\n\n${UNTOLD}`);
    expect(restored.removed).toBeGreaterThan(0);
  });

  it('leaves the real one of two', () => {
    const CONTACT = '정확한 안내는 아래로 문의해 주세요.\n고객센터 1588-1234 (평일 9~18시)';
    for (const text of ['[[전화1]] 또는 010-9999-8888로 전화하세요.', '010-9999-8888이나 [[전화1]]로 전화하세요.']) {
      expect(restoreFacts(text, table)).toEqual({ text: `1588-1234로 전화하세요.\n\n${CONTACT}`, removed: 1 });
    }
  });

  it('puts the contact once at the end, and nothing in the place of an invention', () => {
    const text = '네, 돼요. 본사는 010-9999-8888입니다. 안내는 https://fake.example.org/a를 보세요. 감사합니다.';
    expect(restoreFacts(text, table)).toEqual({
      text: '네, 돼요. 감사합니다.\n\n정확한 안내는 아래로 문의해 주세요.\n고객센터 1588-1234 (평일 9~18시)',
      removed: 2,
    });
    const only = tableOf([], '고객센터 1588-1234');
    expect(restoreFacts('fake@example.org로 보내세요', only).text).toBe(
      '정확한 안내는 아래로 문의해 주세요.\n고객센터 1588-1234',
    );
    expect(restoreFacts('고객센터 1588-1234에 물어보세요. 또는 www.fake.com이요.', only).text).toBe(
      '고객센터 1588-1234에 물어보세요.',
    );
    expect(restoreFacts('Sure. Visit www.fake.com today.', only).text).toBe('Sure.\n\n고객센터 1588-1234');
  });

  it('never takes one fact for another', () => {
    const two = tableOf(['교환 1588-1234', '환불 1588-5678']);
    expect(restoreFacts('교환은 1588-****번입니다.', two).text).toBe(UNTOLD);
    expect(restoreFacts('교환은 1588-**34번입니다.', two).text).toBe('교환은 1588-1234번입니다.');
    expect(restoreFacts('본사는 02-999-8888입니다.', tableOf(['교환 1588-1234'])).text).toBe(UNTOLD);
  });

  it.each([
    ['the contact alone', tableOf([], '고객센터 1588-1234')],
    ['a number of an entry', tableOf(['교환 1588-1234'])],
    ['two numbers', tableOf(['교환 1544-0000'], '고객센터 1588-1234')],
    ['two numbers of one length', tableOf(['교환 02-123-4567'], '본사 02-765-4321')],
  ])('takes neither an unknown placeholder nor a number of stars for %s', (_, known) => {
    for (const text of ['[[전화9]]로 전화해 주세요.', '전화는 **-****-****입니다.', '[전화 3]으로 전화해 주세요.']) {
      expect(restoreFacts(text, known)).toEqual({ text: known.contact === '' ? UNTOLD : untold(known), removed: 1 });
    }
  });

  it('knows a number of stars by its length, where only one is as long', () => {
    const two = tableOf(['교환 02-123-4567'], '고객센터 1588-1234');
    expect(restoreFacts('***-***-****입니다.', tableOf(['교환 010-123-4567'], '고객센터 1588-1234'))).toEqual({
      text: '010-123-4567입니다.',
      removed: 0,
    });
    expect(restoreFacts('****-****입니다.', two)).toEqual({ text: '1588-1234입니다.', removed: 0 });
  });

  it('says back what the customer wrote, and puts it nowhere else', () => {
    const { table: asked } = protectFacts([{ answer: '교환 1588-1234' }], '', [
      'https://shop.example.com/p/7 반품돼요? 1544-0000이 거기 번호 맞죠?',
    ]);
    const repeated = 'https://shop.example.com/p/7 상품은 반품돼요. 1544-0000은 저희 번호가 아니에요.';
    expect(restoreFacts(repeated, asked)).toEqual({ text: repeated, removed: 0 });
    expect(restoreFacts('안내는 https://****.***/** 에 있어요.', asked).removed).toBe(1);
    expect(restoreFacts('[[링크1]]에 있어요.', asked).removed).toBe(1);
  });

  const withContact = (rest: string) => `${rest}\n\n정확한 안내는 아래로 문의해 주세요.\n고객센터 1600-0000`;

  // A model knows the operator's number by its placeholder only, and the customer's letter by letter.
  it.each([
    ['아니요, ****-****은 저희 번호가 아니에요. 끊어 주세요.', withContact('끊어 주세요.')],
    ['아니요, 1544-****은 저희 번호가 아니에요.', '아니요, 1544-1234은 저희 번호가 아니에요.'],
    [`아니요, ${'*'.repeat(26)} 는 저희 주소가 아니에요. 누르지 마세요.`, withContact('누르지 마세요.')],
    ['https://****-****.***/**** 는 저희 주소예요. 누르지 마세요.', withContact('누르지 마세요.')],
    ['https://fake-****.***/**** 는 가짜예요.', 'https://fake-shop.com/pay1 는 가짜예요.'],
    ['고객센터는 1600-****입니다.', '고객센터는 1600-0000입니다.'],
    [`고객센터는 ${'*'.repeat(9)}입니다. 고맙습니다.`, withContact('고맙습니다.')],
  ])("never puts the operator's number where the customer's may have been: %j", (text, expected) => {
    const said = ['1544-1234에서 문자가 왔어요. https://fake-shop.com/pay1 맞아요?'];
    const { table: asked } = protectFacts([{ answer: '교환 안내' }], '고객센터 1600-0000', said);
    expect(restoreFacts(text, asked).text).toBe(expected);
  });

  it.each(['비밀번호는 ******** 처럼 가려져 보여요. 안심하세요.', `주소는 ${'*'.repeat(26)} 예요. 안심하세요.`])(
    'takes no row of stars of another length for the only fact there is: %j',
    (text) => {
      expect(restoreFacts(text, tableOf([], '고객센터 1600-0000')).text).toBe(withContact('안심하세요.'));
    },
  );

  it.each([
    '가격은 1,234,567원이고 2026-11-22 14:30에 끝나요. 주문번호 20261122-0012345, ORD-20261122-1',
    '2*3*4 = 24, **3개** ***중요*** 2**10',
    '첫째\n\n******\n\n둘째',
    '비밀번호는 ****로 표시돼요',
    '[전화번호]로 연락드릴게요. [이메일]도 확인했어요.',
    '[link 1]과 [Email]을 눌러 주세요. [[공지]] 안내',
    'Node.js 3.14와 README.md, e.g. v1.2.3',
    '사업자등록번호 123-45-67890, 운송장 1234-5678-9012',
    '평일 09:00~18:00 (점심 12:00~13:00), 1600-1800',
    '112나 119에 신고하세요',
    '',
    '   \n ',
  ])('leaves %j alone', (text) => {
    expect(restoreFacts(text, nothing)).toEqual({ text, removed: 0 });
    expect(restoreFacts(text, table)).toEqual({ text, removed: 0 });
  });

  it('leaves ordinary numbers alone in what shops write', () => {
    const ordinary = BUSINESS_EXAMPLES.filter((text) => !/1588|1644|1800-|https?:|example\.com|@|15881234/.test(text));
    expect(ordinary.length).toBeGreaterThan(300);
    for (const text of ordinary) expect(restoreFacts(text, nothing)).toEqual({ text, removed: 0 });
  });
});

describe('a name that looks like an address', () => {
  const { table } = protectFacts([{ answer: 'Shop.io 시리즈는 4만 원입니다.' }], '고객센터 1577-0000');

  it('stays where the operator wrote it', () => {
    expect(restoreFacts('제품명 shop.io 시리즈는 인기가 많아요.', table)).toEqual({
      text: '제품명 Shop.io 시리즈는 인기가 많아요.',
      removed: 0,
    });
  });

  it.each([
    '제품은 shop.io/p/1 상품 안내를 보세요.',
    '제품은 https://shop.io 상품에 있어요.',
    'evil.io 사이트에서 사세요.',
  ])('is an address all the same with a path, a scheme or a site behind it: %s', (text) => {
    expect(restoreFacts(`네. ${text}`, protectFacts([], '').table).text).toMatch(/^네\.\n\n정확한/);
  });
});

describe('ids of messengers', () => {
  const { table, grounds, contact } = protectFacts(
    [{ answer: '카톡 ID: malgil_cs, 텔레그램 @malgil77' }],
    '카카오톡 아이디 malgil_cs',
  );

  it('travel as placeholders', () => {
    expect(contact).toBe('카카오톡 아이디 [[메신저1]]');
    expect(grounds[0]?.answer).toBe('카톡 ID: [[메신저1]], 텔레그램 [[메신저2]]');
  });

  it.each([
    ['카톡 [[메신저1]]로 문의하세요.', '카톡 malgil_cs로 문의하세요.'],
    ['카톡 ID는 [[메신저 아이디1]]입니다.', '카톡 ID는 malgil_cs입니다.'],
    ['카톡 ID는 Malgil_CS입니다.', '카톡 ID는 malgil_cs입니다.'],
    ['텔레그램 malgil77로 문의하세요.', '텔레그램 @malgil77로 문의하세요.'],
  ])('come back as the operator wrote them: %s', (text, expected) => {
    expect(restoreFacts(text, table)).toEqual({ text: expected, removed: 0 });
  });
});

describe('names of channels and short numbers', () => {
  const persona = '너는 말길상점의 상담원이야. 인스타 계정은 malgil_official 하나뿐이야.';
  const { table, grounds } = protectFacts(
    [{ answer: persona }, { answer: '카카오톡에서 ‘말길 상점’을 검색해 주세요. 통신사는 114로 전화해 주세요.' }],
    '고객센터 1577-0000',
    ['카카오톡 채널 손님가게 맞나요?'],
  );

  it.each([
    '카카오톡에서 말길상점을 검색해 주세요.',
    "카카오톡 채널 '말길 상점'으로 문의해 주세요.",
    '플러스친구 @말길상점을 추가해 주세요.',
    '인스타 malgil_official로 DM 주세요.',
    '통신사는 국번 없이 114로 전화해 주세요.',
    '네, 카카오톡 채널 손님가게를 추가해 주세요.',
  ])('stay where they were told: %s', (text) => {
    expect(restoreFacts(text, table)).toEqual({ text, removed: 0 });
  });

  it.each([
    '카카오톡에서 말길상회를 검색해 주세요.',
    '인스타 @malgil 로 DM 주세요.',
    '인스타 @malgil_official2 로 DM 주세요.',
    '국번 없이 106으로 전화해 주세요.',
  ])('go where they only look like what was told: %s', (text) => {
    expect(restoreFacts(`네. ${text}`, table)).toEqual({
      text: '네.\n\n정확한 안내는 아래로 문의해 주세요.\n고객센터 1577-0000',
      removed: 1,
    });
  });

  it('are words that a model may read', () => {
    expect(grounds[1]?.answer).toContain('‘말길 상점’을 검색해');
  });

  it('are told by a tool, too', () => {
    const { table: known } = protectResult('{"channel":"도구상점"}', table);
    const text = '카카오톡 채널 도구상점을 추가해 주세요.';
    expect(restoreFacts(text, table).removed).toBe(1);
    expect(restoreFacts(text, known)).toEqual({ text, removed: 0 });
  });
});

describe('a number without an area code', () => {
  const { table, contact } = protectFacts([{ answer: '전주 객사 앞 매장 번호 288-1234' }], '고객센터 2345-6789');

  it('travels as a placeholder where it says who is reached', () => {
    expect(contact).toBe('고객센터 [[전화1]]');
  });

  it.each(['고객센터는 2345-6789입니다.', '전주점 288-1234 로 오세요.', '서울 2345-6789로 전화 주세요.'])(
    'stays where the operator wrote it: %s',
    (text) => {
      expect(restoreFacts(text, table)).toEqual({ text, removed: 0 });
    },
  );

  it.each(['고객센터는 2345-6788입니다.', '서울 345-6789로 오세요.'])('goes else: %s', (text) => {
    expect(restoreFacts(text, table).removed).toBe(1);
  });
});

describe('createFactStream', () => {
  const table = tableOf([RETURNS, OFFICE], '고객센터 1588-1234');
  const more = (text: string) => ({ text, instead: false });

  it('shows words as they end and holds back what may be a fact', () => {
    const stream = createFactStream(table);
    expect(stream.push('네 고객님')).toEqual(more('네'));
    expect(stream.push(' [[')).toEqual(more(' 고객님'));
    expect(stream.push('전화1')).toEqual(more(''));
    expect(stream.push(']]로 ')).toEqual(more(' 1588-1234로'));
    expect(stream.push('문의')).toEqual(more(''));
    expect(stream.end()).toEqual({ ...more(' 문의'), removed: 0 });
  });

  it('never shows half of a number that the operator did not write', () => {
    for (const text of ['매장 010 - 9999 - 8888로 연락하세요', '매장 공일공 구구구구 팔팔팔팔로 연락하세요']) {
      const stream = createFactStream(tableOf([]));
      const shown = [...text].map((character) => stream.push(character));
      expect(shown.map((update) => update.text).join('')).toBe('매장');
      expect(stream.end()).toEqual({ text: '으로 연락하세요', instead: false, removed: 1 });
    }
  });

  it('takes back what it has shown of a sentence that turns out to be built around an invention', () => {
    const stream = createFactStream(tableOf([]));
    expect(stream.push('네, 돼요. 자세한 내용은 www.fake')).toEqual(more('네, 돼요. 자세한 내용은'));
    expect(stream.push('.com에서 보세요. ')).toEqual(more(''));
    expect(stream.push('또 물어봐 주세요. ')).toEqual({ text: '네, 돼요. 또 물어봐', instead: true });
  });

  it('counts inventions over the whole stream', () => {
    const stream = createFactStream(table);
    stream.push('010-9999-8888이나 ');
    stream.push('031-999-8888로');
    expect(stream.end().removed).toBe(2);
  });

  it('holds back no more than 310 characters', () => {
    for (const unit of ['a', '1', '1 ', '[', '*', ' ', '-', '이', '(1']) {
      const stream = createFactStream(table);
      let held = 0;
      let longest = 0;
      for (let i = 0; i < 3_000; i += 1) {
        held += 1;
        if (stream.push(unit.charAt(i % unit.length)).text !== '') held = 0;
        longest = Math.max(longest, held);
      }
      expect(longest, JSON.stringify(unit)).toBeLessThanOrEqual(310);
    }
  });
});

describe('a true number beside an invented one', () => {
  const table = tableOf(['기사 010-1111-2222'], '고객센터 1577-0000');
  it.each([
    ['기사님은 [[전화2]]이고 팀장은 010-6666-7777입니다.', '기사님은 010-1111-2222입니다.'],
    ['팀장은 010-6666-7777이고, 기사님 번호는 [[전화2]]이에요.', '기사님 번호는 010-1111-2222이에요.'],
    ['기사님은 [[전화2]]이고 팀장은 010-6666-7777입니다. 감사합니다.', '기사님은 010-1111-2222입니다. 감사합니다.'],
    ['팀장은 010-6666-7777이고 본사는 010-8888-9999입니다.', ''],
  ])('stays with its clause: %s', (answer, kept) => {
    const { text } = restoreFacts(answer, table);
    expect(text).toBe(`${kept}\n\n정확한 안내는 아래로 문의해 주세요.\n고객센터 1577-0000`.trim());
  });
});

describe('an invented link, however long', () => {
  const answers: readonly (readonly [string, (link: string) => string])[] = [
    ['alone', (link) => link],
    ['in a sentence', (link) => `자세한 내용은 ${link} 에서 확인하세요. 배송은 2일 걸립니다.`],
    ['with a particle', (link) => `배송은 2일 걸립니다. ${link}에서 확인하세요. 감사합니다.`],
    ['at the end of a sentence', (link) => `안내는 ${link}. 배송은 2일 걸립니다.`],
    ['in Markdown', (link) => `배송은 2일입니다. [안내](${link})를 보세요. 반품은 7일입니다.`],
    ['in brackets', (link) => `홈페이지(${link})에서 신청하세요. 반품은 7일입니다.`],
    ['behind a label', (link) => `반품은 7일입니다.\n홈페이지:${link}\n배송은 2일입니다.`],
    ['in bold', (link) => `안내는 **${link}** 에서 보세요. 반품은 7일입니다.`],
    ['in angle brackets', (link) => `안내는 <${link}> 에서 보세요. 반품은 7일입니다.`],
    ['in a table', (link) => `| 항목 | 주소 |\n|---|---|\n| 안내 | ${link} |\n| 반품 | 7일 |\n`],
    ['in HTML', (link) => `반품은 7일입니다. <a href="${link}">여기</a>를 보세요. 배송은 2일입니다.`],
    ['beside a fact', (link) => `문의는 1588-1234 또는 ${link}로 주세요. 반품은 7일입니다.`],
  ];
  const table = tableOf([RETURNS]);
  const hosts = [
    'https://evil.example.com/',
    'evil.example.com/',
    'https://evil.example.com/문서/',
    'https://a.kr/?q=',
  ];
  const fillers = ['a', 'a1.', 'b)', '글', '%20a-', 'k&b='];

  it.each(answers)('%s leaves as much behind as a short one', (_name, answer) => {
    for (const host of hosts) {
      for (const filler of fillers) {
        const linkOf = (length: number) => `${host}${filler.repeat(length)}z`.slice(0, length).replace(/[.)]*.$/, 'z');
        const short = restoreFacts(answer(linkOf(60)), table);
        for (const length of [240, 259, 260, 261, 299, 300, 301, 302, 599, 600, 601, 1_000, 2_000, 5_003]) {
          expect([length, filler, restoreFacts(answer(linkOf(length)), table)]).toEqual([length, filler, short]);
        }
      }
    }
  });

  it.each(answers)('%s comes to the same in pieces, and is not kept until it ends', (_name, answer) => {
    const text = answer(`https://evil.example.com/${'a1.'.repeat(1_500)}z`);
    const whole = restoreFacts(text, table);
    for (const size of [1, 7, 299, 300, 301]) {
      const stream = createFactStream(table);
      let shown = '';
      for (let at = 0; at < text.length; at += size) {
        const update = stream.push(text.slice(at, at + size));
        shown = update.instead ? update.text : shown + update.text;
        expect(shown).not.toMatch(/evil|a1/);
      }
      const last = stream.end();
      expect({ text: last.instead ? last.text : shown + last.text, removed: last.removed }).toEqual(whole);
    }
  });
});
