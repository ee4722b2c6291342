/** What the words around a number say it is: "계좌 110-123-456789", "주문번호 2026112212345678". */
import { matchesOf } from './matches-of.ts';
import { PERSONAL_DATA_LABEL, type PersonalDataKind } from './personal-data.ts';

/** `business` is a number that a label declares to be no personal data: an order, a parcel, a product. */
export type LabelKind = PersonalDataKind | 'business';

export interface NumberLabel {
  readonly kind: LabelKind;
  /** Nothing but a particle or punctuation stands between the label and the number. */
  readonly adjacent: boolean;
  /** 법인등록번호: the one number of a business that has the groups of a person's, and often begins like a day (1101 is Seoul). */
  readonly corporate: boolean;
}

interface LabelMatch {
  readonly kind: LabelKind;
  readonly start: number;
  readonly end: number;
  /** One of our own placeholders: it says what stood there, as the number itself would have. */
  readonly placeholder: boolean;
  /** Hints at the kind of a number and never names it. */
  readonly hint: boolean;
}

/** What a shop numbers, each followed by 번호 or 코드. */
const NUMBERED = [
  ...[
    '접수',
    '예약',
    '상품',
    '제품',
    '모델',
    '품목',
    '승인',
    '거래',
    '결제',
    '문의',
    '티켓',
    '쿠폰',
    '회원',
    '고객',
    '관리',
    '인증',
  ],
  ...[
    '영수증',
    '교환권',
    '바코드',
    '시리얼',
    '일련',
    '발권',
    '항공권',
    '여권',
    '추적',
    '조회',
    '반품',
    '교환',
    '배송',
    '참조',
    '구매',
  ],
  ...[
    '재고',
    '입고',
    '로트',
    '등록',
    '허가',
    '신고',
    '상품권',
    '기프트\\s?(?:카드|콘)?',
    '포인트',
    '멤버십',
    '멤버스',
    '통관\\s?고유',
  ],
  ...['부호', '차량', '법인\\s?등록', '사업자(?:\\s?등록)?', '통신판매업?', '판매업\\s?신고', '우편'],
];
const BUSINESS = [
  '주문\\s?(?:번호|코드|ID|아이디|no\\.?)|order\\s?(?:number|no\\.?|id|#)',
  '(?:운송장|송장)(?:\\s?번호)?|등기\\s?번호|택배\\s?(?:조회\\s?)?번호|우체국\\s?(?:택배|등기|소포)|운송번호',
  `(?:${NUMBERED.join('|')})\\s?(?:번호|코드|no\\.?)`,
  '바코드|시리얼|품번|모델명|법인등록|사업자등록',
  'tracking\\s?(?:number|no\\.?)?|invoice|serial|sku|isbn|imei|coupon|booking',
].join('|');

const RESIDENT = '주민\\s?(?:등록)?\\s?(?:번호)?(?:\\s?(?:앞자리|뒷자리|앞|뒤))?|주번|민번|RRN|뒷자리|뒷번호|생년월일';
const FOREIGNER = '외국인\\s?(?:등록)?\\s?(?:번호|증)|거소\\s?(?:신고)?\\s?번호|alien\\s?registration';
const CARD =
  '(?:신용|체크|법인|삼성|현대|롯데|비씨|국민|신한|하나|우리|농협|BC|비자|마스터|아멕스)?\\s?카드(?:\\s?번호)?|credit\\s?card|visa|master\\s?card|amex|card\\s?(?:number|no\\.?)';
const ACCOUNT =
  '계좌(?:\\s?번호)?|통장(?:\\s?번호)?|예금주?|[가-힣A-Z]{0,4}(?:은행|뱅크)|가상\\s?계좌|환불\\s?(?:계좌|받을)|새마을\\s?금고|우체국\\s?예금|저축\\s?은행|수협|신협|농협|축협|bank|account';
/** Words that speak of paying: an account may follow, and just as well the order that was paid for. */
const TRANSFER = '입금|송금|이체';
/** Bank names that are also ordinary words, cities or companies count only right before digits. */
const SHORT_BANK_NAME =
  '(?:국민|신한|우리|하나|KEB|농협|NH|기업|IBK|KB|KDB|산업|카뱅|카카오|토스|케뱅|케이|K뱅|새마을|수협|신협|SC|제일|씨티|부산|대구|광주|전북|경남|제주|DGB|BNK|iM|아이엠)(?=\\s?[:)]?\\s?\\d)';
/** Right behind a number they count as well, those apart that go on a sentence ("1234567890 하나 주세요"). */
const BANK_NAME_AFTER =
  /^\s?\(?(?:국민|신한|농협|기업|카뱅|카카오|토스|케뱅|새마을|씨티|부산|대구|광주|전북|경남|제주|KB|NH|IBK|SC)(?![가-힣A-Za-z])/i;
const PHONE =
  '(?:휴대|핸드|집|개인)?\\s?(?:전화|폰)(?:\\s?번호)?|연락처|휴대폰|핸드폰|휴대전화|손전화|폰번|전번|(?:제|내|대표|상담|안심)\\s?번호|\\b(?:h\\.?p|tel|mobile|phone|cell)\\b';

const PLACEHOLDER = Object.values(PERSONAL_DATA_LABEL).join('|');

const LABELS = new RegExp(
  `\\[(?<placeholder>${PLACEHOLDER})\\]|(?<business>${BUSINESS})|(?<foreigner>${FOREIGNER})|(?<resident>${RESIDENT})|` +
    `(?<card>${CARD})|(?<transfer>${TRANSFER})|(?<account>${ACCOUNT}|${SHORT_BANK_NAME})|(?<phone>${PHONE})`,
  'gi',
);

const KIND_OF_PLACEHOLDER = new Map<string, PersonalDataKind>(
  Object.entries(PERSONAL_DATA_LABEL).map(([kind, label]) => [label, kind as PersonalDataKind]),
);

function kindOf(groups: Readonly<Record<string, string | undefined>>): LabelKind {
  if (groups.placeholder !== undefined) return KIND_OF_PLACEHOLDER.get(groups.placeholder) ?? 'business';
  if (groups.business !== undefined) return 'business';
  if (groups.foreigner !== undefined) return 'foreigner-number';
  if (groups.resident !== undefined) return 'resident-number';
  if (groups.card !== undefined) return 'card-number';
  if (groups.account !== undefined || groups.transfer !== undefined) return 'account-number';
  return 'phone-number';
}

/** How far a label reaches forward over words, and a number's label to the next number ("계좌 두 개: 110…, 222…"). */
const REACH_BEFORE = 30;
const REACH_INHERITED = 12;
const REACH_AFTER = 10;
const BETWEEN_ADJACENT = /^(?:[\s:=#()[\]"'.,/-]|은|는|이|가|도|을|를|로|번호|코드|no\.?|입니다|이요|요)*$/i;
const LONGEST_BETWEEN_ADJACENT = 10;

/** A label reaches backwards over a holder's name and no more: "110123456789 홍길동 신한은행". */
const BETWEEN_BACKWARDS = /^(?:으로|로|은|는)?[\s(),:/-]*(?:[가-힣]{2,3})?[\s(),:/-]*$/;
/** "110123456789로 입금해 주세요" */
const TOWARDS = /^\s?(?:으로|로)\s*$/;

/** The labels of one text, asked about numbers from left to right. */
export class NumberLabels {
  readonly #text: string;
  readonly #labels: readonly LabelMatch[];
  #next = 0;
  #inherited: { readonly kind: LabelKind; readonly end: number } | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#labels = matchesOf(LABELS, text).map((match) => ({
      kind: kindOf(match.groups ?? {}),
      start: match.index,
      end: match.index + match[0].length,
      placeholder: match.groups?.placeholder !== undefined,
      hint: match.groups?.transfer !== undefined,
    }));
  }

  /** The label that speaks for a number starting at `start`, where the number before it ended at `previousEnd`. */
  before(start: number, previousEnd: number): NumberLabel | undefined {
    let nearest: LabelMatch | undefined;
    while (this.#next < this.#labels.length) {
      const label = this.#labels[this.#next];
      if (label === undefined || label.end > start) break;
      if (label.placeholder) this.#inherited = { kind: label.kind, end: label.end };
      this.#next += 1;
    }
    const last = this.#labels[this.#next - 1];
    if (last !== undefined && !last.placeholder && last.start >= previousEnd) nearest = last;
    if (nearest !== undefined && start - nearest.end <= REACH_BEFORE) {
      const between = this.#text.slice(nearest.end, start);
      return {
        kind: nearest.kind,
        corporate: nearest.kind === 'business' && this.#text.startsWith('법인', nearest.start),
        adjacent: !nearest.hint && between.length <= LONGEST_BETWEEN_ADJACENT && BETWEEN_ADJACENT.test(between),
      };
    }
    const inherited = this.#inherited;
    if (inherited === undefined || inherited.kind === 'business' || start - inherited.end > REACH_INHERITED) {
      return undefined;
    }
    return { kind: inherited.kind, adjacent: false, corporate: false };
  }

  /** The first label after a number that ends at `end`, unless the next number (or placeholder) comes sooner. */
  after(end: number, nextStart: number): LabelKind | undefined {
    if (BANK_NAME_AFTER.test(this.#text.slice(end, Math.min(nextStart, end + REACH_AFTER)))) return 'account-number';
    for (let i = this.#next; i < this.#labels.length; i += 1) {
      const label = this.#labels[i];
      if (label === undefined || label.start - end > REACH_AFTER || label.end > nextStart) return undefined;
      if (label.start < end) continue;
      const following = this.#labels[i + 1];
      const nextNumber = following?.placeholder === true ? Math.min(following.start, nextStart) : nextStart;
      if (nextNumber - label.end < label.start - end) return undefined; // it speaks for the next number
      const between = label.hint ? TOWARDS : BETWEEN_BACKWARDS;
      return !label.placeholder && between.test(this.#text.slice(end, label.start)) ? label.kind : undefined;
    }
    return undefined;
  }

  /** A number ending at `end` was found to be `kind`: it labels the number after it, as its placeholder would. */
  found(kind: LabelKind, end: number): void {
    this.#inherited = { kind, end };
  }
}
