import { describe, expect, it } from 'vitest';
import { simpleChoices, simpleParts } from '../../src/channels/simple-parts.ts';
import { type Choice, partText, type ReplyPart } from '../../src/message.ts';

const details: Choice = { type: 'link', label: '자세히', url: 'https://shop.example/1' };
const parts: readonly ReplyPart[] = [
  { type: 'text', text: '안녕하세요', format: 'plain' },
  { type: 'image', url: 'https://shop.example/1.png' },
  { type: 'card', title: '반품', description: '7일 안에', buttons: [details] },
  {
    type: 'list',
    title: '배송',
    items: [
      { title: '배송비', description: '3,000원', choice: { type: 'message', label: '배송비' } },
      { title: '도서산간' },
    ],
    buttons: [details],
  },
  {
    type: 'details',
    heading: '주문',
    rows: [{ label: '상품', value: '코트' }],
    summary: { label: '합계', value: '39,000원' },
    imageUrl: 'https://shop.example/coat.png',
    buttons: [],
  },
  {
    type: 'product',
    title: '코트',
    priceKrw: 39_000,
    discountedPriceKrw: 31_200,
    discountPercent: 20,
    imageUrl: 'https://shop.example/coat.png',
    buttons: [details],
  },
];

describe('rich parts for simple channels', () => {
  it.each(parts)('says the same words: $type', (part) => {
    const simple = simpleParts(part);
    const words = simple.map(partText).join('\n');
    for (const line of partText(part).split('\n')) expect(words).toContain(line);
    for (const one of simple) expect(['text', 'image', 'card']).toContain(one.type);
  });

  it('makes the rows of a list that can be touched into buttons, before its own', () => {
    const [card] = simpleParts(parts[3] as ReplyPart);
    expect(card).toMatchObject({ type: 'card', title: '배송', buttons: [{ label: '배송비' }, details] });
  });

  it('shows a carousel card by card, its header first', () => {
    const cards = [
      { type: 'card', title: '하나', buttons: [] } as const,
      { type: 'card', title: '둘', buttons: [] } as const,
    ];
    const header = { title: '추천', description: '이번 주', imageUrl: 'https://shop.example/head.png' };
    const simple = simpleParts({ type: 'carousel', cards, header });
    expect(simple.map(partText)).toEqual(['추천\n이번 주', '하나', '둘']);
  });

  it('writes prices as customers read them', () => {
    expect(simpleParts(parts[5] as ReplyPart).map(partText)).toEqual(['코트\n31,200원 (20% 할인), 정가 39,000원']);
  });
});

describe('choices for simple channels', () => {
  it('lets a block be spoken', () => {
    const block: Choice = { type: 'block', label: '예약', blockId: 'b1', text: '예약할게요' };
    expect(simpleChoices(block)).toEqual([{ type: 'message', label: '예약', text: '예약할게요' }]);
  });

  it('shows a menu flat, whatever is nested in it', () => {
    const more: Choice = { type: 'menu', label: '더', choices: [{ type: 'message', label: '교환' }] };
    const menu: Choice = { type: 'menu', label: '도움말', choices: [details, { type: 'share', label: '공유' }, more] };
    expect(simpleChoices(menu)).toEqual([details, { type: 'message', label: '교환' }]);
  });

  it.each<Choice>([
    { type: 'share', label: '공유' },
    { type: 'person', label: '상담원' },
    { type: 'pick-date', label: '날짜' },
    { type: 'pick-time', label: '시간' },
    { type: 'pick-time-slot', label: '시간' },
    { type: 'payment', label: '결제', payment: { id: 'order-1', totalKrw: 1_000, items: [] } },
  ])('leaves out what only its platform can do: $type', (choice) => {
    expect(simpleChoices(choice)).toEqual([]);
  });
});
