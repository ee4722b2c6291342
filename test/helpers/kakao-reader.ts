import { combineMessages } from '../../src/channels/kakao/combine.ts';
import { prefaceMessage } from '../../src/channels/kakao/preface.ts';
import { renderReply } from '../../src/channels/kakao/render.ts';
import type { SkillResponse } from '../../src/channels/kakao/schema.ts';
import type { Handled } from '../../src/conversation/handled.ts';
import { decodeTap, type TapAction } from '../../src/message.ts';
import { flush, type GatewayRig } from './gateway-rig.ts';

/** What stands in the room after one response or callback. */
export interface Screen {
  readonly texts: readonly string[];
  readonly buttons: readonly { readonly label: string; readonly action: TapAction }[];
}

export const labelsOf = ({ buttons }: Screen): string[] => buttons.map(({ label }) => label);

export function buttonOf(screen: Screen, label: string): TapAction {
  const found = screen.buttons.find((one) => one.label === label);
  if (found === undefined) throw new Error(`no ${label} among ${labelsOf(screen).join()}`);
  return found.action;
}

/** `name`1, `name`2 …: the sentences that `sentencesIn` finds. */
export const numberedNames = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${name}${from + i}`);

/** A customer at the real Kakao renderer who reads what comes and taps what is there. */
export class KakaoReader {
  readonly #rig: GatewayRig;

  constructor(rig: GatewayRig) {
    this.#rig = rig;
    const channel = rig.channel('kakao');
    channel.render = (reply, context) => renderReply(reply, context);
    channel.preface = prefaceMessage;
  }

  /** Answered before the window closes. */
  async askQuickly(question: string, answer: string): Promise<Screen> {
    const handling = this.#rig.send(this.#rig.message('kakao', question));
    await this.finish(answer);
    return this.read(await handling);
  }

  /** Not answered yet when the window closes. */
  async askSlowly(question: string, hasCallback = false): Promise<Screen> {
    const handling = this.#rig.send(this.#rig.message('kakao', question, { hasCallback }));
    await this.#rig.settle();
    await this.#rig.clock.advance(4_000);
    return this.read(await handling);
  }

  /** The callback at its budget, after the model has said `beginning`, and the rest of the answer after that. */
  async readCallback(beginning: string, rest: string): Promise<Screen> {
    const call = await this.#rig.engine.nextCall();
    call.say(beginning);
    await this.#rig.settle();
    const posted = await this.readCallbackAtBudget();
    call.say(rest);
    call.finish();
    await this.#rig.settle();
    return posted;
  }

  /** Of a question that was asked slowly just now. */
  async readCallbackAtBudget(): Promise<Screen> {
    await this.#rig.clock.advance(46_000);
    await this.#rig.settle();
    const post = this.#rig.channel('kakao').sent.at(-1);
    return screen(post === undefined ? [] : [post.message]);
  }

  /** The answer that the model works on is there. */
  async finish(answer: string): Promise<void> {
    const call = await this.#rig.engine.nextCall();
    call.say(answer);
    call.finish();
    await this.#rig.settle();
  }

  /** @param times at the same moment */
  async tap(action: TapAction, times = 1): Promise<readonly Screen[]> {
    const events = Array.from({ length: times }, () => this.#rig.message('kakao', '', { input: 'tap', action }));
    const handling = events.map((event) => this.#rig.send(event));
    await this.#rig.settle();
    await this.#rig.clock.advance(4_000);
    const handled = await Promise.all(handling);
    return Promise.all(handled.map((one) => this.read(one)));
  }

  /** On the button that `screen` shows. */
  async tapOn(screen: Screen, label: string): Promise<Screen> {
    const [shown] = await this.tap(buttonOf(screen, label));
    if (shown === undefined) throw new Error('no response');
    return shown;
  }

  /** What the response shows; it has arrived then. */
  async read(handled: Handled): Promise<Screen> {
    await flush(this.#rig, handled);
    if (handled.kind !== 'respond' || handled.outcome.kind !== 'answered') return { texts: [], buttons: [] };
    return screen(handled.outcome.messages);
  }
}

function screen(messages: Parameters<typeof combineMessages>[0]): Screen {
  const { template }: SkillResponse = combineMessages(messages);
  return {
    texts: template.outputs.map((output) => ('simpleText' in output ? output.simpleText.text : JSON.stringify(output))),
    buttons: (template.quickReplies ?? []).flatMap((reply) => {
      const action = 'extra' in reply ? decodeTap(reply.extra?.malgil) : undefined;
      return action === undefined ? [] : [{ label: reply.label, action }];
    }),
  };
}

/** An answer of `count` sentences that can be told apart. */
export function numbered(name: string, count: number, from = 1): string {
  return Array.from(
    { length: count },
    (_, i) => `문장${name}${from + i}번은 배송과 교환을 자세히 설명하는 문장입니다.`,
  ).join(' ');
}

/** Which of those sentences stand there, in order. */
export function sentencesIn({ texts }: Screen): readonly string[] {
  return [...texts.join('\n').matchAll(/문장([A-Z]\d+)번은/g)].map(([, name = '']) => name);
}
