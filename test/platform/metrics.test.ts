import { register } from 'prom-client';
import { expect, it } from 'vitest';
import { createMetrics, type Metrics } from '../../src/platform/metrics.ts';

const BOTS = ['default', 'shop'];

async function lines(metrics: Metrics): Promise<readonly string[]> {
  const { body } = await metrics.render();
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

it('counts questions by how they ended', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  metrics.turnEnded({ bot: 'shop', channel: 'kakao', mode: 'callback', outcome: 'answered' });
  metrics.turnEnded({ bot: 'shop', channel: 'kakao', mode: 'callback', outcome: 'answered' });
  metrics.turnEnded({ bot: 'shop', channel: 'kakao', mode: 'pickup', outcome: 'answered' });
  metrics.deadlineMissed('shop', 'kakao');
  const found = await lines(metrics);
  expect(found).toContain('malgil_turns_total{bot="shop",channel="kakao",mode="callback",outcome="answered"} 2');
  expect(found).toContain('malgil_turns_total{bot="shop",channel="kakao",mode="pickup",outcome="answered"} 1');
  expect(found).toContain('malgil_deadline_misses_total{bot="shop",channel="kakao"} 1');
});

it('times in seconds what it is given in milliseconds', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  metrics.engineAnswered('clova', 300, 4_200);
  metrics.engineFailed('clova', 'ENGINE_RATE_LIMITED', 40);
  metrics.engineFailed('faq', 'ENGINE_FAILED');
  metrics.delivered({ bot: 'shop', channel: 'naver', mode: 'push' }, 'refused', 80);
  metrics.inbound('shop', 'naver', 'accepted', 3);
  metrics.storeCalled('acceptTurn', 'ok', 0.2);
  const found = await lines(metrics);
  expect(found).toContain('malgil_engine_first_part_seconds_sum{engine="clova"} 0.3');
  expect(found).toContain('malgil_engine_seconds_sum{engine="clova",outcome="answered"} 4.2');
  expect(found).toContain('malgil_engine_seconds_bucket{le="4",engine="clova",outcome="answered"} 0');
  expect(found).toContain('malgil_engine_seconds_bucket{le="4.5",engine="clova",outcome="answered"} 1');
  expect(found).toContain('malgil_engine_seconds_sum{engine="clova",outcome="failed"} 0.04');
  expect(found).toContain('malgil_engine_errors_total{engine="clova",code="ENGINE_RATE_LIMITED"} 1');
  expect(found).toContain('malgil_engine_errors_total{engine="faq",code="ENGINE_FAILED"} 1');
  expect(found).toContain('malgil_deliveries_total{bot="shop",channel="naver",mode="push",outcome="refused"} 1');
  expect(found).toContain('malgil_delivery_seconds_sum{channel="naver",mode="push",outcome="refused"} 0.08');
  expect(found).toContain('malgil_inbound_requests_total{bot="shop",channel="naver",result="accepted"} 1');
  expect(found).toContain('malgil_response_seconds_sum{channel="naver"} 0.003');
  expect(found).toContain('malgil_store_seconds_sum{operation="acceptTurn",outcome="ok"} 0.0002');
});

it('covers 5 ms to 120 s', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  metrics.inbound('shop', 'kakao', 'answered', 1);
  const bounds = (await lines(metrics)).flatMap(
    (line) => /^malgil_response_seconds_bucket\{le="([^"]+)"/.exec(line)?.[1] ?? [],
  );
  expect(bounds[0]).toBe('0.005');
  expect(bounds.at(-2)).toBe('120');
});

it('reads the gauges when it is asked', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  expect(await lines(metrics)).toContain('malgil_open_turns 0');
  let depth = 3;
  metrics.trackQueueDepth(() => depth);
  metrics.trackOpenTurns(() => 7);
  expect(await lines(metrics)).toContain('malgil_queue_depth 3');
  depth = 5;
  expect(await lines(metrics)).toEqual(expect.arrayContaining(['malgil_queue_depth 5', 'malgil_open_turns 7']));
});

it('keeps the number of series bounded whatever it is told', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  for (let i = 0; i < 1_000; i += 1) {
    metrics.inbound(`invented-${i}`, 'web', 'INBOUND_MALFORMED', 1);
    metrics.masked(`kind-${i}`);
    metrics.engineAnswered(`engine-${i}`, 1, 1);
  }
  const found = await lines(metrics);
  expect(found).toContain('malgil_inbound_requests_total{bot="other",channel="web",result="INBOUND_MALFORMED"} 1000');
  expect(found.filter((line) => line.startsWith('malgil_masked_items_total'))).toHaveLength(25);
  expect(found.filter((line) => line.startsWith('malgil_engine_seconds_count'))).toHaveLength(25);
});

it('ignores durations that are none', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  for (const elapsedMs of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    metrics.inbound('shop', 'test', 'answered', elapsedMs);
  }
  const found = await lines(metrics);
  expect(found).toContain('malgil_inbound_requests_total{bot="shop",channel="test",result="answered"} 3');
  expect(found.some((line) => line.startsWith('malgil_response_seconds_count'))).toBe(false);
});

it('describes every series that it shows', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  const described = metrics.describe();
  const shown = [...(await metrics.render()).body.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  expect(shown.map(([, name, type]) => ({ name, type }))).toEqual(described.map(({ name, type }) => ({ name, type })));
  for (const { name, help } of described) expect(help, name).toMatch(/\.$/);
});

it('keeps two gateways in one process apart, and the library-wide registry empty', async () => {
  const one = createMetrics({ botIds: BOTS });
  const other = createMetrics({ botIds: BOTS });
  one.masked('email');
  expect(await lines(one)).toContain('malgil_masked_items_total{kind="email"} 1');
  expect((await lines(other)).some((line) => line.startsWith('malgil_masked'))).toBe(false);
  expect(register.getMetricsAsArray()).toEqual([]);
});

it('shows the process and the event loop when asked to', async () => {
  const metrics = createMetrics({ botIds: BOTS, processMetrics: true });
  const { contentType, body } = await metrics.render();
  expect(contentType).toContain('text/plain; version=0.0.4');
  expect(body).toContain('process_cpu_seconds_total');
  expect(body).toContain('nodejs_eventloop_lag_p99_seconds');
});

it('lists no connections to count them', async () => {
  const { body } = await createMetrics({ botIds: BOTS, processMetrics: true }).render();
  expect(body).not.toContain('nodejs_active_');
});

it('has a series for every bot from the start, where a first jump must not be missed', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      'malgil_push_messages_total{bot="shop",outcome="delivered"} 0',
      'malgil_push_cost_won_total{bot="default"} 0',
      'malgil_usage_this_month{bot="shop",kind="kakao-callbacks"} 0',
    ]),
  );
  metrics.pushed('shop', 'delivered', 3);
  metrics.pushBilled('shop', 45);
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      'malgil_push_messages_total{bot="shop",outcome="delivered"} 3',
      'malgil_push_cost_won_total{bot="shop"} 45',
    ]),
  );
});

it('reads what was used this month when it is asked, and shows 0 when it cannot', async () => {
  const metrics = createMetrics({ botIds: BOTS });
  let used: () => Promise<{ botId: string; kind: string; count: number }[]> = async () => [
    { botId: 'shop', kind: 'kakao-callbacks', count: 7 },
    { botId: 'gone', kind: 'kakao-callbacks', count: 9 },
  ];
  metrics.trackUsageThisMonth(() => used());
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      'malgil_usage_this_month{bot="shop",kind="kakao-callbacks"} 7',
      'malgil_usage_this_month{bot="other",kind="kakao-callbacks"} 9',
      'malgil_usage_this_month{bot="default",kind="kakao-callbacks"} 0',
    ]),
  );
  used = () => Promise.reject(new Error('down'));
  expect(await lines(metrics)).toContain('malgil_usage_this_month{bot="shop",kind="kakao-callbacks"} 0');
});
