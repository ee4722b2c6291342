/** What the first customer after a start waits for, beside those that follow. */
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createKakaoSimulator } from '../../simulator/kakao.ts';
import type { GatewayHouse } from './gateway-house.ts';

const FOLLOWING = 100;

export interface FirstCalls {
  /** Medians over all starts. */
  readonly firstMs: number;
  readonly laterMs: number;
}

/** Questions that the sample knowledge does not know, one after the other, to a model that answers at once. */
export async function measureFirstCalls(house: GatewayHouse, starts: number): Promise<FirstCalls> {
  const model = createClovaSimulator({ seed: 'first call' });
  const kakao = createKakaoSimulator({ seed: 'first call', callback: false });
  const { url } = await model.start();
  const first: number[] = [];
  const later: number[] = [];
  try {
    // The first gateway warms up this process and is not counted.
    for (let start = 0; start <= starts; start += 1) {
      const gateway = await house.open({
        CLOVA_BASE_URL: url,
        CLOVA_API_KEY: 'nv-first-call',
        CLOVA_REQUESTS_PER_MINUTE: '0',
        CLOVA_TOKENS_PER_MINUTE: '0',
        LOG_LEVEL: 'warn',
      });
      kakao.skillUrl = `${gateway.url}/query/KAKAO`;
      for (let call = 0; call <= FOLLOWING; call += 1) {
        const askedAt = performance.now();
        const { findings } = await kakao.say(`손님 ${start} ${call}`, '비 오는 날 입기 좋은 외투를 추천해 주세요');
        const elapsedMs = performance.now() - askedAt;
        if (findings.faults.length > 0) throw new Error(`The answer has faults: ${findings.faults[0]?.message}`);
        if (start > 0) (call === 0 ? first : later).push(elapsedMs);
      }
      await gateway.stop();
    }
  } finally {
    await Promise.all([kakao.close(), model.close()]);
  }
  return { firstMs: median(first), laterMs: median(later) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
