import { type ContactKind, findContactDetails } from '../../privacy/contact-details.ts';

const WORD: Readonly<Record<ContactKind | 'unknown', string>> = {
  phone: '(전화번호)',
  link: '(링크)',
  email: '(이메일)',
  account: '(계좌번호)',
  messenger: '(메신저 아이디)',
  unknown: '(연락처)',
};

/** The text with a word for every number and address. Where nobody can tell any more whose they were, none may come back as a fact. */
export function withoutContacts(text: string): string {
  let result = '';
  let at = 0;
  for (const { kind, start, end } of findContactDetails(text)) {
    result += text.slice(at, start) + WORD[kind];
    at = end;
  }
  return result + text.slice(at);
}
