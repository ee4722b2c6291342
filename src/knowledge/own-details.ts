/** Numbers and addresses of the customer's own arrive masked ("제 번호는 [전화번호]예요"). They say nothing about what is asked. */

const PLACEHOLDER = /\[(?:주민등록번호|외국인등록번호|카드번호|계좌번호|전화번호|이메일)\]/;

/** What the number is called before it ("제 휴대폰 번호는"), and the end of that sentence behind it. Where the sentence goes on
 *  ("전화번호가 [전화번호]로 바뀌었어요"), its words are the question. */
const STATEMENT = new RegExp(
  [
    /(?:(?:제|내|저희|저의|우리|나의)\s*)?/,
    /(?:(?:주민\s*등록|외국인\s*등록|카드|계좌|전화|휴대폰|핸드폰|휴대\s*전화|폰|이메일|메일|번호|주소|연락처)\s*){0,3}/,
    /(?:은|는|이|가|도|:)?\s*/,
    PLACEHOLDER,
    /\s*(?:이에요|이예요|예요|에요|이요|요|입니다|입니당|임|이야|야|이고요|이구요|이고|고요)?\s*(?=$|[.!?~,\n])/,
  ]
    .map((part) => part.source)
    .join(''),
  'g',
);

export function withoutOwnDetails(question: string): string {
  if (!question.includes('[')) return question;
  return question.replace(STATEMENT, ' ').replace(new RegExp(PLACEHOLDER, 'g'), ' ');
}
