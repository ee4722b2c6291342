/** For `vi.waitFor` and `expect.poll`: how long a test waits for a real thing. Theirs is one second, which a busy machine needs for a garbage
 *  collection; this ends before the test's own limit, so that a failure says what did not come. */
export const WAIT = { timeout: 40_000, interval: 25 };
