/** What came of the questions of one kind, and which promises that keeps. */
import type { CallbackPost } from '../../simulator/kakao.ts';
import type { Question, Story, Way } from './customer.ts';

export interface Budgets {
  readonly inlineMs: number;
  readonly callbackMs: number;
  readonly engineTotalMs: number;
}

export interface Tally {
  readonly name: string;
  readonly questions: number;
  readonly httpAnswers: number;
  readonly slowestMs: number;
  readonly p99Ms: number;
  readonly inline: number;
  /** Of those, what the knowledge answered. */
  readonly known: number;
  readonly promised: number;
  readonly accepted: number;
  readonly refused: number;
  /** POSTs later than the budget allows. */
  readonly late: number;
  /** Answers that came through the callback to their end; others showed their beginning there, or a button. */
  readonly byCallback: number;
  readonly pickups: number;
  readonly apologies: number;
  /** Since the first question of all. */
  readonly firstApologyMs: number | undefined;
  readonly turnedAway: number;
  /** Although the knowledge knows the answer. */
  readonly knownTurnedAway: number;
  /** Questions that ended in nothing. */
  readonly lost: number;
  /** HTTP answers that Kakao shows nothing of, and promises without a callback. */
  readonly silent: number;
  /** Of those, the ones that the platform did not wait for. */
  readonly timedOut: number;
  /** Texts of somebody else. */
  readonly crossed: number;
  readonly doubled: number;
  /** Customers who got their answers in another order than they had asked. */
  readonly disordered: number;
  /** Times that a customer had no button and nothing to wait for. */
  readonly nudges: number;
  /** A few of the faults, for whoever has to look for the cause. */
  readonly faults: readonly string[];
}

/** A callback that started within its budget may still take a moment. */
const CALLBACK_GRACE_MS = 5_000;
const PLATFORM_LIMIT_MS = 4_500;
const SHOWN_FAULTS = 3;

export function tallyOf(
  name: string,
  stories: readonly Story[],
  posts: readonly CallbackPost[],
  { callbackMs }: Budgets,
): Tally {
  const questions = stories.flatMap((story) => story.questions);
  const http = stories.flatMap((story) => story.http);
  const elapsedMs = http.map((answer) => answer.elapsedMs).sort((a, b) => a - b);
  const offered = new Set(stories.flatMap((story) => story.offeredPaths));
  const own = posts.filter((post) => offered.has(post.path));
  const askedAt = new Map<string, number>();
  for (const question of questions) {
    if (question.promisedPath !== undefined) askedAt.set(question.promisedPath, question.askedAt);
  }
  const ended = (kind: string, way?: Way) =>
    questions.filter((question) => question.ended?.kind === kind && (way === undefined || question.ended.way === way));
  const faulty = http.filter((answer) => answer.faults.length > 0);
  const sum = (of: (story: Story) => number) => stories.reduce((total, story) => total + of(story), 0);
  const apologies = ended('apology');
  return {
    name,
    questions: questions.length,
    httpAnswers: http.length,
    slowestMs: elapsedMs.at(-1) ?? 0,
    p99Ms: elapsedMs[Math.ceil(elapsedMs.length * 0.99) - 1] ?? 0,
    inline: ended('answer', 'inline').length,
    known: ended('answer', 'inline').filter((question) => question.isKnown).length,
    promised: askedAt.size,
    accepted: own.filter((post) => post.accepted).length,
    refused: own.filter((post) => !post.accepted).length,
    late: own.filter((post) => post.at > (askedAt.get(post.path) ?? 0) + callbackMs + CALLBACK_GRACE_MS).length,
    byCallback: ended('answer', 'callback').length,
    pickups: ended('answer', 'tap').length,
    apologies: apologies.length,
    firstApologyMs: msToFirstApology(questions, apologies),
    turnedAway: ended('turned-away').length,
    knownTurnedAway: ended('turned-away').filter((question) => question.isKnown).length,
    lost: questions.filter((question) => question.ended === undefined).length,
    silent: faulty.length + sum((story) => story.brokenPromises),
    timedOut: http.filter((answer) => answer.timedOut).length,
    crossed: sum((story) => story.crossed.length),
    doubled: sum((story) => story.doubled.length),
    disordered: stories.filter(isDisordered).length,
    nudges: sum((story) => story.nudges),
    faults: faulty.flatMap((answer) => answer.faults).slice(0, SHOWN_FAULTS),
  };
}

/** From the first question of all to the first apology: by then the gateway may know that the engine never answers, and tell those who come
 *  later at once. */
function msToFirstApology(questions: readonly Question[], apologies: readonly Question[]): number | undefined {
  if (apologies.length === 0) return undefined;
  const began = Math.min(...questions.map(({ askedAt }) => askedAt));
  return Math.min(...apologies.map(({ ended, askedAt }) => ended?.at ?? askedAt)) - began;
}

function isDisordered({ questions, order }: Story): boolean {
  const asked = questions.map(({ token }) => token).filter((token) => order.includes(token));
  return asked.join() !== order.join();
}

export interface Expected {
  /** `none`; `all` for an engine that never answers. */
  readonly apologies: 'none' | 'all';
  readonly mayTurnAway: boolean;
  /** The machine has other things to do and may stand still for seconds: then only what must hold all the same is judged. A callback
   *  that is on its way while a response shows a button takes that button away, and the customer has to say something. */
  readonly isUntimed?: boolean;
}

/** The promises that a tally breaks, in words; empty when all are kept. */
export function brokenPromises(tally: Tally, { engineTotalMs }: Budgets, expected: Expected): readonly string[] {
  const { name, questions, slowestMs, promised, accepted, refused, late, lost, silent, crossed, doubled } = tally;
  // A promise that came too late for the platform is none, so its callback is refused.
  const excused = expected.isUntimed === true ? tally.timedOut : 0;
  const rules: readonly (readonly [boolean, string])[] = [
    [expected.isUntimed === true || slowestMs <= PLATFORM_LIMIT_MS, `an HTTP answer took ${slowestMs} ms`],
    [accepted === promised, `${promised} callbacks were promised and ${accepted} accepted`],
    [refused <= excused, `${refused} callbacks were refused`],
    [expected.isUntimed === true || late === 0, `${late} callbacks came after their budget`],
    [lost === 0, `${lost} questions ended in nothing`],
    [silent <= excused, `${silent} silences (${tally.faults.join('; ')})`],
    [crossed === 0, `${crossed} texts reached somebody else`],
    [doubled === 0, `${doubled} answers came twice`],
    [expected.isUntimed === true || tally.nudges === 0, `${tally.nudges} times there was no way to an answer`],
    [tally.disordered === 0, `${tally.disordered} customers got their answers out of order`],
    [tally.apologies === (expected.apologies === 'all' ? questions : 0), `${tally.apologies} apologies`],
    [(tally.firstApologyMs ?? engineTotalMs) >= engineTotalMs, `an apology came after ${tally.firstApologyMs} ms`],
    [expected.mayTurnAway || tally.turnedAway === 0, `${tally.turnedAway} questions were turned away`],
    [tally.knownTurnedAway === 0, `${tally.knownTurnedAway} questions that the knowledge knows were turned away`],
  ];
  return rules.filter(([isKept]) => !isKept).map(([, words]) => `${name}: ${words}`);
}
