/** Where a log goes, for pino. */
export interface LogDestination {
  write(text: string): void;
}

/** Hands on the lines of one turn of the event loop at its end, as one text: answers that one commit has stored are logged together, and
 *  a write for each is 2 % of what a message costs. Whoever ends the process calls `flushSync`; one that is killed says nothing of the turn
 *  it was in. */
export function gatherLines(destination: LogDestination): LogDestination & { flushSync(): void } {
  let gathered = '';
  const flushSync = () => {
    const text = gathered;
    gathered = '';
    if (text !== '') destination.write(text);
  };
  return {
    write(line) {
      if (gathered === '') setImmediate(flushSync);
      gathered += line;
    },
    flushSync,
  };
}
