/** Texts with personal data and the kind in each. Numbers are made here, from nobody's life; the generator is seeded. */
import type { PersonalDataKind } from '../../src/privacy/personal-data.ts';

export interface PersonalDataExample {
  readonly text: string;
  readonly kind: PersonalDataKind;
  /** What must be gone after masking. */
  readonly secret: string;
}

/** Mulberry32: small, seeded, good enough to vary examples. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = seededRandom(20_261_122);

function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

function digits(count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}

function between(low: number, high: number): string {
  return String(low + Math.floor(random() * (high - low + 1))).padStart(2, '0');
}

/** `12345678` in groups of `sizes`, joined by `separator`. */
function grouped(number: string, sizes: readonly number[], separator: string): string {
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    groups.push(number.slice(at, at + size));
    at += size;
  }
  return groups.join(separator);
}

const KOREAN_DIGITS = '공일이삼사오육칠팔구';
const PURE_KOREAN_DIGITS = ['영', '하나', '둘', '셋', '넷', '다섯', '여섯', '일곱', '여덟', '아홉'];

function spoken(text: string): string {
  return text.replace(/\d/g, (digit) => KOREAN_DIGITS.charAt(Number(digit)));
}

function spokenPure(text: string): string {
  return text.replace(/\d/g, (digit) => PURE_KOREAN_DIGITS[Number(digit)] ?? '');
}

function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
}

function circled(text: string): string {
  return text.replace(/\d/g, (digit) => (digit === '0' ? '⓪' : String.fromCodePoint(0x245f + Number(digit))));
}

function superscript(text: string): string {
  return text.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)));
}

function keycaps(text: string): string {
  return text.replace(/\d/g, (digit) => `${digit}\uFE0F\u20E3`);
}

function sprinkled(text: string): string {
  return [...text].join('\u200B');
}

const DASHES = ['-', '–', '—', '‑', '－', '−', 'ㅡ', 'ー', ' - '];
const LOOSE = ['.', ' ', '·', '/', '\n', '-\n', '~', '_'];

/** Ways to write the same number. */
const DISGUISES: readonly ((text: string) => string)[] = [fullWidth, circled, superscript, keycaps, sprinkled];

const PHONE_FRAMES = [
  '제 번호는 %예요',
  '%',
  '연락처 %',
  '%로 전화 주세요',
  '%으로 문자 부탁드려요',
  '휴대폰번호:%',
  '홍길동 % 서울시 강남구',
  '배송 받는 분 번호가 %인데 바꿀 수 있나요?',
  '(%)',
  '주문번호 20261122-0012345 이고 연락처는 %입니다',
  '2026-11-22에 주문했고 %이에요. 3개 샀어요',
  'Tel.% 입니다',
  '확인 후 연락주세요\n%\n감사합니다',
  '1. % 2. 홍길동',
  '가격이 12,000원 맞나요? % 로 답 주세요',
];

function framed(frames: readonly string[], secret: string): string {
  return pick(frames).replace('%', () => secret);
}

function mobiles(): PersonalDataExample[] {
  return Array.from({ length: 90 }, (_, i) => {
    const number = `010${digits(8)}`;
    const secret =
      i % 3 === 0
        ? grouped(number, [3, 4, 4], pick(DASHES))
        : i % 3 === 1
          ? grouped(number, [3, 4, 4], pick(LOOSE))
          : pick([number, grouped(number, [3, 8], '-'), grouped(number, [7, 4], '-'), [...number].join(' ')]);
    return { text: framed(PHONE_FRAMES, secret), kind: 'phone-number', secret };
  });
}

function disguisedMobiles(): PersonalDataExample[] {
  return Array.from({ length: 50 }, () => {
    const number = grouped(`010${digits(8)}`, [3, 4, 4], pick(['-', ' ', '']));
    const secret = pick(DISGUISES)(number);
    return { text: framed(PHONE_FRAMES, secret), kind: 'phone-number', secret };
  });
}

function spokenMobiles(): PersonalDataExample[] {
  return Array.from({ length: 40 }, (_, i) => {
    const number = grouped(`010${digits(8)}`, [3, 4, 4], pick(['-', ' ', '', '에 ', ' 다시 ']));
    const mixed = number.replace(/^(\d{3}\D*)(\d{4})/, (_all, head: string, middle: string) => spoken(head) + middle);
    const secret = pick([spoken(number), mixed, i % 2 === 0 ? spokenPure(number.replace(/\D/g, '')) : spoken(number)]);
    return { text: framed(PHONE_FRAMES.slice(0, 8), secret), kind: 'phone-number', secret };
  });
}

const AREAS = [
  '02',
  '031',
  '032',
  '033',
  '041',
  '042',
  '043',
  '044',
  '051',
  '052',
  '053',
  '054',
  '055',
  '061',
  '062',
  '063',
  '064',
  '070',
  '080',
];

function landlines(): PersonalDataExample[] {
  return Array.from({ length: 60 }, () => {
    const area = pick(AREAS);
    const exchange = area === '070' ? `7${digits(3)}` : `${between(2, 9).slice(1)}${digits(pick([2, 3]))}`;
    const line = digits(4);
    const secret = pick([
      `${area}-${exchange}-${line}`,
      `${area}.${exchange}.${line}`,
      `${area} ${exchange} ${line}`,
      `${area})${exchange}-${line}`,
      `(${area}) ${exchange}-${line}`,
      `${area}${exchange}${line}`,
      `${area}–${exchange}–${line}`,
    ]);
    return { text: framed(PHONE_FRAMES, secret), kind: 'phone-number', secret };
  });
}

function otherPhones(): PersonalDataExample[] {
  const written = [
    `+82 10-${digits(4)}-${digits(4)}`,
    `+82-10-${digits(4)}-${digits(4)}`,
    `+82 (0)10-${digits(4)}-${digits(4)}`,
    `+8210${digits(8)}`,
    `+82 2-${digits(3)}-${digits(4)}`,
    `+82-31-${digits(3)}-${digits(4)}`,
    `(+82) 10 ${digits(4)} ${digits(4)}`,
    `82-10-${digits(4)}-${digits(4)}`,
    `8210${digits(8)}`,
    `＋８２ １０－${fullWidth(digits(4))}－${fullWidth(digits(4))}`,
    `0502-${digits(4)}-${digits(4)}`,
    `0507-1${digits(3)}-${digits(4)}`,
    `0505-${digits(3)}-${digits(4)}`,
    `011-${digits(3)}-${digits(4)}`,
    `016-${digits(3)}-${digits(4)}`,
    `019-${digits(4)}-${digits(4)}`,
    `010-${digits(4)}-${digits(2)}-${digits(2)}`,
    `010 ${digits(2)} ${digits(2)} ${digits(2)} ${digits(2)}`,
    `O1O-${digits(4)}-${digits(4)}`,
    `ㅇ1ㅇ ${digits(4)} ${digits(4)}`,
    '+1 415-555-2671',
    '+81 90-1234-5678',
    '+86 138 0013 8000',
    '+84 912 345 678',
    '+852 9123 4567',
    '+886 912 345 678',
  ];
  return written.map((secret) => ({ text: `연락처는 ${secret} 입니다`, kind: 'phone-number', secret }));
}

const REGISTRATION_FRAMES = [
  '%',
  '주민번호 %',
  '제 주민등록번호는 %입니다',
  '% 홍길동 본인확인이요',
  '본인인증 %로 해주세요',
  '생년월일이랑 뒷자리 %',
];

function registrationNumbers(): PersonalDataExample[] {
  return Array.from({ length: 70 }, (_, i) => {
    const foreigner = i % 4 === 3;
    const old = random() < 0.7;
    const year = old ? between(40, 99) : between(0, 20);
    const marker = foreigner ? (old ? pick(['5', '6']) : pick(['7', '8'])) : old ? pick(['1', '2']) : pick(['3', '4']);
    const number = `${year}${between(1, 12)}${between(1, 28)}${marker}${digits(6)}`;
    const plain = pick([
      grouped(number, [6, 7], pick(DASHES)),
      grouped(number, [6, 7], ' '),
      grouped(number, [6, 7], '\n'),
      // Bare numbers that a barcode could be as well need the word for them.
      number.startsWith('880') ? grouped(number, [6, 7], '-') : number,
      [...number].join(' '),
    ]);
    const secret = i % 5 === 0 ? pick([...DISGUISES, spoken])(grouped(number, [6, 7], '-')) : plain;
    return {
      text: framed(REGISTRATION_FRAMES, secret),
      kind: foreigner ? 'foreigner-number' : 'resident-number',
      secret,
    };
  });
}

/** The digits with Luhn's check digit behind them. */
function withCheckDigit(head: string): string {
  const sum = [...head].reduceRight((total, digit, i) => {
    const fromRight = head.length - 1 - i;
    const doubled = fromRight % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${head}${(10 - (sum % 10)) % 10}`;
}

const CARD_FRAMES = [
  '%',
  '카드번호 %',
  '신용카드 %로 결제했어요',
  '결제 카드 % 유효기간 12/28',
  '% 이 카드 취소해 주세요',
  '삼성카드 % 할부요',
];

function cards(): PersonalDataExample[] {
  return Array.from({ length: 60 }, (_, i) => {
    const prefix = pick([
      '4',
      '4',
      '51',
      '53',
      '55',
      '2221',
      '2720',
      '3528',
      '3589',
      '62',
      '9410',
      '9490',
      '6011',
      '356',
    ]);
    const number = withCheckDigit(prefix + digits(15 - prefix.length));
    const plain = pick([number, grouped(number, [4, 4, 4, 4], pick([...DASHES, ' ', '.', '\n']))]);
    const amex = withCheckDigit(`37${digits(12)}`);
    const secret =
      i % 6 === 0
        ? grouped(amex, [4, 6, 5], pick(['-', ' ']))
        : i % 6 === 1
          ? pick(DISGUISES)(grouped(number, [4, 4, 4, 4], '-'))
          : i % 6 === 2
            ? spoken(grouped(number, [4, 4, 4, 4], ' '))
            : plain;
    return { text: framed(CARD_FRAMES, secret), kind: 'card-number', secret };
  });
}

/** Bank, how it prints account numbers, and how they begin. */
const BANKS: readonly (readonly [string, readonly number[], string])[] = [
  ['국민은행', [6, 2, 6], '4'],
  ['KB국민', [3, 2, 4, 3], '6'],
  ['신한은행', [3, 3, 6], '110'],
  ['신한', [3, 2, 6], '354'],
  ['우리은행', [4, 3, 6], '1002'],
  ['하나은행', [3, 6, 5], '391'],
  ['농협', [3, 4, 4, 2], '302'],
  ['기업은행', [3, 6, 2, 3], '048'],
  ['카카오뱅크', [4, 2, 7], '3333'],
  ['토스뱅크', [4, 4, 4], '1000'],
  ['케이뱅크', [3, 3, 6], '100'],
  ['새마을금고', [4, 4, 4, 1], '9002'],
  ['우체국예금', [6, 2, 6], '6'],
  ['SC제일은행', [3, 2, 6], '5'],
  ['씨티은행', [3, 6, 3], '8'],
  ['부산은행', [3, 4, 4, 2], '112'],
  ['대구은행', [3, 2, 6, 1], '508'],
  ['수협', [3, 3, 6], '101'],
  ['신협', [3, 3, 6], '132'],
];

const ACCOUNT_FRAMES = [
  '#$',
  '# $ 홍길동',
  '계좌번호 $ (#)',
  '환불 계좌는 # $ 입니다',
  '$ # 예금주 홍길동',
  '#로 입금해주세요 $',
  '환불받을 계좌: # $',
  '# 계좌 $로 50,000원 보내주세요',
];

function accounts(): PersonalDataExample[] {
  return Array.from({ length: 80 }, (_, i) => {
    const [bank, sizes, head] = pick(BANKS);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const number = head + digits(total - head.length);
    const written = pick([
      grouped(number, sizes, '-'),
      grouped(number, sizes, ' '),
      number,
      grouped(number, sizes, pick(DASHES)),
    ]);
    const secret = i % 8 === 0 ? pick(DISGUISES)(grouped(number, sizes, '-')) : written;
    const text = pick(ACCOUNT_FRAMES)
      .replace('#', bank)
      .replace('$', () => secret);
    return { text, kind: 'account-number', secret };
  });
}

function unlabelledAccounts(): PersonalDataExample[] {
  return [
    '110-123-456789',
    '1002-345-678901',
    '3333-01-1234567',
    '302-1234-5678-91',
    '391-910234-56789',
    '100-234-567890',
  ].flatMap((secret) => [
    { text: secret, kind: 'account-number' as const, secret },
    { text: `${secret}로 보내주세요`, kind: 'account-number' as const, secret },
  ]);
}

function emails(): PersonalDataExample[] {
  const secrets = [
    'hong@naver.com',
    'hong.gildong@gmail.com',
    'hong_gildong-99@daum.net',
    'hong+shop@example.co.kr',
    'HONG@HANMAIL.NET',
    'h1234567@kakao.com',
    'ｈｏｎｇ＠ｎａｖｅｒ．ｃｏｍ',
    'hong @ naver.com',
    'hong@ naver.com',
    'hong\u200B@naver.com',
    'hong@naver。com',
    'hong﹫naver.com',
    'a@b.io',
    '01012345678@naver.com',
    'first.last@mail.sub.example.org',
    'hong@naver',
    'hong%shop@company-name.kr',
  ];
  const frames = ['%', '메일은 %입니다', '%로 보내주세요.', '이메일:%', '(%)', '"%"', '<%>', '답장은 % 이쪽으로요'];
  return secrets.flatMap((secret) =>
    [framed(frames, secret), framed(frames, secret), framed(frames, secret)].map((text) => ({
      text,
      kind: 'email',
      secret,
    })),
  );
}

/** Written by hand, as customers write. */
function handWritten(): PersonalDataExample[] {
  const phone: readonly (readonly [string, string])[] = [
    ['공일공 일이삼사 오육칠팔이에요', '공일공 일이삼사 오육칠팔'],
    ['번호 공일공-1234-오육칠팔 입니다', '공일공-1234-오육칠팔'],
    ['공일공에 구구팔팔에 칠칠육육이요', '공일공에 구구팔팔에 칠칠육육'],
    ['폰번 010 9988 7766이구요 주소는 그대로예요', '010 9988 7766'],
    ['010-9988-7766인데 왜 문자가 안 와요', '010-9988-7766'],
    ['동생 번호로 바꿔주세요 01099887766 -> 01011112222', '01099887766'],
    ['집전화 02-555-0101 로 부탁합니다', '02-555-0101'],
    ['02)555-0101', '02)555-0101'],
    ['부재시 0507-1234-5678 안심번호로요', '0507-1234-5678'],
    ['받는사람 김철수/010-2222-3333/문앞에 놔주세요', '010-2222-3333'],
    ['HP 010.2222.3333', '010.2222.3333'],
    ['전화번호는 555-0101이에요', '555-0101'],
    ['제 핸드폰 10-2222-3333', '10-2222-3333'],
    ['하나둘삼 말고 공일공이이이이삼삼삼삼으로요', '공일공이이이이삼삼삼삼'],
    ['[010-2222-3333]', '010-2222-3333'],
    ['010-2222-3333,010-4444-5555 둘 다 돼요', '010-4444-5555'],
    ['010-2222-3333/010-4444-5555', '010-4444-5555'],
    ['0​1​0-2222-3333', '0​1​0-2222-3333'],
    ['공 일 공 이 이 이 이 삼 삼 삼 삼', '공 일 공 이 이 이 이 삼 삼 삼 삼'],
    ['공일공의 구구팔팔의 칠칠육육', '공일공의 구구팔팔의 칠칠육육'],
    ['안심번호 050-1234-5678', '050-1234-5678'],
    ['0303-123-4567 팩스', '0303-123-4567'],
    ['송장 조회하려는데 010-2222-3333 으로 등록된 거 있나요', '010-2222-3333'],
    ['주문번호는 모르고 전화번호는 01022223333이에요', '01022223333'],
  ];
  const others: readonly PersonalDataExample[] = [
    { text: '900101-1******', kind: 'resident-number', secret: '900101-1' },
    { text: '주민번호 앞자리 900101-2 이에요', kind: 'resident-number', secret: '900101-2' },
    { text: '외국인등록번호 900101-5234567', kind: 'foreigner-number', secret: '900101-5234567' },
    {
      text: '구공공일공일 일이삼사오육칠 이 제 주민번호예요',
      kind: 'resident-number',
      secret: '구공공일공일 일이삼사오육칠',
    },
    { text: '90.01.01-1234567', kind: 'resident-number', secret: '90.01.01-1234567' },
    { text: '주민번호는 900101 1 234567 입니다', kind: 'resident-number', secret: '900101 1 234567' },
    { text: '주민번호 앞자리는 900101이고 뒷자리는 1234567입니다', kind: 'resident-number', secret: '1234567' },
    { text: '90 01 01 - 1 234567', kind: 'resident-number', secret: '90 01 01 - 1 234567' },
    { text: '생년월일 900101-1', kind: 'resident-number', secret: '900101-1' },
    { text: '카드 4518 4212 3456 789', kind: 'card-number', secret: '4518 4212 3456 789' },
    { text: '카드 4111 1111 1111 1111 12/28 123', kind: 'card-number', secret: '4111 1111 1111 1111' },
    { text: '카드번호가 1234-5678-9012-3456 인데요', kind: 'card-number', secret: '1234-5678-9012-3456' },
    { text: '국민 123456-01-234567', kind: 'account-number', secret: '123456-01-234567' },
    { text: '우리 1002 345 678901 홍길동', kind: 'account-number', secret: '1002 345 678901' },
    { text: '토스뱅크 1000-1234-5678로 환불해 주세요', kind: 'account-number', secret: '1000-1234-5678' },
    {
      text: '주문번호 2026112212345678 환불은 카카오뱅크 3333011234567로요',
      kind: 'account-number',
      secret: '3333011234567',
    },
    { text: '110123456789 홍길동 신한은행', kind: 'account-number', secret: '110123456789' },
    { text: '3333011234567로 송금해 주세요', kind: 'account-number', secret: '3333011234567' },
    { text: '110123456789 신한 김영희', kind: 'account-number', secret: '110123456789' },
    {
      text: '계좌 두 개 알려드릴게요 110-123-456789, 333301123456 7중 아무거나',
      kind: 'account-number',
      secret: '110-123-456789',
    },
  ];
  return [...phone.map(([text, secret]) => ({ text, secret, kind: 'phone-number' as const })), ...others];
}

/** What people do so that a mask does not see a number. Every one must be masked, whatever the rate over all examples. */
export const EVASIONS: readonly PersonalDataExample[] = (
  [
    // Digits in English words, beside digits and without.
    ['zero one zero 6666 7777', 'phone-number', '7777'],
    ['Zero-One-Zero 6666-7777', 'phone-number', '7777'],
    ['010 six six six six 7777', 'phone-number', 'six'],
    ['zero one zero six six six six seven seven seven seven', 'phone-number', 'seven'],
    // Two items joined, or an item with digits hanging on it.
    ['900101-1234567-010-1234-5678', 'resident-number', '234567'],
    ['4111111111111111900101-1234567', 'card-number', '1234567'],
    ['010123456789001011234567', 'phone-number', '900101'],
    ['010-1234-5678900101-1234567', 'phone-number', '1234567'],
    ['9001011234567-01', 'resident-number', '9001011234567'],
    ['900101-12345678', 'resident-number', '1234567'],
    ['12-900101-1234567', 'resident-number', '1234567'],
    ['1,900101-1234567', 'resident-number', '1234567'],
    ['19900101-1234567', 'resident-number', '1234567'],
    ['12-010-1234-5678', 'phone-number', '5678'],
    ['010-1234-56789', 'phone-number', '5678'],
    ['010987654321', 'phone-number', '98765432'],
    ['41111111111111119', 'card-number', '411111111111'],
    ['94111111111111111', 'card-number', '411111111111'],
    ['900101-1234567-[전화번호]', 'resident-number', '1234567'],
    // The label stands right there.
    ['주민번호 앞 900101 뒤 1234567', 'resident-number', '1234567'],
    ['주민번호 앞자리 900101, 뒷자리 1 234567', 'resident-number', '234567'],
    ['주민등록번호: 900101=1234567', 'resident-number', '1234567'],
    ['주민번호 9001011234567abc', 'resident-number', '1234567'],
    ['생년월일 900101 뒤 1234567', 'resident-number', '1234567'],
    ['주민번호 뒤 1234567', 'resident-number', '1234567'],
    ['카드번호 4111111111111111abc', 'card-number', '1111'],
    ['연락처 01012345678abc', 'phone-number', '12345678'],
    // Separators that nobody uses otherwise.
    ...[':', '=', '+', '*', '|', '_', ',', ' : ', ';', '#', '!', '^', '💛'].flatMap(
      (separator) =>
        [
          [`900101${separator}1234567`, 'resident-number', '1234567'],
          [`010${separator}1234${separator}5678`, 'phone-number', '5678'],
        ] as const,
    ),
    ['010:1234-5678', 'phone-number', '5678'],
    ['02:1234:5678', 'phone-number', '5678'],
    ['신한 110:123:456789', 'account-number', '456789'],
    ['4111:1111:1111:1111', 'card-number', '1111'],
    ['4111-11111111-1111', 'card-number', '1111'],
    // Letters and foreign digits in place of digits.
    ['900101-l234567', 'resident-number', '234567'],
    ['9OO1O1-1234567', 'resident-number', '1234567'],
    ['010-I234-5678', 'phone-number', '5678'],
    ['O1O-1234-5678', 'phone-number', '5678'],
    ['010-l234-5678이에요', 'phone-number', '5678'],
    ['О10-1234-5678', 'phone-number', '5678'],
    ['O2-123-4567', 'phone-number', '4567'],
    ['4lll-1111-1111-1111', 'card-number', '1111'],
    ['٠١٠-١٢٣٤-٥٦٧٨', 'phone-number', '٥٦٧٨'],
    ['०१०-१२३४-५६७८', 'phone-number', '५६७८'],
    ['۰۱۰ ۱۲۳۴ ۵۶۷۸', 'phone-number', '۵۶۷۸'],
    ['๙๐๐๑๐๑-๑๒๓๔๕๖๗', 'resident-number', '๑๒๓๔๕๖๗'],
    ['일일공 다시 일이삼 다시 사오육칠팔구 신한', 'account-number', '사오육칠팔구'],
    // Torn where nobody cuts.
    ['900101-1234 567', 'resident-number', '1234 567'],
    ['900101 1234 567', 'resident-number', '1234 567'],
    ['900101-12 345 67', 'resident-number', '345 67'],
    ['900101 12 34 56 7', 'resident-number', '34 56 7'],
    ['260101 3234 560', 'resident-number', '3234'],
    ['0 10 1234 5678', 'phone-number', '1234'],
    ['01 0 1234 5678', 'phone-number', '1234'],
    ['01 01 23 45 67 8', 'phone-number', '23 45'],
    // Words and quotation marks between the groups.
    ['010 그리고 1234 그리고 5678', 'phone-number', '1234'],
    ['앞자리 010 가운데 1234 끝 5678', 'phone-number', '1234'],
    ['앞은 010이고 가운데는 1234, 뒷자리는 5678', 'phone-number', '1234'],
    ['"010" "1234" "5678"', 'phone-number', '1234'],
    ['010 and 1234 and 5678', 'phone-number', '1234'],
    ['02 그리고 555 그리고 1234', 'phone-number', '1234'],
    ['지역번호는 031이고 가운데는 555, 뒷자리는 1234', 'phone-number', '1234'],
    // Groups read as numbers.
    ['공일공에 천이백삼십사에 오천육백칠십팔이에요', 'phone-number', '천이백'],
    ['공이에 이천삼백사십오에 6789', 'phone-number', '6789'],
    // Glued to a name, or under another name.
    ['kakao01012345678', 'phone-number', '12345678'],
    ['id_01012345678', 'phone-number', '12345678'],
    ['ORD-010-1234-5678', 'phone-number', '1234'],
    ['제아이디는 kim#01012345678', 'phone-number', '12345678'],
    // A numeral among digits.
    ['010-1234-567팔', 'phone-number', '567'],
    ['공일공 1이3사 오6칠8', 'phone-number', '3사'],
    ['０一０-一二三四-五六七八', 'phone-number', '五六七八'],
    ['0一0-1234-567八이에요', 'phone-number', '567'],
    ['0101234567팔', 'phone-number', '1234'],
    ['02-12삼-4567', 'phone-number', '4567'],
    ['02-5five5-1234', 'phone-number', 'five'],
    ['010-1이3four-567여덟', 'phone-number', '567'],
    ['900101-일234567', 'resident-number', '234567'],
    ['411일-1111-1111-1111', 'card-number', '1111'],
    ['신한 11공-123-456789', 'account-number', '456789'],
    // Addresses in words.
    ['hong (at) example.com', 'email', 'hong'],
    ['hong（at）example.com', 'email', 'hong'],
    ['hong\u00A0at\u00A0example dot com', 'email', 'hong'],
    ['hong[at]example[dot]com', 'email', 'hong'],
    ['hong at naver dot com', 'email', 'hong'],
    ['hong(골뱅이)naver.com', 'email', 'hong'],
    ['hong골뱅이naver.com', 'email', 'hong'],
    ['hong골뱅이naver', 'email', 'hong'],
    ['hong 골뱅이 naver 닷컴', 'email', 'hong'],
    ['hong 골뱅이 네이버 점 컴으로 주세요', 'email', 'hong'],
    ['hong@예시.한국', 'email', 'hong'],
    ['홍길동@한국.kr', 'email', '홍길동'],
    ['홍길동@example.com', 'email', '홍길동'],
    ['메일은 kim at example.com', 'email', 'kim'],
    ['E-mail: kim at example.com', 'email', 'kim'],
    // Letter by letter.
    ['k i m @ n a v e r . c o m', 'email', 'k i m'],
    ['k i m @ naver.com', 'email', 'k i m'],
    ['kim @ n a v e r . c o m', 'email', 'kim'],
    ['kim@n a v e r . c o m', 'email', 'kim'],
    ['hong@예시.한국으로 보내주세요', 'email', 'hong'],
  ] as const
).map(([text, kind, secret]) => ({ text, kind, secret }));

/** A label is a customer's word as well: whatever stands before them, these digits are nothing else. */
export const MISLABELLED: readonly PersonalDataExample[] = [
  ...[
    '주문번호',
    '예약번호',
    '운송장',
    '회원번호',
    '고객번호',
    '인증번호',
    '승인번호',
    '결제번호',
    '여권번호',
    '거래번호',
  ],
  ...['접수번호는', 'order no.', '송장번호:', '상품번호:'],
].flatMap((label) => [
  { text: `${label} 900101-1234567`, kind: 'resident-number', secret: '900101-1234567' },
  { text: `${label} 90.01.01-2234567`, kind: 'resident-number', secret: '2234567' },
  { text: `${label} 900101 5234567`, kind: 'foreigner-number', secret: '5234567' },
  { text: `${label} 9001011234568`, kind: 'resident-number', secret: '9001011234568' },
  { text: `${label} 01012345678`, kind: 'phone-number', secret: '12345678' },
  { text: `${label} 4111-1111-1111-1111`, kind: 'card-number', secret: '1111-1111' },
  { text: `${label} 4111111111111111`, kind: 'card-number', secret: '4111111111111111' },
  { text: `${label} 3782-822463-10005`, kind: 'card-number', secret: '822463' },
]);

export const PERSONAL_DATA_EXAMPLES: readonly PersonalDataExample[] = [
  ...mobiles(),
  ...disguisedMobiles(),
  ...spokenMobiles(),
  ...landlines(),
  ...otherPhones(),
  ...registrationNumbers(),
  ...cards(),
  ...accounts(),
  ...unlabelledAccounts(),
  ...emails(),
  ...handWritten(),
  ...EVASIONS,
  ...MISLABELLED,
];

function business(): string[] {
  const made: string[] = [];
  for (let i = 0; i < 30; i += 1) {
    const day = `2026${between(1, 12)}${between(1, 28)}`;
    made.push(
      `주문번호 ${day}-${digits(7)} 언제 오나요?`,
      `주문번호는 ${day}${digits(8)}입니다`,
      `${day}-${digits(7)} 취소해 주세요`,
      `${day}${digits(8)} 어디쯤 왔나요`,
      `ORD-${day}-${digits(5)} 확인 부탁드려요`,
      `송장번호 ${digits(12)} 조회가 안돼요`,
      `운송장 ${grouped(digits(12), [4, 4, 4], '-')} 배송조회`,
      `${between(1, 99)},${digits(3)}원 결제했는데 ${between(1, 9)}${digits(3)},${digits(3)}원이 나왔어요`.replace(
        /\d{4},/,
        '123,',
      ),
      `${grouped(day, [4, 2, 2], pick(['-', '.', '/']))} ${between(0, 23)}:${between(0, 59)}에 주문했어요`,
      `상품코드 ${pick(['AB', 'SKU', 'P'])}${digits(8)} 재입고 되나요`,
    );
  }
  return made;
}

/** What comes close to a rule against evasion and is nobody's data. Not one may be touched. */
export const NEAR_MISSES: readonly string[] = [
  // Long codes and orders
  '2026112290010112 주문이요',
  '26112212345678 주문했어요',
  '261122-12345678 확인해 주세요',
  '거래번호 90010112345678',
  '주문번호 4111111111111111900',
  'AB90010112345678CD',
  'BR-110-123-456789-01',
  '2010-1234-5678',
  '3.90010112345678',
  '1234-5678-9012-3456-7890',
  '100-1234567',
  'AB01012345678CD',
  'ORD-0101234567',
  'ORD-110-123-456789',
  'ORD-010123456789',
  'https://example.com/products/SKU0101234567',
  // Labels
  '주민센터 앞 900101 뒤 4자리는 모르겠어요',
  '3일 뒤 1234567원 입금할게요',
  '900101 뒤 1234567원',
  '뒤 1234567',
  '주문번호 9001011234567abc',
  '9001011234567abc',
  // Separators
  '150000+1500000원',
  '999999=9999999',
  '10:12:25 1234567번째 방문',
  '02:15:33',
  '02:15:1234',
  '1:10:100:1000',
  '10:00~18:00, 12:00:13:00',
  '1200*600*750 책장',
  '2+1+1, 3+3+3',
  '010: 요금제, 1234: 비밀번호',
  '전화는 900:1800 사이에',
  '카드 26-11-22 14:30:00 1234원',
  '5000:1000:1000:1000',
  // Letters that look like digits
  'Oil 1234 5678',
  'lol-1234-5678',
  'ill 123 4567',
  'LOT-l23456-7890123',
  '999999-l234567',
  '모델 IO1-234-5678',
  'A1O-1234-567',
  // Words between numbers
  '010 요금제 1234 포인트 5678',
  '010 가입자 2024 년 2025',
  '10010 그리고 1234 그리고 5678',
  '010번 1234번 5678번 상품',
  '010 그리고 1234 그리고 5678원',
  '02 사이즈 123 사이즈 4567 사이즈 있어요?',
  '02호 그리고 123호 그리고 4567호요',
  '천육백에 이천삼백 원 더 낼게요',
  '천오백팔십팔 개랑 천이백삼십사 개 주문이요',
  // Days and rows of quantities
  '261122 1430 150',
  '961225 1500 001원 입금',
  '가격 900101 1234 567원',
  '950101 120 34 56 개',
  '261122-12 345 67',
  '251122 10 20 30 5',
  '991301 12 34 56 7',
  '900101 12 34 56',
  '0 10 20 30 40 50',
  '0 10 100 1000 1',
  '01 11 22 33 44 45',
  // Numerals beside digits
  '1일-123-456789',
  '11일-12일-1234567',
  '3일 1234 5678',
  '2026-11-2이 3000',
  '900101일 1234567',
  '20261122-001234오',
  '010-1234-56칠',
  // 다시, 골뱅이, at
  '3번 다시 4번 다시 560번 눌렀어요',
  '2개 다시 3개 다시 보내주세요',
  '110 123 456789',
  '동원 골뱅이 naver 쇼핑에서 팔아요?',
  'CJ 골뱅이 400g 3캔',
  '골뱅이 naver 검색',
  '할인 (at) 매장',
  'sale (at) store',
  'meet me at the store',
  'look at polka dot shirts',
  'sale at polka dots',
  '@예시.한국',
  'I bought it at example.com',
  'e-mail us at the store',
  '고객님@naver 검색',
  '문의 @ 매장',
  'a b c @ d e f',
  '점심 [at] 12.30',
];

/** Texts in which nothing is personal. */
export const BUSINESS_EXAMPLES: readonly string[] = [
  ...business(),
  ...NEAR_MISSES,
  ...[
    '배송은 며칠 걸리나요?',
    '20261122에 산 거 교환되나요',
    '2026-11-22 14:30:00 결제',
    '2026.11.22(일) 오후 3시',
    '1,234,567원 환불 언제 되나요',
    '1588-1234로 전화하면 되나요?',
    '15881234 여기 전화번호 맞죠',
    '고객센터 1644-5678 연결이 안돼요',
    '1800-1234는 몇 시까지인가요',
    '사업자등록번호 123-45-67890 맞나요',
    '123-45-67890',
    '90-60-90 사이즈 있어요?',
    '우편번호 06236인데 배송되나요',
    '06236-1234',
    '100-200-300 세트 주세요',
    '바코드 8801234567893 상품 있나요',
    '8801234567893',
    'ISBN 979-11-1234-567-8 재고 있나요',
    'ISBN 9791112345678',
    '제품번호 SM-G998N-256',
    '모델명 RF85C9001AP 필터 주세요',
    '쿠폰번호 1234-5678-9012-3456이 안 먹어요',
    '쿠폰번호 ABCD-1234-EFGH-5678',
    '승인번호 12345678 결제 취소요',
    '예약번호 1029384756 변경할게요',
    '회원번호 1234567890이에요',
    '인증번호 123456 맞죠?',
    '인증번호가 안 와요 6자리요',
    '3개에 10,000원 맞나요?',
    '10~20만원대 추천해 주세요',
    '30% 할인 1+1 행사인가요',
    '오늘 15:00-18:00 사이에 올 수 있나요',
    '1500-1800 사이 방문 가능해요',
    '사이즈 95 100 105 110 다 있나요',
    '260 265 270 275 280 중에 재고 있는 거요',
    '1 2 3 4 5 6 7번 색상 다 보여주세요',
    '가로 1200 세로 600 높이 750 책상이요',
    '1200x600x750',
    '3.141592653589793',
    '0.0123456789',
    '192.168.0.100 접속이 안돼요',
    '버전 2.10.1234.5678',
    '위도 37.566535 경도 126.977969',
    '이사 가는데 주소 바꿀 수 있어요?',
    '일이삼 사이즈 오이 육포 칠판 팔찌 구두',
    '이 오이 사이에 육포 팔아요?',
    '오늘 구매하면 이십일일에 오나요',
    '일월 이일부터 삼월 사일까지 행사인가요',
    '구구단 팔찌랑 칠보 팔찌 이 두 개요',
    '하나 둘 셋 세고 눌렀는데 안돼요',
    '@말길 안녕하세요',
    '인스타 @malgil_official 이벤트요',
    '가격이 @5,000원인가요',
    '해시태그 #2026 #11월',
    'https://example.com/products/1234567890 이거요',
    'https://smartstore.naver.com/shop/products/10123456789',
    'example.com/p/20261122-0012345',
    '우리 20개 하나 15개 기업 3개 시켰어요',
    '은행 입금은 50000원 했어요',
    '계좌로 1,234,567원 입금했어요',
    '입금 50000원 11월 22일',
    '20261122123000에 입금했어요',
    '2026112212345678 주문 입금 확인해주세요',
    '카드 결제 3개월 할부 되나요? 120000원이요',
    '카드로 2026년 11월 22일 결제',
    '카드 결제했는데 주문 2026112212345678 취소돼요?',
    '휴대폰 케이스 2026 신상 갤럭시 S26 울트라',
    '휴대폰 요금 35000원',
    '전화로 3번이나 했는데 안 받아요',
    '112 119 신고',
    '주민센터 옆 매장인가요',
    '생년월일 900101 맞아요',
    '1990년 1월 1일생인데 할인되나요',
    '통관고유부호 P123456789012',
    '등기번호 1234567890123 우체국 등기요',
    '우체국 6865-1234-56789 언제 와요',
    '롯데택배 1234-5678-9012',
    'CJ 6543 2109 8765',
    '계좌이체 20261122-0012345 주문건이요',
    '무통장입금 2026112212345678 확인 부탁드려요',
    '카드 2026112212345678 결제 취소',
    '1234567890 확인하고 국민은행 앞 매장에서 받을게요',
    'BR-110-123-456789 재고 있나요',
    '휴대폰 뒷자리 5678이에요',
    '카드 뒷자리 1234',
    '우체국택배 6012345678901 조회',
    'CJ대한통운 송장 640123456789',
    '송장 640123456789, 640123456790 두 개예요',
    '법인등록번호 110111-1234567',
    '통신판매업신고 제2026-서울강남-01234호',
    '차대번호 KMHXX00XXXX000000',
    '제2026-1234567호',
    'LOT 20261122-01',
    '시리얼 R58N123ABCD',
    'A4 80g 2500매 5박스',
    '100ml 2+1, 500ml 3+1',
    '-1234567890',
    '+100,000,000원',
    '포인트 +1000000점',
    '1234567',
    '12345678',
    '123456789012345678901234567890',
    '문의번호 01012345',
    // What a label says counts where the digits say nothing certain.
    '상품번호:4111111111111112',
    '쿠폰번호 4111-1111-1111-1112',
    '거래번호 909901-1234567',
    '주문번호 900101-9234567',
    '주문번호 9001011234567',
    '주문번호 2611221234563',
    '예약번호 261122-0012345',
    '운송장 4111-1111-1111',
    '거래번호 20261122110012345678',
    '14시 30분 15초',
    'BTS 7명 2013-06-13 데뷔',
    '강남구 테헤란로 123 45층 6789호',
    '서울 강남구 역삼동 123-45 101동 1001호',
    '가나다 12-34-56',
    '5678-1234',
    '2026-2027 시즌권',
    '2026-1122-3344',
    '8~10월 11-22-33 로또',
    '1234-56',
    '02:15:33.123456',
    '010 요금제',
    '010으로 시작하는 번호만 되나요?',
    '070은 안 받아요',
    '번호표 123번이에요',
    '이메일 주소가 뭔가요',
    '팔로워 1234567명',
    '3840x2160 4K 144Hz 27인치',
  ],
];
