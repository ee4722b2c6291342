/** More customers than the account of CLOVA Studio can serve, who ask what the knowledge covers; and what each of them got, and when. */
import { setTimeout as sleep } from 'node:timers/promises';
import { textOf } from '../../simulator/bubble.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createKakaoSimulator, type SkillExchange } from '../../simulator/kakao.ts';
import { GatewayProcess, type LogLine } from '../../test/helpers/gateway-process.ts';
import { loadSample } from '../../test/helpers/knowledge-sample.ts';

export interface ClovaStormOptions {
  readonly customers: number;
  /** Over which they arrive, evenly. */
  readonly withinMs: number;
  /** Of the account: what the stand-in enforces, and what the gateway is told. */
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** From the request to the first token. */
  readonly latencyMs: number;
  /** Every second customer otherwise. */
  readonly callback?: boolean;
  /** After which Kakao hangs up; its own 5 s otherwise. */
  readonly skillTimeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a question ended. */
type Fate = 'model' | 'knowledge' | 'late' | 'not-found' | 'apology' | 'unknown';

export interface ClovaStormReport {
  readonly customers: number;
  readonly fates: Readonly<Record<Fate, number>>;
  /** Customers who saw an error of ours, or nothing at all. */
  readonly rawErrors: readonly string[];
  readonly upstreamCalls: number;
  /** 429 of the stand-in. */
  readonly upstreamRefusals: number;
  /** From the call of the skill to the answer, in ms, sorted. */
  readonly answerMs: readonly number[];
  /** What the gateway said of those who got no answer. */
  readonly unanswered: readonly string[];
}

const KEY = 'nv-storm-key';
const LOG_PATIENCE_MS = 10_000;
const ANSWER = '네, 문의하신 내용을 안내해 드릴게요. 자세한 내용은 마이페이지에서 확인하실 수 있어요.';
const RAW_ERROR = /error|exception|undefined|\[object|ENGINE_|CLOVA|4\d\d\d\d|[{}]/i;

interface Experience {
  readonly question: string;
  readonly exchange: SkillExchange;
  /** All that the customer saw of the answer. */
  readonly text: string;
  /** `undefined`: it has to be fetched, or never came. */
  readonly elapsedMs: number | undefined;
}

export async function runClovaStorm(options: ClovaStormOptions): Promise<ClovaStormReport> {
  const { customers, withinMs, requestsPerMinute, tokensPerMinute, latencyMs } = options;
  const clova = createClovaSimulator({
    apiKeys: [KEY],
    requestsPerMinute,
    tokensPerMinute,
    latencyMs,
    answer: ANSWER,
    recordLimit: customers * 10,
  });
  const kakao = createKakaoSimulator({
    seed: 'clova-storm',
    callback: false,
    ...(options.skillTimeoutMs === undefined ? {} : { skillTimeoutMs: options.skillTimeoutMs }),
  });
  const [{ url }, callbacks] = await Promise.all([clova.start(), kakao.start()]);
  const gateway = await GatewayProcess.start({
    CLOVA_BASE_URL: url,
    CLOVA_API_KEY: KEY,
    CLOVA_REQUESTS_PER_MINUTE: String(requestsPerMinute),
    CLOVA_TOKENS_PER_MINUTE: String(tokensPerMinute),
    KAKAO_CALLBACK_ORIGINS: callbacks.url,
    RATE_LIMIT_PER_ADDRESS: '0',
    ...options.env,
  });
  try {
    kakao.skillUrl = `${gateway.url}/query/KAKAO`;
    const questions = loadSample().entries.map(({ question }) => question);
    const ask = async (index: number): Promise<Experience> => {
      await sleep((index * withinMs) / customers);
      const question = questions[index % questions.length] ?? '';
      const callback = options.callback ?? index % 2 === 0;
      const exchange = await kakao.say(`고객 ${index}`, question, { callback });
      if (exchange.callback === undefined) {
        return { question, exchange, text: textOf(exchange.bubbles), elapsedMs: exchange.elapsedMs };
      }
      const { outcome, bubbles, elapsedMs } = await exchange.callback;
      return { question, exchange, text: textOf(bubbles), elapsedMs: outcome === 'delivered' ? elapsedMs : undefined };
    };
    const experiences = await Promise.all(Array.from({ length: customers }, (_, index) => ask(index)));
    // A line of the log comes through a pipe, and may come after the answer that it is about.
    const givesUpAt = Date.now() + LOG_PATIENCE_MS;
    while (answeredLines(gateway.logged).size < customers && Date.now() < givesUpAt) await sleep(100);
    return judge(experiences, gateway.logged, clova.requests.length);
  } finally {
    await gateway.stop();
    await Promise.all([kakao.close(), clova.close()]);
  }
}

function judge(
  experiences: readonly Experience[],
  logged: readonly LogLine[],
  upstreamCalls: number,
): ClovaStormReport {
  const answered = answeredLines(logged);
  const fates: Record<Fate, number> = { model: 0, knowledge: 0, late: 0, 'not-found': 0, apology: 0, unknown: 0 };
  const report = { rawErrors: [] as string[], answerMs: [] as number[], unanswered: [] as string[] };
  for (const { question, exchange, text, elapsedMs } of experiences) {
    const line = answered.get(exchange.requestId);
    const isRaw = exchange.status !== 200 || exchange.findings.faults.length > 0 || text === '' || RAW_ERROR.test(text);
    if (isRaw) report.rawErrors.push(`${exchange.status} ${text}`);
    const fate = fateOf(line, elapsedMs);
    fates[fate] += 1;
    if (elapsedMs !== undefined && (fate === 'model' || fate === 'knowledge')) report.answerMs.push(elapsedMs);
    else report.unanswered.push(`${fate}: ${question} ${JSON.stringify(line)} ${text}`);
  }
  return {
    customers: experiences.length,
    fates,
    ...report,
    answerMs: report.answerMs.sort((a, b) => a - b),
    upstreamCalls,
    // Each is told once: where it is tried again, or where the next engine takes over.
    upstreamRefusals: logged.filter(({ code }) => code === 'ENGINE_RATE_LIMITED').length,
  };
}

/** By the id of the request. */
function answeredLines(logged: readonly LogLine[]): ReadonlyMap<unknown, LogLine> {
  return new Map(logged.filter(({ msg }) => msg === 'answered').map((line) => [line.request, line]));
}

function fateOf(line: LogLine | undefined, elapsedMs: number | undefined): Fate {
  if (line === undefined) return 'unknown';
  if (line.outcome === 'apologised') return 'apology';
  if (line.outcome !== 'answered') return 'not-found';
  // A waiting bubble is no answer.
  if (elapsedMs === undefined || line.mode === 'pickup') return 'late';
  return line.engine === 'clova' ? 'model' : 'knowledge';
}

/** What the account's quota must never cost a customer. */
export function brokenPromises(report: ClovaStormReport): readonly string[] {
  const { customers, fates, rawErrors, upstreamCalls, upstreamRefusals } = report;
  const inTime = fates.model + fates.knowledge;
  return [
    ...(rawErrors.length > 0 ? [`${rawErrors.length} customers saw an error: ${rawErrors[0]}`] : []),
    ...(inTime < customers * 0.95 ? [`only ${inTime} of ${customers} got an answer in time`] : []),
    ...(upstreamRefusals >= upstreamCalls * 0.02 && upstreamRefusals > 0
      ? [`${upstreamRefusals} of ${upstreamCalls} calls were refused for the quota`]
      : []),
  ];
}
