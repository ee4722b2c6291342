import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { CALLBACK_URL, flush, GatewayRig, seen } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(async () => {
  await rig.close();
});

const QUESTION = '오늘 서울 날씨에 어울리는 옷은?';

async function answerNext(text: string): Promise<void> {
  const call = await rig.engine.nextCall();
  call.say(text);
  call.finish();
}

/** A question whose answer misses the inline budget; its waiting bubble (or promise) has been shown. */
async function askLate(options: Parameters<GatewayRig['message']>[2] = {}, text = QUESTION) {
  const event = rig.message('kakao', text, options);
  const handling = rig.send(event);
  const call = await rig.engine.nextCall();
  await rig.clock.advance(4_000);
  const handled = await handling;
  await flush(rig, handled);
  const answer = async (words: string) => {
    call.say(words);
    call.finish();
    await rig.settle();
  };
  return { event, call, handled, answer };
}

async function states(turnId: string): Promise<string[]> {
  return (await rig.store.readDeliveries(turnId)).map((delivery) => `${delivery.mode}:${delivery.state}`);
}

describe('the race for an inline answer', () => {
  it('answers in the response when the engine is in time, and counts it as delivered once it was written', async () => {
    const event = rig.message('kakao', QUESTION);
    const handling = rig.send(event);
    await answerNext('가벼운 외투를 추천해요.');
    const handled = await handling;
    expect(seen(handled).texts).toEqual(['가벼운 외투를 추천해요.']);
    expect(await states(event.id)).toEqual(['inline:sending']);
    await flush(rig, handled);
    expect(await states(event.id)).toEqual(['inline:delivered']);
  });

  it('offers the waiting bubble at the budget, holds the answer, and gives it with the tap', async () => {
    const event = rig.message('kakao', QUESTION);
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    await rig.clock.advance(3_999);
    await rig.clock.advance(1);
    const waiting = await handling;
    expect(seen(waiting)).toEqual({ texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] });
    await flush(rig, waiting);

    call.say('늦은 답변입니다.');
    call.finish();
    await rig.settle();
    expect(await states(event.id)).toEqual(['pickup:held']);

    const tap = rig.message('kakao', '답변 보기', { input: 'tap', action: { kind: 'pickup', turnId: event.id } });
    const picked = await rig.send(tap);
    expect(seen(picked).texts).toEqual(['늦은 답변입니다.']);
    await flush(rig, picked);
    expect(await states(event.id)).toEqual(['pickup:picked-up']);
  });

  it('takes the words of the button for a tap on it, while the answer is made and when it is held', async () => {
    const { event, call } = await askLate();
    const typing = rig.send(rig.message('kakao', ' 답변보기! '));
    await rig.settle();
    await rig.clock.advance(4_000);
    const tooEarly = await typing;
    expect(seen(tooEarly)).toEqual({ texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] });
    await flush(rig, tooEarly);
    call.say('늦은 답변입니다.');
    call.finish();
    await rig.settle();

    const picked = await rig.send(rig.message('kakao', '답변 보기'));
    expect(seen(picked)).toEqual({ texts: ['늦은 답변입니다.'], choices: [] });
    await flush(rig, picked);
    expect(await states(event.id)).toEqual(['pickup:picked-up']);
    expect(rig.engine.calls).toHaveLength(1);
  });

  it('takes the words of the button for a question when nothing is there to be fetched', async () => {
    const handling = rig.send(rig.message('kakao', '답변 보기'));
    await answerNext('무엇을 도와드릴까요?');
    expect(seen(await handling).texts).toEqual(['무엇을 도와드릴까요?']);
  });

  it('takes the delay of the event loop off the budget', async () => {
    rig.loopDelayMs = 1_000;
    const handling = rig.send(rig.message('kakao', QUESTION));
    await rig.engine.nextCall();
    await rig.clock.advance(3_000);
    expect(seen(await handling).choices).toEqual(['답변 보기']);
  });

  it('a tap while the answer is being finished waits for it', async () => {
    const { event, call } = await askLate();
    const tapping = rig.send(rig.message('kakao', '답변 보기', { action: { kind: 'pickup', turnId: event.id } }));
    await rig.settle();
    call.say('방금 끝났어요.');
    call.finish();
    expect(seen(await tapping).texts).toEqual(['방금 끝났어요.']);
  });

  it('a tap that is still too early gets the waiting bubble again', async () => {
    const { event } = await askLate();
    const tapping = rig.send(rig.message('kakao', '답변 보기', { action: { kind: 'pickup', turnId: event.id } }));
    await rig.settle();
    await rig.clock.advance(4_000);
    expect(seen(await tapping)).toEqual({ texts: ['답변을 준비하고 있어요.'], choices: ['답변 보기'] });
  });

  it('a double tap gets the same answer twice, and it is accounted for once', async () => {
    const { event, answer } = await askLate();
    await answer('한 번뿐인 답변');
    const action = { kind: 'pickup', turnId: event.id } as const;
    const taps = await Promise.all([
      rig.send(rig.message('kakao', '답변 보기', { action })),
      rig.send(rig.message('kakao', '답변 보기', { action })),
    ]);
    expect(taps.map((tap) => seen(tap).texts)).toEqual([['한 번뿐인 답변'], ['한 번뿐인 답변']]);
    for (const tap of taps) await flush(rig, tap);
    expect(await states(event.id)).toEqual(['pickup:picked-up']);
    await rig.clock.advance(31 * 60_000);
    expect(seen(await rig.send(rig.message('kakao', '답변 보기', { action }))).texts[0]).toContain('찾지 못했어요');
  });

  it('an answer in a response that nobody received is held again', async () => {
    const event = rig.message('kakao', QUESTION);
    const handling = rig.send(event);
    await answerNext('전달되지 못한 답변');
    await flush(rig, await handling, false);
    expect(await states(event.id)).toEqual(['inline:held']);

    const late = rig.message('kakao', '다른 질문이에요 오늘은 어때요', {
      conversation: { botId: 'default', channel: 'kakao', user: 'late' },
    });
    const lateHandling = rig.send(late);
    await answerNext('플랫폼이 먼저 끊은 답변');
    const lateHandled = await lateHandling;
    await rig.clock.advance(4_801);
    await flush(rig, lateHandled, true);
    expect(await states(late.id)).toEqual(['inline:held']);
  });

  it('another customer can not fetch an answer by its id', async () => {
    const { event, answer } = await askLate();
    await answer('비밀');
    const stranger = rig.message('kakao', '답변 보기', {
      conversation: { botId: 'default', channel: 'kakao', user: 'stranger' },
      action: { kind: 'pickup', turnId: event.id },
    });
    expect(seen(await rig.send(stranger)).texts[0]).toContain('찾지 못했어요');
    expect(await states(event.id)).toEqual(['pickup:held']);
  });
});

describe('held answers and new questions', () => {
  it('puts the held answer first, then the new one', async () => {
    const { event: first, answer } = await askLate();
    await answer('첫 답변');

    const second = rig.message('kakao', '그럼 내일 날씨에는 뭐가 어울려?');
    const secondHandling = rig.send(second);
    await answerNext('둘째 답변');
    const handled = await secondHandling;
    expect(seen(handled).texts).toEqual(['첫 답변', '둘째 답변']);
    await flush(rig, handled);
    expect(await states(first.id)).toEqual(['pickup:picked-up']);
    expect(await states(second.id)).toEqual(['inline:delivered']);
  });

  it('a new late question brings the held answer with its waiting bubble, through pickup and not callback', async () => {
    const { answer } = await askLate();
    await answer('첫 답변');
    const second = rig.message('kakao', '그럼 모레는 뭐가 어울려?', { hasCallback: true });
    const secondHandling = rig.send(second);
    await rig.engine.nextCall();
    await rig.clock.advance(4_000);
    expect(seen(await secondHandling)).toEqual({
      texts: ['첫 답변', '답변을 준비하고 있어요.'],
      choices: ['답변 보기'],
    });
  });

  it('a question that waits behind a slow one still gets its waiting bubble in time, and both answers come in order', async () => {
    const first = rig.message('kakao', QUESTION);
    const handling = rig.send(first);
    const slow = await rig.engine.nextCall();
    await rig.clock.advance(1_000);
    const second = rig.message('kakao', '두 번째 질문도 있어요');
    const secondHandling = rig.send(second);
    await rig.settle();
    await rig.clock.advance(3_000);
    await flush(rig, await handling);
    await rig.clock.advance(1_000);
    const waiting = await secondHandling;
    expect(seen(waiting).choices).toContain('답변 보기');
    await flush(rig, waiting);
    slow.say('하나');
    slow.finish();
    await answerNext('둘');
    await rig.settle();
    const tap = rig.message('kakao', '답변 보기', { action: { kind: 'pickup', turnId: second.id } });
    expect(seen(await rig.send(tap)).texts).toEqual(['하나', '둘']);
  });

  it('the later question sees the earlier one in its history', async () => {
    const handling = rig.send(rig.message('kakao', QUESTION));
    await answerNext('얇은 외투요.');
    await flush(rig, await handling);
    const next = rig.send(rig.message('kakao', '그거 얼마예요?'));
    const call = await rig.engine.nextCall();
    expect(call.request.history).toEqual([
      { role: 'user', text: QUESTION },
      { role: 'assistant', text: '얇은 외투요.' },
    ]);
    call.say('모르겠어요.');
    call.finish();
    await next;
  });
});

describe('callback', () => {
  it('promises at the budget and posts once, at least 500 ms after the promise had left', async () => {
    const event = rig.message('kakao', QUESTION, { hasCallback: true });
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    await rig.clock.advance(4_000);
    const promised = await handling;
    expect(seen(promised).texts).toEqual(['(promised) 답변을 준비하고 있어요.']);
    call.say('콜백 답변');
    call.finish();
    await rig.settle();
    expect(rig.channel('kakao').sent).toEqual([]);
    await flush(rig, promised);
    await rig.clock.advance(499);
    expect(rig.channel('kakao').sent).toEqual([]);
    await rig.clock.advance(1);
    await rig.settle();
    expect(rig.channel('kakao').sent.map(({ message, target }) => [message.text, target.url])).toEqual([
      ['콜백 답변', CALLBACK_URL],
    ]);
    await rig.clock.advance(60_000);
    expect(rig.channel('kakao').sent).toHaveLength(1);
    expect(await states(event.id)).toEqual(['callback:delivered']);
  });

  it('a promise that never left turns into a held answer', async () => {
    const event = rig.message('kakao', QUESTION, { hasCallback: true });
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    await rig.clock.advance(4_000);
    await flush(rig, await handling, false);
    call.say('답변');
    call.finish();
    await rig.settle();
    await rig.clock.advance(10_000);
    expect(rig.channel('kakao').sent).toEqual([]);
    expect(await states(event.id)).toEqual(['pickup:held']);
  });

  it('a refused callback is held; an unknown one is offered again, never repeated', async () => {
    rig.channel('kakao').receipts.push({ outcome: 'refused', code: 'invalid-token', retryable: false });
    const { event, answer } = await askLate({ hasCallback: true });
    await answer('거절된 답변');
    await rig.clock.advance(600);
    await rig.settle();
    expect(await states(event.id)).toEqual(['pickup:held']);

    rig.channel('kakao').receipts.push({ outcome: 'unknown', code: 'cut', retryable: false });
    const other = { botId: 'default', channel: 'kakao', user: 'other' } as const;
    const second = rig.message('kakao', QUESTION, { hasCallback: true, conversation: other });
    const secondHandling = rig.send(second);
    const secondCall = await rig.engine.nextCall();
    await rig.clock.advance(4_000);
    await flush(rig, await secondHandling);
    secondCall.say('알 수 없는 답변');
    secondCall.finish();
    await rig.settle();
    await rig.clock.advance(600);
    await rig.settle();
    expect(await states(second.id)).toEqual(['callback:unknown']);

    const nextHandling = rig.send(rig.message('kakao', '새 질문입니다', { conversation: other }));
    await answerNext('새 답변');
    const next = await nextHandling;
    expect(seen(next)).toEqual({ texts: ['새 답변'], choices: ['답변 다시 보기'] });
    const again = rig.message('kakao', '답변 다시 보기', {
      conversation: other,
      action: { kind: 'again', turnId: second.id },
    });
    expect(seen(await rig.send(again)).texts).toEqual(['알 수 없는 답변']);
  });

  it('shows complete sentences at the callback budget and keeps the rest for the tap', async () => {
    const { event, call, answer } = await askLate({ hasCallback: true });
    call.say('첫 문장입니다. 둘째 문장은 아직');
    await rig.settle();
    await rig.clock.advance(46_000);
    await rig.settle();
    expect(rig.channel('kakao').sent.map(({ message }) => message.wire as FakeWire)).toEqual([
      { texts: ['첫 문장입니다.'], choices: ['이어서 보기'] },
    ]);
    const early = rig.message('kakao', '이어서 보기', { action: { kind: 'continue', turnId: event.id, position: 1 } });
    const tooEarly = rig.send(early);
    await rig.settle();
    await rig.clock.advance(4_000);
    expect(seen(await tooEarly)).toEqual({ texts: [rig.bot.waitingText], choices: ['이어서 보기'] });
    await answer(' 끝나지 않았어요.');
    const tap = rig.message('kakao', '이어서 보기', { action: { kind: 'continue', turnId: event.id, position: 1 } });
    expect(seen(await rig.send(tap)).texts).toEqual(['둘째 문장은 아직 끝나지 않았어요.']);
    expect(rig.channel('kakao').sent).toHaveLength(1);
  });

  it('an engine that never ends becomes an apology with the contact', async () => {
    const { event, call } = await askLate({ hasCallback: true });
    await rig.clock.advance(46_000);
    await rig.settle();
    expect(rig.channel('kakao').sent.map(({ message }) => (message.wire as FakeWire).choices)).toEqual([['답변 보기']]);
    await rig.clock.advance(70_000);
    await rig.settle();
    expect(call.signal.aborted).toBe(true);
    const tap = rig.message('kakao', '답변 보기', { action: { kind: 'pickup', turnId: event.id } });
    expect(seen(await rig.send(tap)).texts[0]).toContain('02-000-0000');
  });
});

describe('push', () => {
  it('acknowledges at once, then sends each message as a delivery of its own, in order', async () => {
    const event = rig.message('naver', QUESTION);
    const handled = await rig.send(event);
    expect(seen(handled).texts).toEqual(['(accepted)']);
    await answerNext('푸시 답변');
    await rig.settle();
    expect(rig.channel('naver').sent.map(({ message }) => message.text)).toEqual(['푸시 답변']);
    expect(await states(event.id)).toEqual(['push:delivered']);
  });

  it('tries a refused message again where that may help, before later answers of the conversation', async () => {
    rig.channel('naver').receipts.push({ outcome: 'refused', code: '99', retryable: true });
    const first = rig.message('naver', QUESTION);
    await rig.send(first);
    await answerNext('첫째');
    await rig.settle();
    await rig.send(rig.message('naver', '둘째 질문은 이거예요'));
    await answerNext('둘째');
    await rig.settle();
    expect(rig.channel('naver').sent.map(({ message }) => message.text)).toEqual(['첫째']);
    await rig.clock.advance(1_000);
    await rig.settle();
    expect(rig.channel('naver').sent.map(({ message }) => message.text)).toEqual(['첫째', '첫째', '둘째']);
  });

  it('never repeats a message whose fate is unknown', async () => {
    rig.channel('naver').receipts.push({ outcome: 'unknown', code: 'cut', retryable: false });
    const event = rig.message('naver', QUESTION);
    await rig.send(event);
    await answerNext('한 번만');
    await rig.settle();
    await rig.clock.advance(60_000);
    expect(rig.channel('naver').sent).toHaveLength(1);
    expect(await states(event.id)).toEqual(['push:unknown']);
  });

  it('makes one turn of messages that wait, with the text of all of them', async () => {
    await rig.send(rig.message('naver', QUESTION));
    const slow = await rig.engine.nextCall();
    const waiting = ['저기요', '어제 산', '니트 어울리나요'].map((text) => rig.message('naver', text));
    for (const event of waiting) await rig.send(event);
    await rig.settle();
    slow.say('먼저');
    slow.finish();
    const merged = await rig.engine.nextCall();
    expect(merged.request.question).toBe('저기요\n어제 산\n니트 어울리나요');
    merged.say('한 번에 답합니다');
    merged.finish();
    await rig.settle();
    expect(rig.channel('naver').sent.map(({ message }) => message.text)).toEqual(['먼저', '한 번에 답합니다']);
    expect((await rig.store.readTurn(waiting[0]?.id ?? ''))?.state).toBe('merged');
  });

  it('shows typing within a second while the engine works, and stops with the answer', async () => {
    await rig.send(rig.message('naver', QUESTION));
    const call = await rig.engine.nextCall();
    await rig.clock.advance(1_000);
    expect(rig.channel('naver').typingCount).toBe(1);
    await rig.clock.advance(8_000);
    expect(rig.channel('naver').typingCount).toBe(2);
    call.say('끝');
    call.finish();
    await rig.settle();
    await rig.clock.advance(30_000);
    expect(rig.channel('naver').typingCount).toBe(2);
  });

  it('leave cancels the running turn and suppresses what is pending: a send would re-open the room', async () => {
    const event = rig.message('naver', QUESTION);
    await rig.send(event);
    const call = await rig.engine.nextCall();
    const { conversation, receivedAt, requestId } = event;
    const left = {
      type: 'conversation-left',
      id: 'left',
      conversation,
      receivedAt,
      requestId,
      replyWindows: [],
    } as const;
    await rig.gateway.handle(rig.bot, rig.channel('naver'), left);
    await rig.settle();
    expect(call.signal.aborted).toBe(true);
    await rig.clock.advance(60_000);
    expect(rig.channel('naver').sent).toEqual([]);
    expect((await rig.store.readTurn(event.id))?.state).toBe('suppressed');
  });

  it('keeps quiet while a human agent owns the thread', async () => {
    const handled = await rig.send(rig.message('naver', QUESTION, { standby: true }));
    await rig.settle();
    expect(seen(handled).texts).toEqual(['(accepted)']);
    expect(rig.engine.calls).toEqual([]);
  });
});

describe('the lane', () => {
  it('reset cancels the running turn, forgets the memory and answers at once', async () => {
    const first = rig.send(rig.message('kakao', QUESTION));
    const call = await rig.engine.nextCall();
    const reset = await rig.send(rig.message('kakao', '처음부터'));
    expect(seen(reset).texts[0]).toContain('처음부터 다시');
    expect(call.signal.aborted).toBe(true);
    expect(seen(await first).texts[0]).toContain('답변드리지 않았어요');
    const next = rig.send(rig.message('kakao', '내일 비 오나요?'));
    const nextCall = await rig.engine.nextCall();
    expect(nextCall.request.history).toEqual([]);
    nextCall.say('모르겠어요.');
    nextCall.finish();
    await next;
  });

  it('a question that the knowledge answers surely overtakes a slow one and says which question it answers', async () => {
    void rig.send(rig.message('kakao', QUESTION));
    const slow = await rig.engine.nextCall();
    const sure = await rig.send(rig.message('kakao', '반품 배송비는 얼마인가요?'));
    expect(seen(sure).texts[0]).toContain('반품 배송비는 얼마인가요?');
    expect(seen(sure).texts[1]).toContain('3,000원');
    slow.say('천천히');
    slow.finish();
    await rig.settle();
  });

  it('the same event delivered twice is answered once, and the second request gets the same answer', async () => {
    const event = rig.message('kakao', QUESTION, { dedupeKey: 'chp-1' });
    const twin = rig.message('kakao', QUESTION, { dedupeKey: 'chp-1' });
    const both = Promise.all([rig.send(event), rig.send(twin)]);
    await answerNext('하나뿐인 답변');
    expect((await both).map((handled) => seen(handled).texts)).toEqual([['하나뿐인 답변'], ['하나뿐인 답변']]);
    expect(rig.engine.calls).toHaveLength(1);
  });

  it('calls for a person are answered with the contact, without asking a model', async () => {
    const handled = await rig.send(rig.message('kakao', '상담원 연결해 주세요'));
    expect(seen(handled).texts[0]).toContain('02-000-0000');
    expect(seen(handled).choices).toEqual(['상담원 연결하기']);
    expect(rig.engine.calls).toEqual([]);
  });
});

describe('engines that fail', () => {
  it('the next engine of the chain answers, and what a browser had seen is taken back', async () => {
    const backup = rig.bot.approvedEngine;
    Object.assign(rig.bot, { engines: [rig.engine, backup] });
    const handled = await rig.send(rig.message('web', '반품 배송비는 얼마인가요?'));
    if (handled.kind !== 'stream') throw new Error('not a stream');
    const updates: string[] = [];
    handled.feed.watch((update) => updates.push(update.type));
    const call = await rig.engine.nextCall();
    call.say('반품 배송비는 아주 아주 비싸서 말씀드리기가 조금 어렵습니다만 그래도 말씀드리면 ');
    call.fail(new Error('cut'));
    await rig.settle();
    expect(updates).toEqual(['delta', 'restart', 'answered']);
  });

  it('when none answers the customer gets an apology with the contact', async () => {
    const handling = rig.send(rig.message('kakao', QUESTION));
    const call = await rig.engine.nextCall();
    call.fail(new Error('down'));
    expect(seen(await handling).texts[0]).toContain('02-000-0000');
  });
});

describe('faults of our own', () => {
  it('an answer that cannot be rendered becomes an apology, also where nobody waits', async () => {
    const channel = rig.channel('naver');
    const render = channel.render.bind(channel);
    let broken = true;
    channel.render = (reply, context) => {
      if (broken) {
        broken = false;
        throw new Error('a bug');
      }
      return render(reply, context);
    };
    await rig.send(rig.message('naver', QUESTION));
    await answerNext('무슨 일이 있어도');
    await rig.settle();
    expect(channel.sent.map(({ message }) => message.text)).toEqual([expect.stringContaining('02-000-0000')]);
  });

  it('a tap on an answer that never comes says so', async () => {
    const { event, answer } = await askLate();
    rig.store.answerTurn = async () => {
      throw new GatewayError('STORE_FAILED', 'the disk is full');
    };
    rig.store.moveTurn = async () => {
      throw new GatewayError('STORE_FAILED', 'the disk is full');
    };
    await answer('어디에도 적지 못한 답변');
    const tap = rig.message('kakao', '답변 보기', { action: { kind: 'pickup', turnId: event.id } });
    expect(seen(await rig.send(tap)).texts[0]).toContain('다시 질문해 주세요');
  });

  it('an answer that could not be stored still reaches the customer who waits', async () => {
    const answerTurn = rig.store.answerTurn.bind(rig.store);
    rig.store.answerTurn = async () => {
      throw new GatewayError('STORE_FAILED', 'the disk is full');
    };
    const handling = rig.send(rig.message('kakao', QUESTION));
    await answerNext('그래도 드리는 답변');
    expect(seen(await handling).texts).toEqual(['그래도 드리는 답변']);
    rig.store.answerTurn = answerTurn;
  });
});

describe('privacy', () => {
  it('masks before store and model', async () => {
    const event = rig.message('kakao', '제 번호는 010-1234-5678이고 메일은 hong@example.com이에요. 날씨 알려줘요');
    const handling = rig.send(event);
    const call = await rig.engine.nextCall();
    const stored = JSON.stringify(await rig.store.readTurn(event.id));
    for (const text of [call.request.question, stored]) {
      expect(text).not.toContain('1234');
      expect(text).not.toContain('hong@');
    }
    call.say('네.');
    call.finish();
    await handling;
  });

  it('masks a number that was split over two messages', async () => {
    await rig.send(rig.message('naver', QUESTION));
    const slow = await rig.engine.nextCall();
    for (const text of ['주민번호 900101', '1234567']) await rig.send(rig.message('naver', text));
    await rig.settle();
    slow.say('네');
    slow.finish();
    const merged = await rig.engine.nextCall();
    expect(merged.request.question).not.toContain('1234567');
    merged.say('네');
    merged.finish();
    await rig.settle();
  });
});

describe('after a restart', () => {
  it('a push turn that was open is answered and sent once', async () => {
    const event = rig.message('naver', QUESTION);
    await rig.send(event);
    await rig.engine.nextCall();
    await rig.restart();
    await answerNext('다시 시작한 뒤의 답변');
    await rig.settle();
    expect(rig.channel('naver').sent.map(({ message }) => message.text)).toEqual(['다시 시작한 뒤의 답변']);
  });

  it('an inline turn that was open is answered and held, and comes first with the next message', async () => {
    const event = rig.message('kakao', QUESTION);
    void rig.send(event);
    await rig.engine.nextCall();
    await rig.restart();
    await answerNext('늦었지만 답변');
    await rig.settle();
    const next = rig.send(rig.message('kakao', '아직인가요 날씨 알려줘요'));
    await answerNext('새 답변');
    expect(seen(await next).texts).toEqual(['늦었지만 답변', '새 답변']);
  });

  it('a callback whose promise had left is still posted', async () => {
    await askLate({ hasCallback: true });
    await rig.restart();
    await answerNext('콜백으로');
    await rig.settle();
    await rig.clock.advance(1_000);
    await rig.settle();
    expect(rig.channel('kakao').sent.map(({ message }) => message.text)).toEqual(['콜백으로']);
  });

  it('a turn taken over after minutes has the whole time for its answer again', async () => {
    await rig.send(rig.message('naver', QUESTION));
    await rig.engine.nextCall();
    rig.die();
    await rig.clock.advance(4 * 60_000);
    await rig.restart();
    const call = await rig.engine.nextCall();
    expect(call.request.closesAt).toBe(rig.clock.now() + rig.bot.engineTotalMs);
    call.say('그래도 모델의 답변');
    call.finish();
    await rig.settle();
    expect(rig.channel('naver').sent.at(-1)?.message.text).toBe(
      '“오늘 서울 날씨에 어울리는 옷은?” 질문의 답변이에요.\n그래도 모델의 답변',
    );
  });

  it('a question that is too old gets an apology, not an answer', async () => {
    const event = rig.message('naver', QUESTION);
    await rig.send(event);
    await rig.engine.nextCall();
    rig.die();
    await rig.clock.advance(11 * 60_000);
    await rig.restart();
    await rig.settle();
    expect(rig.channel('naver').sent.at(-1)?.message.text).toContain('다시 질문해 주세요');
  });

  it('a message that was being sent is unknown and not sent again', async () => {
    rig.channel('naver').receipts.push(new Promise(() => {}));
    const event = rig.message('naver', QUESTION);
    await rig.send(event);
    await answerNext('보내는 중');
    await rig.settle();
    expect(await states(event.id)).toEqual(['push:sending']);
    await rig.restart();
    await rig.settle();
    expect(await states(event.id)).toEqual(['push:unknown']);
    expect(rig.channel('naver').sent).toHaveLength(1);
  });
});

describe('stopping', () => {
  it('requests that wait get their waiting bubble, and the turn is left to the next start', async () => {
    const event = rig.message('kakao', QUESTION);
    const handling = rig.send(event);
    await rig.engine.nextCall();
    const draining = rig.gateway.drain(1_000);
    await rig.clock.advance(1_000);
    expect(await draining).toBe(1);
    expect(seen(await handling).choices).toEqual(['답변 보기']);
    expect((await rig.store.readTurn(event.id))?.state).toBe('answering');
  });
});

describe('stopping with a fallback engine', () => {
  it('does not settle for the fallback because the first engine is being closed', async () => {
    Object.assign(rig.bot, { engines: [rig.engine, rig.bot.approvedEngine] });
    const event = rig.message('naver', QUESTION);
    await rig.send(event);
    const call = await rig.engine.nextCall();
    const draining = rig.gateway.drain(1_000);
    await rig.clock.advance(1_000);
    await draining;
    call.fail(new Error('the pool is closed'));
    await rig.settle();
    expect((await rig.store.readTurn(event.id))?.state).toBe('answering');
    expect(rig.channel('naver').sent).toEqual([]);
  });
});

describe('no mix-ups', () => {
  it('200 customers with 5 questions each get their own answers, in order', async () => {
    const users = 200;
    let running = true;
    const work = (async () => {
      while (running) {
        const call = await rig.engine.nextCall();
        setImmediate(() => {
          call.say(`답:${call.request.question}`);
          call.finish();
        });
      }
    })();
    const got = new Map<string, string[]>();
    await Promise.all(
      Array.from({ length: users }, async (_, user) => {
        for (let n = 0; n < 5; n += 1) {
          const text = `고객${user} 질문${n}`;
          const conversation = { botId: 'default', channel: 'kakao', user: `u${user}` } as const;
          const handled = await rig.send(rig.message('kakao', text, { conversation }));
          got.set(`u${user}`, [...(got.get(`u${user}`) ?? []), ...seen(handled).texts]);
          await flush(rig, handled);
        }
      }),
    );
    running = false;
    void work;
    for (let user = 0; user < users; user += 1) {
      expect(got.get(`u${user}`)).toEqual([0, 1, 2, 3, 4].map((n) => `답:고객${user} 질문${n}`));
    }
  });
});
