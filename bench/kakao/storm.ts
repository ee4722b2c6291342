/** Customers of several kinds on one gateway, between a stand-in for Kakao and one for CLOVA Studio. */
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenize } from '../../simulator/clova/answer.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createKakaoSimulator } from '../../simulator/kakao.ts';
import { Customer, type Habits, type Story } from './customer.ts';
import { type Budgets, type Tally, tallyOf } from './tally.ts';
import { answerTo, answerWith, askedToken, tokenOf } from './tokens.ts';

export interface Kind {
  readonly name: string;
  readonly customers: number;
  /** Each asks the next one without waiting for the answer to the last. */
  readonly questionsEach: number;
  readonly customersPerSecond: number;
  readonly hasCallback: boolean;
  /** From the question to the whole answer. */
  readonly engineMs: number | 'never';
  /** Every so many customers ask what the sample knowledge knows; with `KNOWLEDGE_FILE=sample`. */
  readonly knownEvery?: number;
}

export interface Storm {
  readonly kinds: readonly Kind[];
  readonly budgets: Budgets;
  /** The model speaks from the first moment on, and needs all of `engineMs` to come to the end. */
  readonly isStreamed?: boolean;
  /** Settings of the gateway beside those of the storm. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A gateway that is ready. */
export interface RunningGateway {
  readonly url: string;
  stop(): Promise<void>;
}

/** Timers end at 2^31 ms. */
const NEVER_MS = 2 ** 30;
const CONTACT = '말길상점 고객센터로 연락해 주세요';
/** What a customer does, in shares of the inline budget (4 s as shipped). */
const FIRST_TAP = { from: 0.1, to: 1 };
const TAP_EVERY = { from: 2.5, to: 3.5 };
const TAPS_TWICE_EVERY = 10;
/** Beyond the longest that an answer may take: time for the last tap and a machine that is busy. */
const EXTRA_PATIENCE_MS = 20_000;

/** @throws Error when the gateway does not start or ends by itself */
export async function runStorm(
  storm: Storm,
  openGateway: (env: Readonly<Record<string, string>>) => Promise<RunningGateway>,
): Promise<readonly Tally[]> {
  const { budgets, kinds } = storm;
  const engineMsOf = new Map<string, number>();
  const engineMs = (body: unknown) => engineMsOf.get(askedToken(messagesOf(body))) ?? 0;
  const slowestMs = Math.max(...kinds.map((kind) => (kind.engineMs === 'never' ? NEVER_MS : kind.engineMs)));
  const model = createClovaSimulator({
    seed: 'storm',
    recordLimit: 1,
    answer: (call) => answerTo(call),
    ...(storm.isStreamed === true
      ? { tokensPerSecond: (tokenize(answerWith(tokenOf(0))).length * 1_000) / slowestMs }
      : { latencyMs: ({ body }) => engineMs(body) }),
  });
  const kakao = createKakaoSimulator({ seed: 'storm' });
  const [{ url: modelUrl }, { url: callbackUrl }] = await Promise.all([model.start(), kakao.start()]);
  let gateway: RunningGateway | undefined;
  try {
    gateway = await openGateway({
      ENGINE: 'clova',
      CLOVA_BASE_URL: modelUrl,
      CLOVA_API_KEY: 'nv-storm',
      CLOVA_REQUESTS_PER_MINUTE: '0',
      CLOVA_TOKENS_PER_MINUTE: '0',
      KNOWLEDGE_FILE: 'none',
      CONTACT,
      KAKAO_CALLBACK_ORIGINS: callbackUrl,
      KAKAO_INLINE_BUDGET_MS: String(budgets.inlineMs),
      KAKAO_CALLBACK_BUDGET_MS: String(budgets.callbackMs),
      ENGINE_TOTAL_MS: String(budgets.engineTotalMs),
      RATE_LIMIT_PER_CONVERSATION: '0',
      RATE_LIMIT_PER_ADDRESS: '0',
      ...storm.settings,
    });
    kakao.skillUrl = `${gateway.url}/query/KAKAO`;
    let questions = 0;
    const play = async (kind: Kind, index: number): Promise<Story> => {
      await sleep((index * 1_000) / kind.customersPerSecond);
      const customer = new Customer(kakao, `${kind.name} ${index}`, habitsOf(kind, index, budgets));
      for (let asked = 0; asked < kind.questionsEach; asked += 1) {
        const token = tokenOf(questions++);
        engineMsOf.set(token, kind.engineMs === 'never' ? NEVER_MS : kind.engineMs);
        await customer.ask(token, kind.knownEvery !== undefined && index % kind.knownEvery === 0);
      }
      return customer.collect();
    };
    const stories = await Promise.all(
      kinds.map((kind) => Promise.all(Array.from({ length: kind.customers }, (_, index) => play(kind, index)))),
    );
    return kinds.map((kind, index) => tallyOf(kind.name, stories[index] ?? [], kakao.callbackPosts, budgets));
  } finally {
    await gateway?.stop();
    await Promise.all([kakao.close(), model.close()]);
  }
}

function habitsOf(kind: Kind, index: number, { inlineMs, engineTotalMs }: Budgets): Habits {
  // Spread evenly, the same in every run.
  const between = ({ from, to }: { from: number; to: number }, step: number) =>
    (from + (to - from) * ((index * step) % 1)) * inlineMs;
  return {
    hasCallback: kind.hasCallback,
    firstTapMs: between(FIRST_TAP, 0.618),
    tapEveryMs: between(TAP_EVERY, 0.382),
    tapsTwice: index % TAPS_TWICE_EVERY === 0,
    patienceMs: engineTotalMs + EXTRA_PATIENCE_MS,
    contact: CONTACT,
  };
}

function messagesOf(body: unknown): readonly { readonly role?: unknown; readonly content?: unknown }[] {
  return (body as { readonly messages?: readonly { readonly role?: unknown }[] } | undefined)?.messages ?? [];
}
