import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { InboundEvent, MessageReceived } from '../../src/message.ts';
import type { FakeWire } from '../helpers/fake-channel.ts';
import { GatewayRig } from '../helpers/gateway-rig.ts';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
  Object.assign(rig.bot, { quiet: { quietMs: 1_200, longestMs: 5_000 } });
  rig.engine.answer = async function* ({ question }) {
    yield { type: 'text-delta', text: `답: ${question}` };
    yield { type: 'finished', reason: 'stop', model: 'echo' };
  };
});

afterEach(() => rig.close());

const say = (text: string, fields: Partial<MessageReceived> = {}) => rig.send(rig.message('naver', text, fields));
const sent = () => rig.channel('naver').sent.flatMap(({ message }) => (message.wire as FakeWire).texts);

async function pass(ms: number): Promise<void> {
  await rig.settle();
  await rig.clock.advance(ms);
  await rig.settle();
}

describe('several short messages in a row', () => {
  it('become one question', async () => {
    for (const text of ['안녕하세요', '저기', '어제 산 옷이 작아요']) {
      await say(text);
      await pass(800);
    }
    expect(sent()).toEqual([]);
    await pass(400);
    expect(sent()).toEqual(['답: 안녕하세요\n저기\n어제 산 옷이 작아요']);
    const turns = await rig.store.readTurns(rig.key('naver'), 0, 10);
    expect(turns.map(({ state }) => state)).toEqual(['merged', 'merged', 'answered']);
  });

  it('do not overtake each other, however sure the answer', async () => {
    await say('저기요');
    await pass(100);
    await say('반품 배송비는 얼마인가요?');
    await pass(1_200);
    expect(sent()).toEqual(['답: 저기요\n반품 배송비는 얼마인가요?']);
  });

  it('stay apart from a question that was being answered when the process died', async () => {
    const answer = rig.engine.answer;
    rig.engine.answer = async function* () {
      await new Promise(() => {});
      yield { type: 'text-delta', text: '' };
    };
    await say('첫 질문');
    await pass(1_200);
    await say('둘째 질문');
    await pass(100);
    rig.die();
    rig.engine.answer = answer;
    await rig.restart();
    await pass(0);
    await pass(1_200);
    expect(sent()).toEqual(['답: 첫 질문', '답: 둘째 질문']);
    const turns = await rig.store.readTurns(rig.key('naver'), 0, 10);
    expect(turns.map(({ state }) => state)).toEqual(['answered', 'answered']);
  });

  it.each([
    ['before the words', ['photo', '이 옷 교환되나요?']],
    ['behind them', ['이 옷 교환되나요?', 'photo']],
  ])(
    'are one with a photo %s, also where nobody can look at it, and when an earlier answer takes long',
    async (_, all) => {
      const answer = rig.engine.answer;
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      rig.engine.answer = async function* (...args) {
        await released;
        yield* answer(...args);
      };
      await say('첫 질문');
      await pass(1_200);
      for (const text of all) {
        const isPhoto = text === 'photo';
        await say(isPhoto ? '' : text, isPhoto ? { input: 'image', images: ['https://phinf.example/1.jpg'] } : {});
        await pass(300);
      }
      await pass(5_000);
      release();
      await pass(0);
      expect(sent()).toEqual([
        '답: 첫 질문',
        expect.stringContaining('아직 사진은 확인할 수 없어요. 우선 글로'),
        '답: 이 옷 교환되나요?',
      ]);
      const turns = await rig.store.readTurns(rig.key('naver'), 0, 10);
      expect(turns.map(({ state }) => state)).toEqual(['answered', 'merged', 'answered']);
    },
  );

  it('leave a photo that no words followed with an answer of its own', async () => {
    await say('', { input: 'image', images: ['https://phinf.example/1.jpg'] });
    await pass(1_000);
    expect(sent()).toEqual([]);
    await pass(200);
    expect(sent()).toEqual([expect.stringContaining('아직 사진은 확인할 수 없어요')]);
  });

  it('mask a number that is whole only together', async () => {
    await say('010');
    await pass(100);
    await say('1234-5678');
    await pass(1_200);
    expect(sent()).toEqual(['답: [전화번호]']);
  });

  it('never hold up a tap, which ends the quiet and is answered behind them', async () => {
    await say('저기요');
    await pass(300);
    await say('색상 보기', { input: 'tap' });
    await pass(0);
    expect(sent()).toEqual(['답: 저기요', '답: 색상 보기']);
  });

  it('that come apart stay apart, however long they wait for an earlier answer', async () => {
    const answer = rig.engine.answer;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    rig.engine.answer = async function* (...args) {
      await released;
      yield* answer(...args);
    };
    await say('첫 질문');
    await pass(1_200);
    await say('둘째 질문');
    await pass(3_000);
    await say('셋째 질문');
    await pass(800);
    await say('이어서');
    await pass(10_000);
    release();
    await pass(1_200);
    expect(sent()).toEqual(['답: 첫 질문', '답: 둘째 질문', '답: 셋째 질문\n이어서']);
  });

  it('never hold up a reset or a call for a person', async () => {
    await say('저기요');
    await say('상담원 연결');
    await pass(0);
    expect(sent()).toHaveLength(1);
    await say('처음부터');
    await pass(0);
    expect(sent()).toHaveLength(2);
  });

  it('are forgotten when the customer leaves meanwhile', async () => {
    await say('저기요');
    await pass(500);
    const { text: _, input: __, ...base } = rig.message('naver', '');
    const left: InboundEvent = { ...base, type: 'conversation-left' };
    await rig.gateway.handle(rig.bot, rig.channel('naver'), left);
    await pass(10_000);
    expect(sent()).toEqual([]);
    expect((await rig.store.counts()).openTurns).toBe(0);
  });

  it('are answered as one after a crash', async () => {
    await say('안녕하세요');
    await pass(100);
    await say('옷이 작아요');
    await pass(100);
    rig.die();
    await rig.restart();
    await pass(1_200);
    expect(sent()).toEqual(['답: 안녕하세요\n옷이 작아요']);
  });

  it('are answered when the store is back that failed before they were read', async () => {
    const { readMemory } = rig.store;
    rig.store.readMemory = () => Promise.reject(new GatewayError('STORE_BUSY', 'locked'));
    await say('저기요');
    await pass(1_200);
    expect(sent()).toEqual([]);
    rig.store.readMemory = readMemory;
    await pass(1_000);
    expect(sent()).toEqual(['답: 저기요']);
  });

  it('get one too when they could not even begin', async () => {
    const { moveTurn } = rig.store;
    rig.store.moveTurn = () => {
      rig.store.moveTurn = moveTurn;
      return Promise.reject(new GatewayError('STORE_FAILED', 'disk full'));
    };
    await say('저기요');
    await pass(1_200);
    expect(sent()).toEqual([expect.stringContaining('죄송합니다')]);
  });

  it('wait nowhere else', async () => {
    void rig.send(rig.message('test', '안녕하세요'));
    await rig.settle();
    const [turn] = await rig.store.readTurns(rig.key('test'), 0, 1);
    expect(turn?.state).toBe('answered');
  });
});
