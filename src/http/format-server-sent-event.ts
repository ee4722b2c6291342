interface ServerSentEvent {
  readonly event: string;
  /** What the browser gives back as `Last-Event-ID`. */
  readonly id?: string | undefined;
  /** Any JSON value. */
  readonly data: unknown;
}

/** One event of a stream. JSON holds no raw line break, so `data` is always a single line; names and ids lose theirs. */
export function formatServerSentEvent({ event, id, data }: ServerSentEvent): string {
  const idLine = id === undefined ? '' : `id: ${oneLine(id)}\n`;
  return `${idLine}event: ${oneLine(event)}\ndata: ${JSON.stringify(data) ?? 'null'}\n\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ');
}
