/** Whatever a customer asks and taps, and however often: every page of every answer, in order, and no other. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeTap } from '../../../src/message.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';
import { KakaoReader, numbered, type Screen, sentencesIn } from '../../helpers/kakao-reader.ts';
import type { ScriptedCall } from '../../helpers/scripted-engine.ts';

type Step =
  | { readonly kind: 'ask-quickly' | 'ask-slowly'; readonly sentences: number }
  | { readonly kind: 'ask-for-callback'; readonly sentences: number; readonly saidByThen: number }
  | { readonly kind: 'write'; readonly sentences: number }
  | { readonly kind: 'finish' }
  | { readonly kind: 'tap'; readonly which: number; readonly times: 1 | 2 };

const sentences = fc.integer({ min: 1, max: 130 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('ask-quickly', 'ask-slowly'), sentences }),
    fc.record({ kind: fc.constant('ask-for-callback' as const), sentences, saidByThen: fc.nat(60) }),
    fc.record({ kind: fc.constant('write' as const), sentences: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ kind: fc.constant('finish' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('tap' as const), which: fc.nat(), times: fc.constantFrom(1, 2) }),
    },
  ),
  { minLength: 2, maxLength: 10 },
);

interface OpenAnswer {
  readonly name: string;
  readonly sentences: number;
  written: number;
  call?: ScriptedCall;
}

class Session {
  readonly #rig: GatewayRig;
  readonly #customer: KakaoReader;
  readonly #waitingText: string;
  readonly #screens: Screen[] = [];
  /** Sentences of answers that the model still works on, in the order of asking. */
  readonly #open: OpenAnswer[] = [];
  readonly #answers: { readonly name: string; readonly sentences: number }[] = [];
  /** What each tap showed, once its answer was there. */
  readonly #shown = new Map<string, readonly string[]>();
  /** By the "이어서 보기" that showed it. */
  readonly #shownBy = new Map<string, string>();

  constructor(rig: GatewayRig) {
    this.#rig = rig;
    this.#customer = new KakaoReader(rig);
    this.#waitingText = rig.bot.waitingText;
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'tap') return this.#tap(step.which, step.times);
    if (step.kind === 'write') return this.#write(step.sentences);
    if (step.kind === 'finish') return this.#finish();
    const name = String.fromCharCode(65 + this.#answers.length);
    const answer = { name, sentences: step.sentences };
    this.#answers.push(answer);
    const question = `질문 ${name}에 답해 주세요`;
    // The model works on one at a time.
    if (step.kind === 'ask-quickly' && this.#open.length === 0) {
      this.#see(await this.#customer.askQuickly(question, numbered(name, step.sentences)));
      return;
    }
    const screen = await this.#customer.askSlowly(question, step.kind === 'ask-for-callback');
    this.#see(screen);
    const isPromised = screen.texts.length === 0;
    if (!isPromised || step.kind !== 'ask-for-callback') {
      this.#open.push({ ...answer, written: 0 });
      return;
    }
    const said = Math.min(step.saidByThen, step.sentences);
    const rest = said === 0 ? numbered(name, step.sentences) : ` ${numbered(name, step.sentences - said, said + 1)}`;
    this.#see(await this.#customer.readCallback(numbered(name, said), rest));
  }

  /** Of the answer that the model works on. */
  async #write(count: number): Promise<void> {
    const [answer] = this.#open;
    if (answer === undefined) return;
    const more = Math.min(count, answer.sentences - answer.written);
    answer.call ??= await this.#rig.engine.nextCall();
    if (more > 0) answer.call.say(`${answer.written > 0 ? ' ' : ''}${numbered(answer.name, more, answer.written + 1)}`);
    answer.written += more;
    await this.#rig.settle();
  }

  async #finish(): Promise<void> {
    await this.#write(Number.MAX_SAFE_INTEGER);
    this.#open.shift()?.call?.finish();
    await this.#rig.settle();
  }

  async #tap(which: number, times: number): Promise<void> {
    const buttons = this.#screens.flatMap((screen) => screen.buttons);
    const action = buttons[which % Math.max(1, buttons.length)]?.action;
    if (action === undefined) return;
    const screens = await this.#customer.tap(action, times);
    const key = encodeTap(action);
    for (const screen of screens) {
      this.#see(screen);
      const names = sentencesIn(screen);
      const leadsBack = screen.buttons.some((button) => encodeTap(button.action) === key);
      if (action.kind === 'continue') {
        expect(new Set(names.map((name) => name[0])).size).toBeLessThanOrEqual(1);
        for (const name of names) {
          expect(this.#shownBy.get(name) ?? key).toBe(key);
          this.#shownBy.set(name, key);
        }
      }
      // Not all that it leads to is there.
      if (leadsBack) continue;
      expect(names).not.toEqual([]);
      const before = this.#shown.get(key);
      if (before !== undefined) expect(screen.texts).toEqual(before);
      this.#shown.set(key, screen.texts);
    }
  }

  #see(screen: Screen): void {
    this.#screens.push(screen);
    expect(screen.texts.length).toBeLessThanOrEqual(3);
    for (const text of screen.texts) expect(text.length).toBeLessThanOrEqual(500);
    expect(screen.buttons.filter(({ label }) => label === '이어서 보기').length).toBeLessThanOrEqual(1);
    const names = sentencesIn(screen);
    expect(new Set(names).size).toBe(names.length);
  }

  /** The customer reads to the end of what the last response offers. */
  async readToTheEnd(): Promise<void> {
    while (this.#open.length > 0) await this.#finish();
    this.#see(await this.#customer.askQuickly('마지막 질문이에요', '끝이에요.'));
    for (let i = 0; i < 100 && (this.#screens.at(-1)?.buttons.length ?? 0) > 0; i += 1) {
      const buttons = this.#screens.flatMap((screen) => screen.buttons);
      await this.#tap(buttons.length - (this.#screens.at(-1)?.buttons.length ?? 0), 1);
    }
    expect(this.#screens.at(-1)?.buttons).toEqual([]);
    expect(this.#screens.at(-1)?.texts).not.toContain(this.#waitingText);
    const firstShown = [...new Set(this.#screens.flatMap(sentencesIn))];
    for (const { name, sentences: count } of this.#answers) {
      const ofThis = firstShown.filter((sentence) => sentence[0] === name);
      expect(ofThis).toEqual(Array.from({ length: count }, (_, i) => `${name}${i + 1}`));
    }
  }
}

it('shows every page of every answer in order, and with the same button the same page', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const rig = await GatewayRig.open();
      try {
        const session = new Session(rig);
        for (const step of taken) await session.take(step);
        await session.readToTheEnd();
      } finally {
        await rig.close();
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
