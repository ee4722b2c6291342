/** Customers who go on asking while gateways are killed at random moments, and what has become of every answer. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bubble, textOf } from '../../simulator/bubble.ts';
import type { SkillExchange } from '../../simulator/kakao.ts';
import { questionId, SLOWLY } from '../../test/e2e/gated-model.ts';
import { openPlatforms } from '../../test/e2e/platforms.ts';
import { GatewayProcess } from '../../test/helpers/gateway-process.ts';
import { startBalancer } from './balancer.ts';
import { type OpenWork, readPostgres, readSqlite } from './turn-log.ts';

export interface CrashStormOptions {
  /** Kills. */
  readonly rounds: number;
  /** Half on TalkTalk, half on KakaoTalk, of these every third with a callback. */
  readonly customers: number;
  /** Absent: one gateway with the embedded store. */
  readonly postgres?: { readonly url: string; readonly replicas: number };
  readonly onRound?: (round: number) => void;
  /** After the last question: what is still to be done. */
  readonly onSettling?: (open: number) => void;
}

export interface CrashStormReport {
  readonly kills: number;
  /** Questions that the gateway took: 200 to TalkTalk, something to see for Kakao's customer. */
  readonly accepted: number;
  /** Questions of KakaoTalk's customers that were told to ask again later. */
  readonly turnedAway: number;
  readonly told: number;
  /** Question ids, each with its customer. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly crossed: readonly string[];
  readonly outOfOrder: readonly string[];
  /** What the customers concerned saw of these questions, and what the store has of them. */
  readonly evidence: readonly string[];
  /** Rules of the platforms that an answer broke. */
  readonly faults: readonly unknown[];
  /** TalkTalk events that the store did not take in time. What waits in the spool of one replica comes behind what another one took:
   *  those are not counted as out of order, where there are replicas. */
  readonly spooled: number;
  /** Turns and deliveries that were still open at the end, and bytes in spools. */
  readonly leftOpen: number;
  /** What of it is in the store. */
  readonly openWork: readonly OpenWork[];
  /** Deliveries by state, at the end. */
  readonly fates: Readonly<Record<string, number>>;
}

const INLINE_BUDGET_MS = 500;
/** A gateway takes it that nobody sees a response which it writes later, because KakaoTalk has hung up by then, and shows the answer again.
 *  With the budget as short as here KakaoTalk still listens. */
const SEEN_WITHIN_MS = INLINE_BUDGET_MS + 800;
/** Longer than the inline budget: some answers are late, whatever happens. */
const RELEASE_EVERY_MS = 700;
const KILL_AFTER_MS = { from: 300, span: 1_700 };
const PAUSE_AFTER_A_BROKEN_CALL_MS = 200;
/** People neither type at once nor all at the same time. */
const LONGEST_THOUGHT_MS = 300;
/** How long somebody waits for an answer before asking the next question all the same. Who never waited would ask faster than anybody can
 *  answer, and the end of the storm would measure the length of that queue. */
const LONGEST_PATIENCE_MS = 2_500;
const LOOK_EVERY_MS = 50;
/** A replica's work is taken over when it has been silent for about ten seconds. */
const SETTLE_MS = 90_000;
const MAX_TAPS = 300;
/** Wrong answers that are explained, each with so many questions before and after it. */
const EXPLAINED = 20;
const AROUND = 4;
const WITNESSED_CHARS = 40;

export async function runCrashStorm({
  rounds,
  customers,
  postgres,
  onRound,
  onSettling,
}: CrashStormOptions): Promise<CrashStormReport> {
  const platforms = await openPlatforms('crash-storm');
  const { model, kakao, talktalk } = platforms;
  const env = {
    ...platforms.env,
    KAKAO_INLINE_BUDGET_MS: String(INLINE_BUDGET_MS),
    NAVER_QUIET_MS: '0',
    METRICS: 'off',
    ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
  };
  const gateways: GatewayProcess[] = [];
  for (let index = 0; index < (postgres?.replicas ?? 1); index += 1) gateways.push(await GatewayProcess.start(env));
  const balancer = await startBalancer(gateways.map(({ port }) => port));
  platforms.connect(balancer.url);
  const [first] = gateways;
  const log =
    postgres === undefined ? readSqlite(join(first?.dataDir ?? '', 'malgil.sqlite')) : readPostgres(postgres.url);

  /** What reached whom, in order. */
  const told = new Map<string, string[]>();
  const accepted = new Map<string, string[]>();
  /** Shown behind a later answer with the customer's knowledge: asked for once more, or offered by a button. */
  const late = new Set<string>();
  const waitsBehind = new Set<string>();
  /** In responses that came too late to count. */
  const maybeUnseen = new Set<string>();
  const faults: unknown[] = [];
  let turnedAway = 0;
  const note = (map: Map<string, string[]>, who: string, ids: readonly string[]) => {
    const known = map.get(who);
    if (known === undefined) map.set(who, [...ids]);
    else known.push(...ids);
  };
  /** Every exchange of each customer, a line each. */
  const seen = new Map<string, string[]>();
  const hear = (who: string, cause: string, { status, elapsedMs, findings, bubbles, callback }: SkillExchange) => {
    if (status === 200) faults.push(...findings.faults);
    const ids = idsIn(bubbles);
    const witness = (way: string, shown: readonly Bubble[]) => {
      const what = idsIn(shown).join(' ') || textOf(shown).slice(0, WITNESSED_CHARS);
      note(seen, who, [`${new Date().toISOString()} ${who}, ${cause}: ${way} ${status} with ${what}`]);
    };
    witness(`after ${Math.round(elapsedMs)} ms`, bubbles);
    // Two answers that waited and the new one fill a response; the others wait behind its button, and come later than the new one.
    if (status === 200) {
      if (waitsBehind.has(who)) for (const id of ids) late.add(id);
      const hasMore = kakao.choices(who).some(({ label }) => label === '이어서 보기' || label === '답변 보기');
      if (hasMore) waitsBehind.add(who);
      else waitsBehind.delete(who);
    }
    note(
      told,
      who,
      ids.filter((id) => !maybeUnseen.has(id)),
    );
    if (elapsedMs > SEEN_WITHIN_MS) for (const id of ids) maybeUnseen.add(id);
    void callback?.then((result) => {
      witness('callback', result.bubbles);
      note(told, who, idsIn(result.bubbles));
    });
  };
  /** Takes what is held or of unknown fate, as a customer does who touches every button. */
  const touchAll = async (who: string) => {
    for (let taps = 0; taps < MAX_TAPS; taps += 1) {
      const [button] = kakao.choices(who);
      if (button === undefined) return;
      const exchange = await kakao.tap(who, button);
      if (button.label === '답변 다시 보기') {
        const ids = idsIn(exchange.bubbles);
        for (const id of ids) late.add(id);
        note(
          told,
          who,
          ids.filter((id) => told.get(who)?.includes(id) !== true),
        );
      } else hear(who, `tap on ${button.label}`, exchange);
      if (kakao.choices(who)[0] === button) return;
    }
  };

  /** Of a wrong answer and those around it. */
  const collectEvidence = async (wrong: readonly string[]) => {
    const evidence: string[] = [];
    for (const named of wrong.slice(0, EXPLAINED)) {
      const [who = '', id = ''] = named.split(': ');
      const around = questionsAround(id);
      const isAround = (text: string) => questionId(text).some((one) => around.includes(one));
      evidence.push(
        '',
        `${named}: told in the order ${(told.get(who) ?? []).filter(isAround).join(' ')}`,
        ...(seen.get(who) ?? []).filter(isAround),
        ...(await log.histories(around)),
      );
    }
    return evidence;
  };

  let isOver = false;
  const untilAnswered = async (who: string, id: string) => {
    const givesUpAt = Date.now() + Math.random() * LONGEST_PATIENCE_MS;
    const isAnswered = () =>
      idsIn(talktalk.messages(who).at(-1)?.bubbles ?? []).includes(id) || told.get(who)?.includes(id) === true;
    while (!isOver && Date.now() < givesUpAt && !isAnswered()) await delay(LOOK_EVERY_MS);
  };
  const customer = async (index: number) => {
    for (let n = 1; !isOver; n += 1) {
      const id = `질문-z${index}-${n}`;
      const words = `${id} ${n % 3 === 0 ? SLOWLY : '알려 주세요'}`;
      const who = nameOf(index);
      const status = isOnTalkTalk(index)
        ? (await talktalk.say(who, words)).status
        : await (async () => {
            const exchange = await kakao.say(who, words, { callback: index % 3 === 0 });
            hear(who, id, exchange);
            // The call broke off with its gateway, and KakaoTalk said so. If the question was stored, whoever takes it over answers it at a
            // later contact, quoted; a callback that was promised meanwhile by another gateway does not wait for that contact.
            if (exchange.status !== 200 && postgres !== undefined) late.add(id);
            if (!isTurnedAway(exchange)) return exchange.status;
            turnedAway += 1;
            return undefined;
          })();
      if (status === 200) note(accepted, who, [id]);
      if (status === 200) await untilAnswered(who, id);
      await delay(status === 200 ? Math.random() * LONGEST_THOUGHT_MS : PAUSE_AFTER_A_BROKEN_CALL_MS);
    }
  };

  const releasing = setInterval(() => model.release(SLOWLY), RELEASE_EVERY_MS);
  try {
    const crowd = Promise.all(Array.from({ length: customers }, (_, index) => customer(index)));
    for (let round = 1; round <= rounds; round += 1) {
      await delay(KILL_AFTER_MS.from + Math.random() * KILL_AFTER_MS.span);
      const gateway = gateways[Math.floor(Math.random() * gateways.length)];
      await gateway?.kill();
      await gateway?.restart();
      onRound?.(round);
    }
    isOver = true;
    await crowd;
    /** @returns what is open still */
    const settle = async () => {
      const givesUpAt = Date.now() + SETTLE_MS;
      const open = async () => (await log.open()) + (await spoolBytes(gateways));
      let leftOpen = await open();
      while (leftOpen > 0 && Date.now() < givesUpAt) {
        onSettling?.(leftOpen);
        await delay(100);
        leftOpen = await open();
      }
      return leftOpen;
    };
    const leftOpen = await settle();
    const openWork = await log.openByOwner();
    for (let index = 0; index < customers; index += 1) {
      const who = nameOf(index);
      if (isOnTalkTalk(index)) {
        note(
          told,
          who,
          talktalk.messages(who).flatMap(({ bubbles }) => idsIn(bubbles)),
        );
        continue;
      }
      const last = `질문-z${index}-${LAST}`;
      hear(who, last, await kakao.say(who, `${last} 알려 주세요`));
      note(accepted, who, [last]);
      await touchAll(who);
    }
    // That a response has arrived is written a moment after it.
    await settle();
    const unknown = new Set((await log.unknown()).flatMap(questionId));
    const spooled = gateways.flatMap(spooledTurns);
    if (postgres !== undefined) for (const id of (await log.events(spooled)).flatMap(questionId)) late.add(id);
    const wrong = judge(accepted, told, unknown, late);
    return {
      kills: rounds,
      accepted: [...accepted.values()].flat().length,
      turnedAway,
      told: [...told.values()].flat().length,
      ...wrong,
      evidence: await collectEvidence([
        ...new Set([wrong.crossed, wrong.doubled, wrong.outOfOrder, wrong.lost].flat()),
      ]),
      faults,
      spooled: spooled.length,
      leftOpen,
      openWork,
      fates: await log.fates(),
    };
  } finally {
    isOver = true;
    clearInterval(releasing);
    await Promise.all([balancer.close(), log.close(), ...gateways.map((gateway) => gateway.stop())]);
    await platforms.close();
  }
}

/** After every other question. */
const LAST = 999_999;

/** What the customer sees is no answer and no way to one, and says so. */
function isTurnedAway({ status, bubbles }: SkillExchange): boolean {
  return status === 200 && idsIn(bubbles).length === 0 && /^(지금 문의가 많아|죄송합니다)/.test(textOf(bubbles));
}

function questionsAround(id: string): readonly string[] {
  const prefix = id.slice(0, id.lastIndexOf('-') + 1);
  return Array.from({ length: 2 * AROUND + 1 }, (_, i) => `${prefix}${numberOf(id) - AROUND + i}`);
}

const idsIn = (bubbles: readonly Bubble[]) => questionId(textOf(bubbles));

/** 0 when nothing waits there any more. */
async function spoolBytes(gateways: readonly GatewayProcess[]): Promise<number> {
  const sizes = await Promise.all(gateways.map(async ({ dataDir }) => (await stat(join(dataDir, 'spool.jsonl'))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** An event has the id of the turn that it begins. */
const spooledTurns = (gateway: GatewayProcess) =>
  gateway.logged
    .filter(({ msg }) => msg === 'the store is not there: an event waits in the spool')
    .map(({ event }) => String(event));

const isOnTalkTalk = (index: number) => index % 2 === 0;
const nameOf = (index: number) => `${isOnTalkTalk(index) ? '톡톡' : '카카오'} ${index}`;
const numberOf = (id: string) => Number(id.slice(id.lastIndexOf('-') + 1));

/** What was cut between writing and the result perhaps arrived, perhaps not, and is never repeated by itself. */
function judge(
  accepted: ReadonlyMap<string, readonly string[]>,
  told: ReadonlyMap<string, readonly string[]>,
  unknown: ReadonlySet<string>,
  late: ReadonlySet<string>,
): Pick<CrashStormReport, 'lost' | 'doubled' | 'crossed' | 'outOfOrder'> {
  const report = { lost: [] as string[], doubled: [] as string[], crossed: [] as string[], outOfOrder: [] as string[] };
  for (const [who, ids] of accepted) {
    const heard = told.get(who) ?? [];
    const own = new RegExp(`^질문-z${/\d+/.exec(who)?.[0]}-`);
    const named = (id: string) => `${who}: ${id}`;
    report.lost.push(...ids.filter((id) => !heard.includes(id) && !unknown.has(id)).map(named));
    report.doubled.push(...heard.filter((id, at) => heard.indexOf(id) !== at).map(named));
    report.crossed.push(...heard.filter((id) => !own.test(id)).map(named));
    const inTurn = heard.filter((id) => !late.has(id) && !unknown.has(id));
    report.outOfOrder.push(
      ...inTurn.filter((id, at) => at > 0 && numberOf(id) < numberOf(inTurn[at - 1] ?? '')).map(named),
    );
  }
  return report;
}
