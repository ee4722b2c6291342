/** Alerts as JSON to an address of the operator's own: a chat room's incoming webhook, a pager, a script. */
import { Pool } from 'undici';
import type { TellOperator } from './alerts.ts';
import { TRUSTED_ONLY } from './upstream.ts';

export interface AlertWebhook {
  readonly tell: TellOperator;
  close(): Promise<void>;
}

const TIMEOUT_MS = 5_000;

/** The body is `{ text, code, bot?, at, details? }`: `text` is the field that chat services show. Redirects are not followed.
 *  @param url https, or this machine: an alert must not cross a network in the clear */
export function openAlertWebhook(url: string): AlertWebhook {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections: 2, connect: { ...TRUSTED_ONLY, timeout: TIMEOUT_MS } });
  return {
    async tell({ code, botId, text, details }, at) {
      const body = {
        text: botId === undefined ? `[말길] ${text}` : `[말길 · ${botId}] ${text}`,
        code,
        ...(botId === undefined ? {} : { bot: botId }),
        at: new Date(at).toISOString(),
        ...(details === undefined ? {} : { details }),
      };
      const response = await pool.request({
        method: 'POST',
        path: `${pathname}${search}`,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body.dump();
      if (response.statusCode >= 300) throw new Error(`the alert webhook answered ${response.statusCode}`);
    },
    close: () => pool.destroy(),
  };
}
