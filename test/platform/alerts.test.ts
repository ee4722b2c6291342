import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAlertWebhook } from '../../src/platform/alert-webhook.ts';
import { type Alert, createAlerts, type TellOperator } from '../../src/platform/alerts.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { JsonServer } from '../helpers/json-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const ALERT: Alert = { code: 'spool-used', botId: 'shop', text: '저장소가 응답하지 않습니다.', details: { events: 3 } };

function start(tell?: TellOperator) {
  const clock = new ManualClock();
  const counted: string[] = [];
  const lines: object[] = [];
  const alerts = createAlerts({
    clock,
    logger: { ...silentLogger, error: (fields) => void lines.push(fields) },
    metrics: { alertRaised: (code, bot) => void counted.push(`${code}/${bot}`) },
    ...(tell === undefined ? {} : { tell }),
  });
  return { clock, alerts, counted, lines };
}

describe('an alert', () => {
  it('is a log event, a metric and a word to the webhook', async () => {
    const told: unknown[] = [];
    const { alerts, counted, lines } = start(async (alert, at) => void told.push([alert, at]));
    alerts.raise(ALERT);
    expect(counted).toEqual(['spool-used/shop']);
    expect(lines).toEqual([{ events: 3, alert: 'spool-used', bot: 'shop', advice: ALERT.text }]);
    expect(told).toEqual([[ALERT, 1_000_000]]);
  });

  it('of one kind and bot is told once an hour', async () => {
    const { alerts, counted, clock } = start();
    for (let n = 0; n < 10; n += 1) alerts.raise(ALERT);
    alerts.raise({ ...ALERT, botId: 'other' });
    alerts.raise({ ...ALERT, code: 'certificate' });
    expect(counted).toEqual(['spool-used/shop', 'spool-used/other', 'certificate/shop']);
    await clock.advance(59 * 60_000);
    alerts.raise(ALERT);
    expect(counted).toHaveLength(3);
    await clock.advance(60_000);
    alerts.raise(ALERT);
    expect(counted).toHaveLength(4);
  });

  it('of one kind is told once an hour for each cause, of which a fault can invent ten', async () => {
    const { alerts, counted, clock } = start();
    for (const cause of ['01', '02', '01', '02', '99']) alerts.raise({ ...ALERT, cause });
    expect(counted).toHaveLength(3);
    for (let n = 0; n < 100; n += 1) alerts.raise({ ...ALERT, cause: `invented ${n}` });
    expect(counted).toHaveLength(10);
    alerts.raise({ ...ALERT, botId: 'other', cause: '01' });
    expect(counted).toHaveLength(11);
    await clock.advance(60 * 60_000);
    alerts.raise({ ...ALERT, cause: '01' });
    alerts.raise({ ...ALERT, cause: 'invented 99' });
    expect(counted).toHaveLength(13);
  });

  it('that cannot be told does no harm, and a webhook that hangs holds up four at most', async () => {
    let calls = 0;
    const { alerts, counted } = start(() => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('no route')) : new Promise(() => {});
    });
    for (let n = 0; n < 10; n += 1) alerts.raise({ ...ALERT, botId: `bot-${n}` });
    expect(counted).toHaveLength(10);
    expect(calls).toBe(4);
  });
});

describe('the alert webhook', () => {
  let server: JsonServer;
  beforeEach(async () => {
    server = await JsonServer.open();
  });
  afterEach(() => server.close());

  it('gets JSON whose text a chat room can show', async () => {
    const webhook = openAlertWebhook(`${server.origin}/hooks/a?key=b`);
    await webhook.tell(ALERT, 0);
    await webhook.close();
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /hooks/a?key=b']);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      text: '[말길 · shop] 저장소가 응답하지 않습니다.',
      code: 'spool-used',
      bot: 'shop',
      at: '1970-01-01T00:00:00.000Z',
      details: { events: 3 },
    });
  });

  it.each([301, 404, 500])('that answers %i has not taken it', async (status) => {
    server.reaction = { status, body: '' };
    const webhook = openAlertWebhook(server.origin);
    await expect(webhook.tell(ALERT, 0)).rejects.toThrow(String(status));
    await webhook.close();
  });
});
