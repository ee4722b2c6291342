import type { WebhookRequest } from './channel.ts';

/** The first value of a header; `name` in lower case. */
export function headerValue(request: Pick<WebhookRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}
