/** Everything at once that gets a TalkTalk webhook suspended, against the real program and a platform that suspends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator, type WebhookDelivery } from '../../simulator/talktalk.ts';
import { GatewayProcess } from '../../test/helpers/gateway-process.ts';
import { BUG_WORD } from './words.ts';

export interface StormOptions {
  readonly bots: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** The store is locked by another program for so long, and later the model is down for as long. */
  readonly faultSeconds: number;
  readonly opens: number;
  readonly opensPerSecond: number;
  /** Longest wait for answers that are still to come. */
  readonly patienceSeconds: number;
}

export interface Figures {
  readonly name: string;
  readonly calls: number;
  readonly not200: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface StormReport {
  /** Calls that must get 200, by what was going on. */
  readonly phases: readonly Figures[];
  readonly payments: number;
  /** Each would have charged a customer. */
  readonly payments200: number;
  readonly suspended: number;
  readonly questions: number;
  readonly answeredOnce: number;
  /** Not answered, but the customer was told so. */
  readonly explained: number;
  readonly silent: readonly string[];
  readonly doubled: readonly string[];
  /** One customer each: what was answered, as it came. */
  readonly outOfOrder: readonly string[];
  /** Sends that broke a rule of the platform. */
  readonly faults: number;
  readonly spooled: number;
}

interface Asked {
  readonly sim: TalkTalkSimulator;
  readonly user: string;
  readonly id: string;
}

const SECRET = 'storm-secret';
/** Each customer asks so many questions, one after the other and never waiting for an answer. */
const QUESTIONS_EACH = 4;
/** One call in so many. */
const EVERY = { bug: 50, malformed: 20, payment: 50, unknownEvent: 40 } as const;

const MALFORMED: readonly (readonly [body: string, contentType: string])[] = [
  ['{"event":', 'application/json'],
  ['', 'application/json;charset=UTF-8'],
  ['안녕하세요', 'text/plain'],
  ['{"event":"send"}', ';;;'],
  ['[{"event":"open"}]', 'application/json'],
  ['\u0000\ufffd', 'application/octet-stream'],
  [`{"event":"send","textContent":{"text":"${'가'.repeat(400_000)}"}}`, 'application/json'],
];

export async function runStorm(options: StormOptions): Promise<StormReport> {
  const folder = await mkdtemp(join(tmpdir(), 'malgil-storm-'));
  const model = await startModel();
  const sims = await startPlatforms(options.bots);
  const botsFile = join(folder, 'bots.json');
  await writeFile(botsFile, JSON.stringify(sims.map(({ bot }) => bot)));
  const gateway = await GatewayProcess.start({
    ...model.env,
    BOTS_FILE: botsFile,
    LOG_LEVEL: 'warn',
    // A question that came through the platform's rate is never one too many here.
    RATE_LIMIT_PER_CONVERSATION: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    NODE_OPTIONS: `--import ${new URL('./throwing-handler.ts', import.meta.url).href}`,
  });
  for (const { sim, bot } of sims) sim.webhookUrl = `${gateway.url}/bots/${bot.id}/query/NAVER/${SECRET}`;
  const storm = new Storm(
    options,
    sims.map(({ sim }) => sim),
  );
  try {
    const faults = async () => {
      const { seconds, faultSeconds } = options;
      const calmMs = Math.max(0, ((seconds - 2 * faultSeconds) / 3) * 1_000);
      await sleep(calmMs);
      storm.phase = 'store locked';
      // The gateway writes all the time: the lock is there for the taking only between two commits.
      const database = new DatabaseSync(join(gateway.dataDir, 'malgil.sqlite'), { timeout: 10_000 });
      database.exec('BEGIN IMMEDIATE');
      await sleep(faultSeconds * 1_000);
      database.close();
      storm.phase = 'steady';
      await sleep(calmMs);
      storm.phase = 'model down';
      await model.stop();
      await sleep(faultSeconds * 1_000);
      await model.restart();
      storm.phase = 'steady';
    };
    await Promise.all([storm.talk(), faults()]);
    storm.phase = 'burst of open';
    await storm.open();
    await storm.untilQuiet();
    return storm.report(await spooledEvents(gateway.url));
  } finally {
    await Promise.all([...sims.map(({ sim }) => sim.close()), model.stop(), gateway.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

class Storm {
  phase = 'steady';
  readonly #options: StormOptions;
  readonly #sims: readonly TalkTalkSimulator[];
  readonly #asked: Asked[] = [];
  readonly #elapsed = new Map<string, number[]>();
  readonly #not200 = new Map<string, number>();
  /** The latest message of each customer. */
  readonly #said = new Map<string, Promise<unknown>>();
  readonly #underWay = new Set<Promise<void>>();
  #payments = 0;
  #payments200 = 0;

  constructor(options: StormOptions, sims: readonly TalkTalkSimulator[]) {
    this.#options = options;
    this.#sims = sims;
  }

  /** Messages and all that comes between them, at a steady rate, whether or not the gateway keeps up. */
  async talk(): Promise<void> {
    const { perSecond, seconds } = this.#options;
    await atRate(perSecond, perSecond * seconds, (n) => {
      const sim = this.#sims[n % this.#sims.length];
      if (sim === undefined) return;
      const customer = Math.floor(n / this.#sims.length / QUESTIONS_EACH);
      const user = `손님 ${customer}`;
      const id = `질문-q${n % this.#sims.length}-${n}`;
      this.#asked.push({ sim, user, id });
      this.#count(this.#say(sim, user, `${id} ${n % EVERY.bug === 7 ? BUG_WORD : '알려 주세요'}`));
      if (n % EVERY.malformed === 3) {
        const [body = '', type = ''] = MALFORMED[((n / EVERY.malformed) % MALFORMED.length) | 0] ?? [];
        this.#count(sim.sendBody('누군가', body, type));
      }
      if (n % EVERY.unknownEvent === 5) this.#count(sim.sendRaw('누군가', { event: 'hologram', options: [n] }));
      if (n % EVERY.payment === 11) this.#pay(sim);
    });
  }

  /** What a broadcast of the partner brings. */
  async open(): Promise<void> {
    const { opens, opensPerSecond } = this.#options;
    await atRate(opensPerSecond, opens, (n) => {
      const sim = this.#sims[n % this.#sims.length];
      if (sim !== undefined) this.#count(sim.open(`받는 사람 ${n}`));
    });
    await this.#settled();
  }

  /** Until every question is accounted for, or the patience is over. */
  async untilQuiet(): Promise<void> {
    await this.#settled();
    const givesUpAt = Date.now() + this.#options.patienceSeconds * 1_000;
    while (Date.now() < givesUpAt && this.#silent().length > 0) await sleep(250);
    for (const sim of this.#sims) await sim.settled();
  }

  report(spooled: number): StormReport {
    const answers = this.#asked.map((asked) => ({ ...asked, times: timesAnswered(asked) }));
    const silent = this.#silent();
    const answeredOnce = answers.filter(({ times }) => times === 1).length;
    return {
      phases: [...this.#elapsed].map(([name, elapsed]) => figuresOf(name, elapsed, this.#not200.get(name) ?? 0)),
      payments: this.#payments,
      payments200: this.#payments200,
      suspended: this.#sims.filter((sim) => sim.suspended).length,
      questions: answers.length,
      answeredOnce,
      explained: answers.filter(({ times }) => times === 0).length - silent.length,
      silent,
      doubled: answers.filter(({ times }) => times > 1).map(({ id }) => id),
      outOfOrder: this.#customers()
        .map(({ sim, user }) => answeredIds(sim, user))
        .filter((ids) => !isAscending(ids))
        .map((ids) => ids.join(' ')),
      faults: this.#sims.flatMap((sim) => sim.apiCalls).filter(({ findings }) => findings.faults.length > 0).length,
      spooled,
    };
  }

  /** After the customer's last one has its response: of two at once nobody could say which came first. */
  #say(sim: TalkTalkSimulator, user: string, text: string): Promise<WebhookDelivery> {
    const key = sim.userKey(user);
    const saying = (this.#said.get(key) ?? Promise.resolve()).then(() => sim.say(user, text));
    this.#said.set(key, saying);
    return saying;
  }

  #count(sending: Promise<WebhookDelivery>): void {
    const phase = this.phase;
    this.#keep(
      sending.then(({ status, elapsedMs }) => {
        const elapsed = this.#elapsed.get(phase) ?? [];
        this.#elapsed.set(phase, elapsed);
        elapsed.push(elapsedMs);
        if (status !== 200) this.#not200.set(phase, (this.#not200.get(phase) ?? 0) + 1);
      }),
    );
  }

  #pay(sim: TalkTalkSimulator): void {
    const paymentResult = { code: 'Success', paymentId: `p${this.#payments}` };
    this.#payments += 1;
    this.#keep(
      sim.sendRaw('사는 사람', { event: 'pay_complete', options: { paymentResult } }).then(({ status }) => {
        if (status === 200) this.#payments200 += 1;
      }),
    );
  }

  #keep(work: Promise<void>): void {
    const kept = work.finally(() => this.#underWay.delete(kept));
    this.#underWay.add(kept);
  }

  async #settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    for (const sim of this.#sims) await sim.settled();
  }

  #customers(): readonly Pick<Asked, 'sim' | 'user'>[] {
    const seen = new Map<TalkTalkSimulator, Set<string>>();
    return this.#asked.filter(({ sim, user }) => {
      const users = seen.get(sim) ?? new Set();
      seen.set(sim, users);
      return users.size !== users.add(user).size;
    });
  }

  /** Questions of customers who got fewer messages than it takes to answer or explain all of theirs. */
  #silent(): readonly string[] {
    return this.#customers().flatMap(({ sim, user }) => {
      const unanswered = this.#asked.filter(
        (asked) => asked.sim === sim && asked.user === user && timesAnswered(asked) === 0,
      );
      const explanations = sim.messages(user).filter(({ event }) => idsIn(JSON.stringify(event)).length === 0).length;
      return unanswered.length > 0 && explanations === 0 ? unanswered.map(({ id }) => id) : [];
    });
  }
}

function timesAnswered({ sim, user, id }: Asked): number {
  return answeredIds(sim, user).filter((answered) => answered === id).length;
}

function answeredIds(sim: TalkTalkSimulator, user: string): readonly string[] {
  return sim.messages(user).flatMap(({ event }) => idsIn(JSON.stringify(event)));
}

function idsIn(text: string): readonly string[] {
  return text.match(/질문-q\d+-\d+/g) ?? [];
}

function isAscending(ids: readonly string[]): boolean {
  const numbers = ids.map((id) => Number(id.split('-')[2]));
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}

/** Calls `run` so often a second, catching up where a timer was late. */
async function atRate(perSecond: number, times: number, run: (n: number) => void): Promise<void> {
  const startedAt = performance.now();
  for (let n = 0; n < times; ) {
    const due = Math.min(times, Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond));
    for (; n < due; n += 1) run(n);
    await sleep(5);
  }
}

function figuresOf(name: string, elapsed: readonly number[], not200: number): Figures {
  const sorted = [...elapsed].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { name, calls: sorted.length, not200, p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1) };
}

async function startPlatforms(count: number) {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const authorization = `storm-key-${index}`;
      const sim = createTalkTalkSimulator({
        seed: `storm ${index}`,
        authorization,
        rateBlock: { requests: 30, windowMs: 3_000, blockedForMs: 3_000 },
        // Whether a refused payment counts is not known; here each is on purpose.
        unconfirmed: { countPaymentRefusals: false },
      });
      const { url } = await sim.start();
      const bot = { id: `shop-${index}`, naverAuthorization: authorization, naverSecret: [SECRET], naverBaseUrl: url };
      return { sim, bot };
    }),
  );
}

/** A model that names the questions it answers, and that can go away and come back at the same address. */
async function startModel() {
  const create = (port: number) =>
    createClovaSimulator({
      port,
      recordLimit: 1,
      latencyMs: 50,
      answer: ({ messages }) => {
        const question = messages.findLast(({ role }) => role === 'user')?.text ?? '';
        return `${idsIn(question).join(', ')} 말씀하신 내용을 확인했습니다.`;
      },
    });
  let simulator = create(0);
  const { url } = await simulator.start();
  return {
    env: { CLOVA_BASE_URL: url, CLOVA_API_KEY: 'nv-storm', KNOWLEDGE_FILE: 'none' },
    stop: () => simulator.close(),
    restart: async () => {
      simulator = create(Number(new URL(url).port));
      await simulator.start();
    },
  };
}

async function spooledEvents(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = [...text.matchAll(/^malgil_spooled_events_total\{[^}]*outcome="kept"\} (\d+)/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
