/** A shop's order status over HTTP, to try TOOLS with: `order-tool.json` beside it is the declaration. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { createLoopbackServer, type LoopbackServer, type ServedReply, type ServedRequest } from './loopback-server.ts';
import { startOnPort } from './start-on-port.ts';
import { portNumber, wholeNumber } from './switch-values.ts';

export interface OrderToolOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  /** Whoever does not show it as `X-Api-Key` is refused. */
  readonly apiKey: string;
  readonly delayMs?: number;
}

const ORDERS: Readonly<Record<string, object>> = {
  '202611220001': {
    status: '배송 중',
    product: '데일리 코튼 셔츠 (화이트, M)',
    courier: '말길택배',
    courierPhone: '1588-0000',
    trackingUrl: 'https://parcel.example.com/track/550012345678',
    expected: '2026-11-24',
  },
  '202611200007': { status: '상품 준비 중', product: '와이드 데님 팬츠', expected: '2026-11-25' },
  '202611110042': { status: '배송 완료', product: '울 머플러', deliveredAt: '2026-11-14 14:20', place: '문 앞' },
};

export function createOrderTool({ port = 0, apiKey, delayMs = 0 }: OrderToolOptions): LoopbackServer {
  return createLoopbackServer(port, async (request) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return answer(request, apiKey);
  });
}

/** What a gateway needs to call it.
 *  @param origin where it listens */
export function orderToolSettings(origin: string, apiKey: string): { TOOLS: string; TOOL_PRIVATE_ORIGINS: string } {
  const text = readFileSync(new URL('order-tool.json', import.meta.url), 'utf8');
  const tools = (JSON.parse(text) as readonly DeclaredOrderTool[]).map((declared) => ({
    ...declared,
    url: declared.url.replace(/^https?:\/\/[^/]+/, origin),
    secretHeader: { ...declared.secretHeader, value: apiKey },
  }));
  return { TOOLS: JSON.stringify(tools), TOOL_PRIVATE_ORIGINS: origin };
}

interface DeclaredOrderTool {
  readonly url: string;
  readonly secretHeader: { readonly name: string; readonly value: string };
}

function answer({ method, path, headers }: ServedRequest, apiKey: string): ServedReply {
  const orderNumber = /^\/orders\/([^/?]+)$/.exec(path)?.[1];
  if (orderNumber === undefined) return { status: 404, body: { message: '없는 주소입니다.' } };
  if (method !== 'GET') return { status: 405, body: { message: 'GET만 쓸 수 있습니다.' } };
  if (headers['x-api-key'] !== apiKey) return { status: 401, body: { message: '키가 맞지 않습니다.' } };
  const order = Object.hasOwn(ORDERS, orderNumber) ? ORDERS[orderNumber] : undefined;
  if (order === undefined) return { status: 404, body: { message: '주문을 찾을 수 없습니다.' } };
  return { status: 200, body: { orderNumber, ...order } };
}

function forShell(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'`)
    .join(' ');
}

if (import.meta.main) {
  const command = new Command('order-tool')
    .description(
      '주문 조회 API 시뮬레이터: 함수 호출(TOOLS)을 시험해 볼 때 씁니다.\n' +
        `A shop's order status over HTTP, to try function calling with. 주문번호: ${Object.keys(ORDERS).join(', ')}`,
    )
    .option('--port <port>', '기다릴 포트 (0이면 빈 포트)', portNumber, 8810)
    .option('--delay-ms <ms>', '답하기 전에 기다리는 시간(밀리초)', wholeNumber, 0)
    .option('--api-key <key>', 'X-Api-Key로 받을 값', 'simulator-order-key')
    .helpOption('-h, --help', '도움말')
    .parse();
  const options = command.opts<OrderToolOptions & { readonly port: number }>();
  const server = createOrderTool(options);
  const origin = await startOnPort(command, options.port, () => server.start());
  process.stdout.write(
    `${origin}에서 주문 조회를 기다립니다.\n` +
      '게이트웨이는 CLOVA_API_KEY를 정한 뒤 이렇게 시작합니다.\n' +
      `${forShell(orderToolSettings(origin, options.apiKey))} npm start\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}
