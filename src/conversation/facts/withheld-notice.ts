/** Under an answer from which numbers or addresses were left out that nobody had given the model. */
export function withheldNotice(contact: string): string {
  return contact === ''
    ? '정확한 연락처나 주소는 확인되지 않아 안내해 드리지 못했어요.'
    : `정확한 안내는 아래로 문의해 주세요.\n${contact}`;
}
