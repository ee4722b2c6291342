/** A tap while the model still writes: what has been written since, and the same button for the rest. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Handled } from '../../../src/conversation/handled.ts';
import { GatewayError } from '../../../src/errors.ts';
import { flush, GatewayRig } from '../../helpers/gateway-rig.ts';
import {
  buttonOf,
  KakaoReader,
  labelsOf,
  numbered,
  numberedNames,
  type Screen,
  sentencesIn,
} from '../../helpers/kakao-reader.ts';
import type { ScriptedCall } from '../../helpers/scripted-engine.ts';

let rig: GatewayRig;
let customer: KakaoReader;

beforeEach(async () => {
  rig = await GatewayRig.open();
  customer = new KakaoReader(rig);
});

afterEach(async () => {
  await rig.close();
});

/** Writes sentences with a name and a number, and always the beginning of the next one: what could still become a number or a link that
 *  nobody gave the model is not let out before that. */
class Writer {
  readonly #call: ScriptedCall;
  readonly #name: string;
  #count = 0;

  constructor(call: ScriptedCall, name: string) {
    this.#call = call;
    this.#name = name;
  }

  async say(count: number): Promise<void> {
    const sentences = numbered(this.#name, count + 1, this.#count + 1);
    const end = sentences.lastIndexOf(` 문장${this.#name}`) + BEGUN_CHARS;
    this.#call.say(sentences.slice(this.#count === 0 ? 0 : BEGUN_CHARS - 1, end));
    this.#count += count;
    await rig.settle();
  }

  /** One sentence, which is the last one. */
  async finish(): Promise<void> {
    this.#call.say(numbered(this.#name, 1, this.#count + 1).slice(BEGUN_CHARS - 1));
    this.#call.finish();
    await rig.settle();
  }
}

/** Of the next sentence, with the blank before it. */
const BEGUN_CHARS = 24;

async function writer(name = 'A'): Promise<Writer> {
  return new Writer(await rig.engine.nextCall(), name);
}

/** A response that nobody has read yet. */
async function tapUnread(screen: Screen, label: string): Promise<Handled> {
  const tapping = rig.send(rig.message('kakao', '', { input: 'tap', action: buttonOf(screen, label) }));
  await rig.settle();
  await rig.clock.advance(4_000);
  return tapping;
}

describe('"이어서 보기" while the model still writes', () => {
  /** The callback showed three sentences. */
  async function showThree() {
    await customer.askSlowly('긴 질문이에요', true);
    const model = await writer();
    await model.say(3);
    const screen = await customer.readCallbackAtBudget();
    expect(sentencesIn(screen)).toEqual(numberedNames('A', 1, 3));
    return { screen, model };
  }

  it('shows what has been written since, cut at a sentence, and goes on from there', async () => {
    const { screen, model } = await showThree();
    await model.say(4);
    const second = await customer.tapOn(screen, '이어서 보기');
    expect(second.texts).toEqual([numbered('A', 4, 4)]);
    expect(labelsOf(second)).toEqual(['이어서 보기']);
    await model.say(2);
    const third = await customer.tapOn(second, '이어서 보기');
    expect(third.texts).toEqual([numbered('A', 2, 8)]);
    await model.finish();
    const last = await customer.tapOn(third, '이어서 보기');
    expect(last).toEqual({ texts: [numbered('A', 1, 10)], buttons: [] });
  });

  it('waits as long as the response may take for the end of the answer', async () => {
    const { screen, model } = await showThree();
    await model.say(2);
    const tapping = rig.send(rig.message('kakao', '', { input: 'tap', action: buttonOf(screen, '이어서 보기') }));
    await rig.settle();
    await rig.clock.advance(3_900);
    await model.finish();
    expect(await customer.read(await tapping)).toEqual({ texts: [numbered('A', 3, 4)], buttons: [] });
  });

  it('shows the waiting text only while there is no new sentence', async () => {
    const { screen, model } = await showThree();
    const waiting = await customer.tapOn(screen, '이어서 보기');
    expect(waiting.texts).toEqual([rig.bot.waitingText]);
    expect(waiting.buttons).toEqual(screen.buttons);
    await model.say(1);
    expect(sentencesIn(await customer.tapOn(waiting, '이어서 보기'))).toEqual(['A4']);
  });

  it('shows the same page for the same button, at the same moment and later', async () => {
    const { screen, model } = await showThree();
    await model.say(4);
    const [one, other] = await customer.tap(buttonOf(screen, '이어서 보기'), 2);
    expect(sentencesIn(one ?? screen)).toEqual(numberedNames('A', 4, 7));
    expect(other).toEqual(one);
    await model.say(4);
    expect(await customer.tapOn(screen, '이어서 보기')).toEqual(one);
    await model.finish();
    expect(await customer.tapOn(screen, '이어서 보기')).toEqual(one);
    expect(sentencesIn(await customer.tapOn(one ?? screen, '이어서 보기'))).toEqual(numberedNames('A', 8, 12));
  });

  it('loses nothing when the response does not get through', async () => {
    const { screen, model } = await showThree();
    await model.say(4);
    await flush(rig, await tapUnread(screen, '이어서 보기'), false);
    await model.finish();
    const second = await customer.tapOn(screen, '이어서 보기');
    expect(sentencesIn(second)).toEqual(numberedNames('A', 4, 7));
    expect(sentencesIn(await customer.tapOn(second, '이어서 보기'))).toEqual(['A8']);
  });

  it('shows more than one message holds message by message', async () => {
    const { screen, model } = await showThree();
    await model.say(97);
    const second = await customer.tapOn(screen, '이어서 보기');
    const third = await customer.tapOn(second, '이어서 보기');
    await model.finish();
    const last = await customer.tapOn(third, '이어서 보기');
    expect([second, third, last].flatMap(sentencesIn)).toEqual(numberedNames('A', 4, 101));
    for (const text of [second, third, last].flatMap(({ texts }) => texts))
      expect(text.length).toBeLessThanOrEqual(500);
  });

  it('shows it again after kill -9, and then the whole answer that is made anew', async () => {
    const { screen, model } = await showThree();
    await model.say(4);
    const second = await customer.tapOn(screen, '이어서 보기');
    rig.die();
    await rig.restart();
    expect(await customer.tapOn(screen, '이어서 보기')).toEqual(second);
    const anew = await writer();
    await anew.say(5);
    const third = await customer.tapOn(second, '이어서 보기');
    expect(sentencesIn(third)).toEqual(numberedNames('A', 1, 5));
    await anew.finish();
    expect(await customer.tapOn(third, '이어서 보기')).toEqual({ texts: [numbered('A', 1, 6)], buttons: [] });
  });

  it('brings a page whose response was cut off by kill -9', async () => {
    const { screen, model } = await showThree();
    await model.say(4);
    await tapUnread(screen, '이어서 보기');
    rig.die();
    await rig.restart();
    expect(sentencesIn(await customer.tapOn(screen, '이어서 보기'))).toEqual(numberedNames('A', 4, 7));
  });

  it('counts as shown only what the store has', async () => {
    const { screen, model } = await showThree();
    await model.say(4);
    vi.spyOn(rig.store, 'addDelivery').mockRejectedValueOnce(new GatewayError('STORE_FAILED', 'the disk is gone'));
    const tapping = rig.send(rig.message('kakao', '', { input: 'tap', action: buttonOf(screen, '이어서 보기') }));
    const failed = expect(tapping).rejects.toThrow('the disk is gone');
    await rig.settle();
    await rig.clock.advance(4_000);
    await failed;
    await model.finish();
    expect(sentencesIn(await customer.tapOn(screen, '이어서 보기'))).toEqual(numberedNames('A', 4, 8));
  });

  it('ends with what is written behind a page that is being stored', async () => {
    const { screen, model } = await showThree();
    await model.say(4);
    const stored = Promise.withResolvers<void>();
    const add = rig.store.addDelivery.bind(rig.store);
    vi.spyOn(rig.store, 'addDelivery').mockImplementationOnce((...args) => stored.promise.then(() => add(...args)));
    const tapping = rig.send(rig.message('kakao', '', { input: 'tap', action: buttonOf(screen, '이어서 보기') }));
    await rig.settle();
    await rig.clock.advance(4_000);
    await model.finish();
    stored.resolve();
    await rig.settle();
    const second = await customer.read(await tapping);
    expect(sentencesIn(second)).toEqual(numberedNames('A', 4, 7));
    expect(sentencesIn(await customer.tapOn(second, '이어서 보기'))).toEqual(['A8']);
  });
});

describe('"답변 보기" while the model still writes', () => {
  it('shows the beginning, and the rest behind "이어서 보기"', async () => {
    const waiting = await customer.askSlowly('긴 질문이에요');
    const model = await writer();
    await model.say(3);
    const first = await customer.tapOn(waiting, '답변 보기');
    expect(first.texts).toEqual([numbered('A', 3)]);
    expect(labelsOf(first)).toEqual(['이어서 보기']);
    await model.say(2);
    const second = await customer.tapOn(first, '이어서 보기');
    expect(sentencesIn(second)).toEqual(numberedNames('A', 4, 5));
    await model.finish();
    expect(await customer.tapOn(second, '이어서 보기')).toEqual({ texts: [numbered('A', 1, 6)], buttons: [] });
    expect(await customer.tapOn(waiting, '답변 보기')).toEqual(first);
  });

  it('twice at the same moment shows the same beginning', async () => {
    const waiting = await customer.askSlowly('긴 질문이에요');
    await (await writer()).say(3);
    const [one, other] = await customer.tap(buttonOf(waiting, '답변 보기'), 2);
    expect(sentencesIn(one ?? waiting)).toEqual(numberedNames('A', 1, 3));
    expect(other).toEqual(one);
  });

  it('shows the beginning of an earlier answer that is being written, under its question', async () => {
    await customer.askSlowly('첫째 질문이에요');
    const waiting = await customer.askSlowly('둘째 질문이에요');
    const model = await writer();
    await model.say(3);
    const first = await customer.tapOn(waiting, '답변 보기');
    expect(first.texts).toEqual([`“첫째 질문이에요” 질문의 답변이에요.\n\n${numbered('A', 3)}`]);
    expect(labelsOf(first).toSorted()).toEqual(['답변 보기', '이어서 보기']);
    await model.finish();
    await customer.finish(numbered('B', 2));
    expect(sentencesIn(await customer.tapOn(first, '답변 보기'))).toEqual(numberedNames('B', 1, 2));
    expect(sentencesIn(await customer.tapOn(first, '이어서 보기'))).toEqual(['A4']);
  });

  it('leaves alone what a callback is still to bring', async () => {
    const question = { text: '긴 질문이에요', hasCallback: true };
    const handling = rig.send(rig.message('kakao', question.text, question));
    const model = await writer();
    await rig.clock.advance(4_000);
    await flush(rig, await handling);
    await model.say(3);
    const again = rig.send(rig.message('kakao', question.text, question));
    await rig.settle();
    await rig.clock.advance(4_000);
    expect((await customer.read(await again)).texts).toEqual([rig.bot.waitingText]);
    await model.finish();
    expect(rig.channel('kakao').sent.map(({ message }) => message.text)).toEqual([numbered('A', 4)]);
  });

  it('is offered as "이어서 보기" beside another answer once its beginning was shown', async () => {
    const waiting = await customer.askSlowly('긴 질문이에요');
    const model = await writer();
    await model.say(3);
    await customer.tapOn(waiting, '답변 보기');
    const beside = await customer.read(await rig.send(rig.message('kakao', '반품 배송비는 얼마인가요?')));
    expect(beside.texts.at(-1)).toContain('편도 3,000원');
    expect(labelsOf(beside)).toEqual(['이어서 보기']);
    await model.say(2);
    expect(sentencesIn(await customer.tapOn(beside, '이어서 보기'))).toEqual(numberedNames('A', 4, 5));
  });
});

describe('an answer whose end takes something out of its beginning', () => {
  const intro = '안녕하세요. 반품을 안내해 드릴게요.';
  const steps = '상자를 준비해 주세요. 물건을 담아 주세요. 기사님이 방문해요. 환불은 카드로 해 드려요.';

  async function read(beginning: string, rest: string) {
    await customer.askSlowly('반품은 어떻게 하나요', true);
    const call = await rig.engine.nextCall();
    call.say(beginning);
    await rig.settle();
    const first = await customer.readCallbackAtBudget();
    call.say(rest);
    call.finish();
    await rig.settle();
    const last = await customer.tapOn(first, '이어서 보기');
    return { first: first.texts.join('\n'), last: last.texts.join('\n') };
  }

  it('says only the rest where the model left too many lines blank', async () => {
    const { first, last } = await read(
      `${intro}\n\n\n${steps} 고객님께 `,
      '문자를 보내 드려요.\n\n자세한 내용은 https://unknown.example/returns 에서 보세요. 또 물어봐 주세요.',
    );
    expect(first).toContain('상자를 준비해 주세요.');
    expect(last).toContain('문자를 보내 드려요.');
    expect(last).toContain('또 물어봐 주세요.');
    expect(last).not.toContain('상자를 준비해 주세요.');
  });

  it('says only the rest where a heading lost all that stood under it', async () => {
    const { first, last } = await read(
      `${intro}\n\n## 주소\n\n- https://unknown.example/a\n- https://unknown.example/b\n\n${steps} 고객님께 `,
      '문자를 보내 드려요. 또 물어봐 주세요.',
    );
    expect(first).toContain('상자를 준비해 주세요.');
    expect(last).toContain('또 물어봐 주세요.');
    expect(last).not.toContain('상자를 준비해 주세요.');
    expect(last).not.toContain('안녕하세요.');
  });
});

describe('a page of an answer with blocks that mean something else in parts', () => {
  async function begin(text: string) {
    await customer.askSlowly('설치는 어떻게 하나요', true);
    const call = await rig.engine.nextCall();
    call.say(text);
    await rig.settle();
    return { call, first: await customer.readCallbackAtBudget() };
  }

  async function end(call: ScriptedCall, text: string, screen: Screen): Promise<readonly Screen[]> {
    call.say(text);
    call.finish();
    await rig.settle();
    const screens: Screen[] = [];
    for (let shown = screen; labelsOf(shown).includes('이어서 보기'); screens.push(shown)) {
      shown = await customer.tapOn(shown, '이어서 보기');
    }
    return screens;
  }

  const code = '```bash\n# 폴더를 만드세요.\nmkdir app\n# 실행하세요.\nnpm start\n```';

  it('holds a code block back until it ends', async () => {
    const { call, first } = await begin(`설치를 안내해 드릴게요.\n\n${code.slice(0, 40)}`);
    expect(first.texts).toEqual(['설치를 안내해 드릴게요.']);
    const [last] = await end(call, `${code.slice(40)}\n\n**다 되었어요.** 감사합니다.`, first);
    expect(last?.texts).toEqual([
      '# 폴더를 만드세요.\nmkdir app\n# 실행하세요.\nnpm start\n\n다 되었어요. 감사합니다.',
    ]);
  });

  it('holds a table back until it ends', async () => {
    const { call, first } = await begin('요금이에요.\n\n| 구분 | 요금 |\n|---|---|\n| 기본 | 삼천 원 |\n| 제주');
    expect(first.texts).toEqual(['요금이에요.']);
    const [last] = await end(call, ' | 육천 원 |\n\n감사합니다.', first);
    expect(last?.texts).toEqual(['구분 / 요금\n• 기본: 삼천 원\n• 제주: 육천 원\n\n감사합니다.']);
  });

  it('holds a heading back until something stands under it', async () => {
    const { call, first } = await begin('안내예요.\n\n## 준비\n\n상자가 필');
    expect(first.texts).toEqual(['안내예요.']);
    const [last] = await end(call, '요해요.', first);
    expect(last?.texts).toEqual(['준비\n\n상자가 필요해요.']);
  });

  it('shows code that is longer than a message as code on every page', async () => {
    const lines = Array.from({ length: 120 }, (_, line) => `# 차례${line + 1} **그대로** 두세요.`);
    const block = `\`\`\`bash\n${lines.join('\n')}\n\`\`\``;
    const { call, first } = await begin(block.slice(0, -400));
    const screens = [first, ...(await end(call, `${block.slice(-400)}\n\n**끝이에요.**`, first))];
    expect(screens.length).toBeGreaterThan(1);
    const said = screens.flatMap(({ texts }) => texts).join('\n');
    expect(said.split(/\n+/)).toEqual([...lines, '끝이에요.']);
  });
});

describe('an answer that fails behind what was shown of it', () => {
  async function failBehind(error: GatewayError) {
    await customer.askSlowly('긴 질문이에요', true);
    const call = await rig.engine.nextCall();
    call.say(`${numbered('A', 3)} 문장A4번은 배송과 교환을`);
    await rig.settle();
    const first = await customer.readCallbackAtBudget();
    expect(sentencesIn(first)).toEqual(numberedNames('A', 1, 3));
    call.fail(error);
    await rig.settle();
    return customer.tapOn(first, '이어서 보기');
  }

  it('says that it ends here, and is remembered', async () => {
    const last = await failBehind(new GatewayError('ENGINE_STREAM_BROKEN', 'the line is gone'));
    expect(last.texts).toEqual([
      '답변이 길어 여기까지만 안내해 드렸어요. 이어서 들으시려면 ‘이어서 알려 주세요’라고 말씀해 주세요.',
    ]);
    await customer.askSlowly('이어서 알려 주세요');
    const { request } = await rig.engine.nextCall();
    expect(request.history.map(({ text }) => text).join()).toContain(numbered('A', 3));
  });

  it('says that it was refused where a policy forbade the rest', async () => {
    const last = await failBehind(new GatewayError('ENGINE_FILTERED', 'the model refused'));
    expect(last.texts.join()).toContain('이 내용에는 답변을 드리기 어려워요.');
  });
});
