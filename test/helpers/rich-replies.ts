/** One reply of each kind that a channel may have to draw. Pictures come from {@link FakeWebGateway}. */
import type { CardPart, CarouselPart, DetailsPart, ListPart, ProductPart, Reply } from '../../src/message.ts';

export const LIST: ListPart = {
  type: 'list',
  title: '자주 찾는 안내',
  items: [
    {
      title: '반품 방법',
      description: '받으신 날부터 7일 안에',
      imageUrl: '/picture.svg',
      choice: { type: 'message', label: '반품', text: '반품은 어떻게 하나요?' },
    },
    {
      title: '매장 찾기',
      imageUrl: '/picture.svg',
      choice: { type: 'link', label: '지도', url: 'https://map.example/' },
    },
    { title: '상담 예약', choice: { type: 'block', label: '예약', blockId: '5f1e', text: '상담 예약할게요' } },
    { title: '운영 시간', description: '평일 9시~18시', imageUrl: '/gone.png' },
  ],
  buttons: [{ type: 'link', label: '전체 보기', url: 'https://shop.example/help' }],
};

export const DETAILS: DetailsPart = {
  type: 'details',
  heading: '주문 내역',
  imageUrl: '/picture.svg',
  imageAltText: '회색 후드 티셔츠',
  imageShape: 'wide',
  rows: [
    { label: '주문 번호', value: '2026-1121-0042' },
    { label: '상품', value: '회색 후드 티셔츠 (L) 2장과 면 양말 세 켤레' },
    { label: '배송지', value: '서울시 중구' },
  ],
  rowAlignment: 'right',
  summary: { label: '결제 금액', value: '78,000원' },
  title: '오늘 출발했어요',
  description: '내일 도착할 예정이에요.',
  buttons: [
    { type: 'link', label: '배송 조회', url: 'https://post.example/1' },
    { type: 'share', label: '공유하기' },
  ],
  buttonLayout: 'horizontal',
};

export const PRODUCT: ProductPart = {
  type: 'product',
  title: '회색 후드 티셔츠',
  description: '도톰한 기모 안감',
  priceKrw: 39_000,
  discountedPriceKrw: 31_200,
  discountPercent: 20,
  imageUrl: '/picture.svg',
  imageLinkUrl: 'https://shop.example/hoodie',
  seller: { name: '말길 상점', imageUrl: '/picture.svg' },
  buttons: [{ type: 'link', label: '구매하기', url: 'https://shop.example/hoodie/buy' }],
};

function branch(name: string, description: string): CardPart {
  return {
    type: 'card',
    title: name,
    description,
    imageUrl: '/picture.svg',
    imageShape: 'wide',
    buttons: [{ type: 'message', label: `${name} 약도`, text: `${name} 약도 보여 주세요` }],
  };
}

export const CAROUSEL: CarouselPart = {
  type: 'carousel',
  header: { title: '매장 안내', description: '가까운 매장을 골라 보세요.', imageUrl: '/picture.svg' },
  cards: [
    branch('본점', '서울시 중구 세종대로 1'),
    branch('강남점', '서울시 강남구 테헤란로 2. 지하 주차장을 두 시간 동안 무료로 쓸 수 있어요.'),
    branch('부산점', '부산시 해운대구'),
    branch('대구점', '대구시 중구'),
    branch('제주점', '제주시 연동'),
  ],
};

/** A reply of everything, ending with the choices that only some places can offer. */
export const EVERYTHING: Reply = {
  parts: [
    { type: 'text', text: '이렇게 **정리**했어요.', format: 'markdown', forwardable: true },
    { type: 'image', url: '/picture.svg', altText: '매장 앞 사진', forwardable: true },
    LIST,
    DETAILS,
    PRODUCT,
    { ...CAROUSEL },
    {
      type: 'carousel',
      cards: [PRODUCT, { ...PRODUCT, title: '양말', priceKrw: 5_000, discountedPriceKrw: 4_500, discountPercent: 10 }],
    },
  ],
  quickReplies: [
    { type: 'block', label: '상담 예약', blockId: '5f1e' },
    { type: 'person', label: '상담원 연결하기' },
  ],
};
