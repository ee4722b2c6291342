/** What questions and entries are compared by: concepts, and pieces of text of one or two characters, each a 32-bit number. Text has
 *  its first character in the upper half, which no concept has. */
export type Term = number;

export const MAX_CONCEPTS = 0xffff;

/** @param code of a character that is not NUL, as everything that `normalize` leaves */
export function singleTerm(code: number): Term {
  return code << 16;
}

export function pairTerm(first: number, second: number): Term {
  return (first << 16) | second;
}

/** Concepts are numbered from 1. */
export function isConcept(term: Term): boolean {
  return term >>> 16 === 0;
}
