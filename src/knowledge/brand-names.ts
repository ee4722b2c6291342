/** Brands that people write in either alphabet: "KakaoPay 되나요" asks what "카카오페이 되나요" asks. */

const NAMES: Readonly<Record<string, string>> = {
  kakao: '카카오',
  kakaotalk: '카카오톡',
  naver: '네이버',
  n: '네이버',
  toss: '토스',
  samsung: '삼성',
  apple: '애플',
  google: '구글',
  visa: '비자',
  mastercard: '마스터카드',
  amex: '아멕스',
  payco: '페이코',
  pay: '페이',
  instagram: '인스타그램',
  insta: '인스타',
  coupang: '쿠팡',
  hanjin: '한진',
  lotte: '롯데',
};
const PAY = 'pay';

/** @param text in lower case */
export function brandsInHangul(text: string): string {
  return text.replace(/[a-z]{3,}/g, (run) => {
    if (Object.hasOwn(NAMES, run)) return NAMES[run] ?? run;
    const bank = run.endsWith(PAY) ? run.slice(0, -PAY.length) : '';
    return Object.hasOwn(NAMES, bank) ? `${NAMES[bank]}${NAMES[PAY]}` : run;
  });
}
