/** A message with it meets a bug in the core of the gateway under test. */
export const BUG_WORD = '고장나라';
