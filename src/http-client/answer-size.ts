/** What surrounds an answer: headers of frames, pings, an error page. */
const BASE_BYTES = 65_536;
/** A token comes in a frame of some 300 bytes, and once more where the end repeats the answer; thrice that. */
const BYTES_PER_TOKEN = 1_024;

/** The longest body that an answer of so many tokens can have, thinking included. What is longer has no end: memory would go to
 *  whoever stands in for the service. */
export function maxAnswerBytes(requestedTokens: number): number {
  return BASE_BYTES + BYTES_PER_TOKEN * requestedTokens;
}
