/** What was picked in a calendar, as a person would write it: eight digits in a row look like any number, to a model and to the mask. */

/** `20261124` or `20261124-20261126`; any other text as it is. */
export function pickedWords(text: string): string {
  const [, first, last] = /^(\d{8})(?:\s*-\s*(\d{8}))?$/.exec(text) ?? [];
  if (first === undefined) return text;
  return last === undefined ? dateWords(first) : `${dateWords(first)}부터 ${dateWords(last)}까지`;
}

function dateWords(date: string): string {
  return `${Number(date.slice(0, 4))}년 ${Number(date.slice(4, 6))}월 ${Number(date.slice(6))}일`;
}
