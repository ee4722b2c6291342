/** How a command line ends. */

/** All went well; the work failed; the command was wrong; the person pressed Ctrl+C. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, cancelled: 130 } as const;

/** A failure for programs: one line on standard error. */
export function errorJson(error: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ error })}\n`;
}
