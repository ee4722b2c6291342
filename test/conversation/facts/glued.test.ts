import { describe, expect, it } from 'vitest';
import { type FactTable, protectFacts, restoreArguments, restoreFacts } from '../../../src/conversation/facts/facts.ts';

const CONTACT = '고객센터 1600-0000';
const NOTICE = `정확한 안내는 아래로 문의해 주세요.\n${CONTACT}`;

function tableOf(answer: string): FactTable {
  return protectFacts([{ answer }], CONTACT).table;
}

const table = tableOf('안내 https://myshop.kr, 몰 mall.kr, 본사 02-123-4567, 카톡 아이디 @myshop, 메일 help@myshop.kr');

describe('what is glued to a fact', () => {
  it.each([
    ...[
      '[[링크1]]@evil.com/pay 에서 결제하세요',
      '[[링크1]].io',
      '[[링크1]]/refund/pay',
      '[[링크1]]:8080',
      '[[링크1]]evil',
    ],
    ...['[[링크1]].evil.com', '[[링크1]]-evil.com', '[[링크1]]?to=evil.com', '[[링크1]]/결제', '[[링크1]]가.com'],
    ...['[[링크2]]@evil.com', 'evil.[[링크2]]', 'evil-[[링크2]]', 'evil@[[링크2]]', 'evil[[링크1]]'],
    ...['[[이메일1]].evil.com', 'my[[이메일1]]', '[[전화1]]@evil.com'],
    ...['[[전화1]]1', '[[전화1]]-1', '[[전화1]]~0009', '02-[[전화1]]', '02)[[전화1]]', '0[[전화1]]', '+82-[[전화1]]'],
    ...['카톡 아이디 [[메신저1]]2 예요', '[[메신저1]].official', '[[메신저1]]_kr', 'my[[메신저1]]'],
    ...[
      '[[링크1]]\u200B@evil.com',
      '[[링크1]]<b></b>@evil.com',
      '[[링크1]]**.io**',
      '[[전화1]]&#49;',
      '[[전화1]]**1**',
    ],
    ...['02 [[전화1]]', '031 [[전화1]]', '(02) [[전화1]]', '010 **[[전화1]]**', '0505 [[전화1]]'],
    ...['1600-00001', '01600-0000', '1600-0000-1', '1600-0000~0009', '**1600-0000**1', '1600-0000１'],
    ...['[여기]([[전화1]]2)', '[여기](tel:1600-00002)'],
    'https://myshop.kr/refund/pay',
  ])('makes an invention of it: %s', (text) => {
    expect(restoreFacts(`네, 돼요. ${text}`, table)).toEqual({ text: `네, 돼요.\n\n${NOTICE}`, removed: 1 });
  });

  it.each([
    ['[[전화1]]로', '1600-0000로'],
    ['[[링크1]]에서', 'https://myshop.kr에서'],
    ['[[링크1]].', 'https://myshop.kr.'],
    ['[[링크1]]. 네', 'https://myshop.kr. 네'],
    ['([[링크1]])', '(https://myshop.kr)'],
    ['"[[링크1]]"', '"https://myshop.kr"'],
    ['<[[링크1]]>', '<https://myshop.kr>'],
    ['[FAQ]([[링크1]])', '[FAQ](https://myshop.kr)'],
    ['<a href="[[링크1]]">FAQ</a>', '<a href="https://myshop.kr">FAQ</a>'],
    ['URL:[[링크1]]', 'URL:https://myshop.kr'],
    ['[[링크1]]/', 'https://myshop.kr/'],
    ['@[[링크2]]@', '@mall.kr@'],
    ['[[전화1]]번', '1600-0000번'],
    ['[[전화1]](평일 9~18시)', '1600-0000(평일 9~18시)'],
    ['[[전화1]](02)', '1600-0000(02)'],
    ['**[[전화1]]**', '**1600-0000**'],
    ['<b>[[전화1]]</b>', '<b>1600-0000</b>'],
    ['[[전화1]]/[[전화2]]', '1600-0000/02-123-4567'],
    ['[[전화1]]~[[전화2]]', '1600-0000~02-123-4567'],
    ['02 [[전화2]]', '02 02-123-4567'],
    ['3 [[전화1]]', '3 1600-0000'],
    ['01 [[전화1]]', '01 1600-0000'],
    ['02층 [[전화1]]', '02층 1600-0000'],
    ['①[[전화1]]', '①1600-0000'],
    ['1️⃣[[전화1]]', '1️⃣1600-0000'],
    ['1)[[전화1]]', '1)1600-0000'],
    ['Tel.[[전화1]]', 'Tel.1600-0000'],
    ['| [[전화1]] | [[전화2]] | 3 |', '| 1600-0000 | 02-123-4567 | 3 |'],
    ['카톡 ID:[[메신저1]]예요', '카톡 ID:@myshop예요'],
    ['카톡([[메신저1]]), [[이메일1]]로', '카톡(@myshop), help@myshop.kr로'],
  ])('stays where it makes no other contact of it: %s', (text, expected) => {
    expect(restoreFacts(text, table)).toEqual({ text: expected, removed: 0 });
  });

  it.each([
    ['[[링크1]],[[링크2]]', 'https://myshop.kr, mall.kr'],
    ['[[링크1]]/[[전화1]]', 'https://myshop.kr / 1600-0000'],
    ['[[전화1]][[전화2]]', '1600-0000 02-123-4567'],
    ['[[링크1]](PC)', 'https://myshop.kr (PC)'],
    ['1.[[전화1]]', '1. 1600-0000'],
    ['[[전화1]].24시간', '1600-0000. 24시간'],
  ])('gets a blank where the two would run into one another: %s', (text, expected) => {
    expect(restoreFacts(text, table)).toEqual({ text: expected, removed: 0 });
  });

  it.each([
    '본사 02-123-4567~9',
    '상담 1600-0000-1번',
    '1.1600-0000, 2.02-123-4567',
    'https://myshop.kr, https://myshop.kr/faq',
  ])('stays as the operator wrote it: %s', (answer) => {
    const { grounds, table: own } = protectFacts([{ answer }], CONTACT);
    expect(restoreFacts(grounds[0]?.answer ?? '', own)).toEqual({ text: answer, removed: 0 });
  });

  it('makes one fact of another', () => {
    const own = tableOf('https://myshop.kr, https://myshop.kr/faq');
    expect(restoreFacts('[[링크1]]/faq', own)).toEqual({ text: 'https://myshop.kr/faq', removed: 0 });
    expect(restoreFacts('[[링크1]]/fa', own).removed).toBe(1);
  });

  it('is told from it behind a text without blanks as well', () => {
    for (let length = 200; length < 320; length += 1) {
      const { text, removed } = restoreFacts(
        `${'あ'.repeat(length)}[[링크1]]@evil.com/pay/${'a'.repeat(300)} です`,
        table,
      );
      expect([text.includes('evil'), text.includes('[['), removed]).toEqual([false, false, 1]);
    }
  });

  it('stays in what a model hands to a tool of the operator', () => {
    expect(restoreArguments({ url: '[[링크1]]/orders/1' }, table)).toEqual({ url: 'https://myshop.kr/orders/1' });
  });
});
