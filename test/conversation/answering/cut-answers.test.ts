/** Answers that the model had no room to finish. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endedAtSentence } from '../../../src/conversation/answering/cut-answer.ts';
import { answerQuestion, type Question } from '../../../src/conversation/answering/respond.ts';
import { UsageSum } from '../../../src/conversation/answering/usage-sum.ts';
import { TurnFeed } from '../../../src/conversation/turn/turn-feed.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { type AnswerSource, replyText } from '../../../src/message.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { GatewayRig } from '../../helpers/gateway-rig.ts';

const NOTICE = '답변이 길어 여기까지만 안내해 드렸어요. 이어서 들으시려면 ‘이어서 알려 주세요’라고 말씀해 주세요.';

let rig: GatewayRig;

beforeEach(async () => {
  rig = await GatewayRig.open();
});

afterEach(() => rig.close());

async function answerOf(deltas: readonly string[], reason: 'stop' | 'length') {
  const engine: Engine = {
    name: 'short',
    async *answer() {
      for (const text of deltas) yield { type: 'text-delta', text };
      yield { type: 'finished', reason };
    },
    close: async () => {},
  };
  const question: Question = {
    bot: { ...rig.bot, engines: [engine], contact: '고객센터 02-000-0000' },
    turnId: 't',
    requestId: 'r',
    conversation: { botId: 'default', channel: 'web', user: 'u' },
    text: '설명해 주세요',
    memory: { recentTurns: [], heldDeliveries: [] },
    closesAt: rig.clock.now() + 60_000,
    approvedOnly: false,
    usage: new UsageSum(),
  };
  const feed = new TurnFeed('t');
  const parts = { clock: rig.clock, logger: silentLogger, metrics: createMetrics({ botIds: ['default'] }) };
  const { reply, source } = await answerQuestion(question, feed, new AbortController().signal, parts);
  return { reply, source: source as AnswerSource, shown: feed.text };
}

describe('an answer that was cut at its maximum length', () => {
  it('ends at a sentence, says so, shows the way on, and is marked', async () => {
    const { reply, source, shown } = await answerOf(
      ['먼저 접수해 주세요. 그다음 상품', '을 포장해서 문 앞에 두시'],
      'length',
    );
    expect(replyText(reply)).toBe(`먼저 접수해 주세요.\n\n${NOTICE}`);
    expect(shown).toBe(replyText(reply));
    expect(reply.quickReplies).toEqual([{ type: 'message', label: '이어서 알려 주세요' }]);
    expect(source.cut).toBe(true);
  });

  it('keeps the contact that stands for an invention', async () => {
    const { reply, source } = await answerOf(['접수해 주세요. 전화는 02-999-8888입니다. 그다음 상품을 포'], 'length');
    expect(replyText(reply)).toBe(
      `접수해 주세요.\n\n정확한 안내는 아래로 문의해 주세요.\n고객센터 02-000-0000\n\n${NOTICE}`,
    );
    expect(source).toMatchObject({ withheld: 1, cut: true });
  });

  it('is nothing of this when it came to its end', async () => {
    const { reply, source, shown } = await answerOf(['먼저 접수해 주세요. 그다음 상품'], 'stop');
    expect(replyText(reply)).toBe('먼저 접수해 주세요. 그다음 상품');
    expect(shown).toBe(replyText(reply));
    expect(reply.quickReplies).toEqual([]);
    expect(source).not.toHaveProperty('cut');
  });

  it.each([
    ['다 하지 못한 첫 문장', `다 하지 못한 첫 문장 …\n\n${NOTICE}`],
    ['First do this. Then do th', 'First do this. …'],
    ['네.', `네.\n\n${NOTICE}`],
    ['- 첫째\n- 둘째\n- 셋', `- 첫째\n- 둘째\n\n${NOTICE}`],
  ])('%j ends as %j', (cut, ended) => {
    expect(endedAtSentence(cut, '')).toBe(ended);
  });
});
