import { describe, expect, it } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { bubblesOfTemplate } from '../../simulator/kakao/bubbles.ts';
import { drawMessage } from '../../simulator/simulate/draw.ts';

const imageUrl = 'https://a.example/1.png';
const say = (label: string) => ({ label, action: 'message', messageText: label });

function draw(...outputs: readonly unknown[]): string {
  let next = 0;
  return drawMessage(bubblesOfTemplate({ outputs }), [], () => ++next, 80);
}

describe("KakaoTalk's bubbles in the terminal", () => {
  it('shows a text and a picture that can be passed on', () => {
    const drawing = draw(
      { simpleText: { text: '안녕하세요', forwardable: true } },
      { simpleImage: { imageUrl, altText: '매장', forwardable: true } },
    );
    expect(drawing.split('↗ 전달')).toHaveLength(3);
    expect(drawing).toContain('[사진: 매장] https://a.example/1.png');
  });

  it('shows where a picture leads, and buttons side by side', () => {
    const thumbnail = { imageUrl, link: { web: 'https://a.example/go' }, fixedRatio: true };
    const drawing = draw({ basicCard: { title: '니트', thumbnail, buttons: [say('예'), say('아니요')] } });
    expect(drawing).toContain('→ https://a.example/go');
    expect(drawing).toContain('[1] 예  [2] 아니요');
    const below = draw({
      basicCard: { title: '니트', thumbnail, buttons: [say('예'), say('아니요')], buttonLayout: 'vertical' },
    });
    expect(below).not.toContain('[1] 예  [2] 아니요');
  });

  it('shows what a product costs, what it cost, and who sells it', () => {
    const product = {
      title: '코트',
      price: 39_000,
      discountedPrice: 31_200,
      discountRate: 20,
      thumbnails: [{ imageUrl }],
      profile: { nickname: '말길상점' },
    };
    const drawing = draw({ commerceCard: product });
    expect(drawing).toContain('31,200원 20% (정가 39,000원)');
    expect(drawing).toContain('말길상점');
    const { discountedPrice, ...lonelyRate } = product;
    expect(draw({ commerceCard: lonelyRate })).not.toContain('20%');
  });

  it('shows an itemCard from its head to the words below its rows', () => {
    const itemCard = {
      head: { title: '주문 1234' },
      imageTitle: { title: '코트', description: '검정' },
      itemList: [{ title: '상태', description: '배송 중' }],
      itemListSummary: { title: '합계', description: '39,000원' },
      title: '내일 도착해요',
      description: '문 앞에 둘게요.',
      buttons: [
        { label: '공유하기', action: 'share' },
        { label: '상담원', action: 'operator' },
      ],
    };
    expect(draw({ itemCard })).toBe(
      [
        '  ╭────────────────────────╮',
        '  │ 주문 1234              │',
        '  │ 코트                   │',
        '  │ 검정                   │',
        '  ├────────────────────────┤',
        '  │ · 상태                 │',
        '  │     배송 중            │',
        '  ├────────────────────────┤',
        '  │ = 합계                 │',
        '  │     39,000원           │',
        '  ├────────────────────────┤',
        '  │ 내일 도착해요          │',
        '  │ 문 앞에 둘게요.        │',
        '  ├────────────────────────┤',
        '  │ [1] 공유하기 → 공유    │',
        '  │ [2] 상담원 → 상담 연결 │',
        '  ╰────────────────────────╯',
        '',
      ].join('\n'),
    );
    expect(textOf(bubblesOfTemplate({ outputs: [{ itemCard }] })).split('\n')).toEqual([
      '주문 1234',
      '코트',
      '검정',
      '상태',
      '배송 중',
      '합계',
      '39,000원',
      '내일 도착해요',
      '문 앞에 둘게요.',
    ]);
  });

  it('shows where the rows of a list lead', () => {
    const listCard = {
      header: { title: '메뉴' },
      items: [
        { title: '배송', imageUrl, action: 'message', messageText: '배송' },
        { title: '홈페이지', link: { web: 'https://a.example' } },
        { title: '안내' },
      ],
      forwardable: true,
    };
    const drawing = draw({ listCard });
    for (const line of ['메뉴', '[1] 배송', '[사진]', '[2] 홈페이지 → https://a.example', '· 안내'])
      expect(drawing).toContain(line);
    expect(drawing).not.toContain('전달'); // not beside rows that can be touched
  });

  it('shows a carousel card by card, its header first', () => {
    const header = { title: '신상품', description: '이번 주', thumbnail: { imageUrl } };
    const items = [
      { title: '하나', thumbnail: { imageUrl } },
      { title: '둘', thumbnail: { imageUrl } },
    ];
    const outputs = [{ carousel: { type: 'basicCard', header, items } }];
    expect(draw(...outputs)).toMatch(/신상품[\s\S]*이번 주[\s\S]*1 \/ 2[\s\S]*하나[\s\S]*2 \/ 2[\s\S]*둘/);
    expect(textOf(bubblesOfTemplate({ outputs }))).toBe('신상품\n이번 주\n하나\n둘');
  });
});
