import { TaskState } from '@a2a-js/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type A2aEngineSettings, createA2aEngine } from '../../../src/engine/a2a/index.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { collectParts, engineRequest, textOf, thrownBy } from '../../helpers/engine-contract.ts';
import { a2aSettings, answerOf, sessionOf } from './open-agent.ts';
import { SdkAgent, wordsOf } from './sdk-agent.ts';

const { TASK_STATE_WORKING, TASK_STATE_COMPLETED, TASK_STATE_INPUT_REQUIRED, TASK_STATE_FAILED } = TaskState;

let agent: SdkAgent;
let engine: Engine;

beforeEach(() => {
  agent = new SdkAgent();
});

afterEach(async () => {
  await engine?.close();
  await agent.close();
});

async function open(settings: Partial<A2aEngineSettings>, streaming = true): Promise<void> {
  engine = createA2aEngine(a2aSettings(await agent.start(streaming), settings), { logger: silentLogger });
}

describe.each([
  ['0.3 as a stream', { dialect: 'v0.3', streams: true }],
  ['0.3 as a whole', { dialect: 'v0.3', streams: false }],
  ['1.0 as a stream', { dialect: 'v1.0', streams: true }],
  ['1.0 as a whole', { dialect: 'v1.0', streams: false }],
] as const)('an agent on the official SDK, asked in %s', (_, settings) => {
  it('answers with a message', async () => {
    await open(settings);
    expect(answerOf(await collectParts(engine, engineRequest({ question: '여권' })))).toBe('“여권”라고 하셨습니다.');
  });

  it('answers with a task', async () => {
    await open(settings);
    agent.execute = async (__, say) => {
      say.task(TASK_STATE_WORKING, '찾고 있습니다.');
      say.artifact('수수료는 ');
      say.artifact('5만 원입니다.', { append: true, lastChunk: true });
      say.status(TASK_STATE_COMPLETED);
    };
    const parts = await collectParts(engine, engineRequest());
    expect(answerOf(parts)).toBe('수수료는 5만 원입니다.');
    expect(textOf(parts)).toBe('수수료는 5만 원입니다.');
  });

  it('keeps the context, and the task that asked back', async () => {
    await open(settings);
    const heard: (readonly [string, string, boolean])[] = [];
    agent.execute = async (context, say) => {
      heard.push([wordsOf(context), context.contextId, context.task !== undefined]);
      if (context.task === undefined && heard.length === 1) {
        say.task(TASK_STATE_WORKING);
        say.status(TASK_STATE_INPUT_REQUIRED, '어느 구청인가요?');
        return;
      }
      say.task(TASK_STATE_WORKING);
      say.artifact(`${wordsOf(context)} 2층입니다.`, { lastChunk: true });
      say.status(TASK_STATE_COMPLETED);
    };
    const asked = await collectParts(engine, engineRequest({ question: '여권' }));
    expect(answerOf(asked)).toBe('어느 구청인가요?');
    const answered = await collectParts(
      engine,
      engineRequest({ question: '종로구청', session: sessionOf(asked) ?? '' }),
    );
    expect(answerOf(answered)).toBe('종로구청 2층입니다.');
    const after = await collectParts(
      engine,
      engineRequest({ question: '고마워요', session: sessionOf(answered) ?? '' }),
    );
    expect(answerOf(after)).toBe('고마워요 2층입니다.');
    const [first, second, third] = heard;
    expect(second).toEqual(['종로구청', first?.[1], true]);
    expect(third).toEqual(['고마워요', first?.[1], false]);
  });

  it('fails in words that nobody else sees', async () => {
    await open(settings);
    agent.execute = async (__, say) => {
      say.task(TASK_STATE_WORKING);
      say.status(TASK_STATE_FAILED, '홍길동 님의 요청은 처리하지 못했습니다');
    };
    const thrown = await thrownBy(() => collectParts(engine, engineRequest()));
    expect(thrown).toMatchObject({ code: 'ENGINE_FAILED', details: { taskState: 'failed' } });
  });

  it('begins anew where a task is unknown', async () => {
    await open(settings);
    const session = JSON.stringify({ contextId: 'gone', taskId: '00000000-0000-4000-8000-000000000000' });
    expect(answerOf(await collectParts(engine, engineRequest({ question: '여권', session })))).toContain('여권');
  });

  it('is told of a cancelled turn', async () => {
    await open(settings);
    const begun = Promise.withResolvers<void>();
    agent.execute = async (__, say) => {
      say.task(TASK_STATE_WORKING);
      say.artifact('오래 ');
      begun.resolve();
      await new Promise(() => {});
    };
    const controller = new AbortController();
    const heard = Promise.withResolvers<void>();
    const answering = thrownBy(async () => {
      for await (const _part of engine.answer(engineRequest(), controller.signal)) heard.resolve();
    });
    // A stream has told the number of the task before its first word; who waits for a whole answer has none to name.
    await (settings.streams ? heard : begun).promise;
    controller.abort();
    expect(await answering).toMatchObject({ code: 'TURN_CANCELLED' });
    await engine.close();
    expect(agent.cancelled).toHaveLength(settings.streams ? 1 : 0);
  });
});

it('an agent that does not stream is asked for whole answers', async () => {
  await open({ dialect: 'v1.0' }, false);
  expect(answerOf(await collectParts(engine, engineRequest({ question: '여권' })))).toContain('여권');
});
