/** The kinds of personal data that are looked for, and the word that stands in their place. */

export const PERSONAL_DATA_LABEL = {
  'resident-number': '주민등록번호',
  'foreigner-number': '외국인등록번호',
  'card-number': '카드번호',
  'account-number': '계좌번호',
  'phone-number': '전화번호',
  email: '이메일',
} as const;

export type PersonalDataKind = keyof typeof PERSONAL_DATA_LABEL;

/** Offsets in UTF-16 code units, `end` exclusive. */
export interface PersonalDataSpan {
  readonly kind: PersonalDataKind;
  readonly start: number;
  readonly end: number;
}

export function placeholderOf(kind: PersonalDataKind): string {
  return `[${PERSONAL_DATA_LABEL[kind]}]`;
}
