import { afterEach, describe, expect, it } from 'vitest';
import { type AgentScript, HttpError, RpcError, type SimulatedDialect } from '../../../simulator/a2a.ts';
import type { A2aEngineSettings } from '../../../src/engine/a2a/index.ts';
import type { EngineRequest } from '../../../src/engine/engine.ts';
import { collectParts, engineContract, engineRequest, textOf, thrownBy } from '../../helpers/engine-contract.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { WAIT } from '../../helpers/wait.ts';
import { answerOf, type OpenAgent, openAgent, sessionOf } from './open-agent.ts';

/** Every dialect that is known, whole and as a stream, and what the settings then say. */
const WAYS: readonly (readonly [SimulatedDialect, Partial<A2aEngineSettings>])[] = [
  ['gov-v1', { streams: false }],
  ['gov-v1', {}],
  ['gov-v2', {}],
  ['gov-v2', { streams: false }],
  ['v0.3', { streams: false }],
  ['v0.3', {}],
  ['v1.0', { dialect: 'v1.0', streams: false }],
  ['v1.0', { dialect: 'v1.0' }],
];

let agent: OpenAgent;

afterEach(() => agent?.close());

function ask(request: Partial<EngineRequest> = {}) {
  return collectParts(agent.engine, engineRequest(request));
}

function failureOf(request: Partial<EngineRequest> = {}) {
  return thrownBy(() => ask(request));
}

for (const [dialect, settings] of WAYS) {
  const name = `${dialect} ${settings.streams === false ? 'as a whole' : 'as a stream'}`;

  engineContract(`the A2A engine with ${name}`, async () => {
    agent = await openAgent(dialect, settings);
    const { simulator, engine } = agent;
    return {
      engine,
      request: engineRequest(),
      hangUpstream: () => {
        simulator.script = () => ({ fault: 'hang' });
      },
      breakUpstream: () => {
        simulator.script = () => {
          throw new RpcError(-32603, '영업시간이 어떻게 되나요? 를 처리하지 못했습니다');
        };
      },
      upstreamRequests: () => simulator.questions.length,
      upstreamSawCut: () => simulator.nextCut(),
    };
  });

  describe(`an agent that speaks ${name}`, () => {
    it('answers, and gets the key with every call', async () => {
      agent = await openAgent(dialect, settings);
      const parts = await ask({ question: '여권 재발급 수수료는?' });
      expect(answerOf(parts)).toBe('말씀하신 “여권 재발급 수수료는?”에 대한 답변입니다.');
      expect(agent.simulator.questions).toMatchObject([{ text: '여권 재발급 수수료는?' }]);
    });

    it.each<[AgentScript['shape']]>([['message'], ['task'], ['status']])('says it as a %s', async (shape) => {
      agent = await openAgent(dialect, settings);
      agent.simulator.script = () => ({ shape: shape ?? 'task', pieces: ['수수료는 ', '5만 3천 원입니다.'] });
      // A state without an artifact ends no stream of the second version by itself: its words are in the state.
      expect(answerOf(await ask())).toBe('수수료는 5만 3천 원입니다.');
    });

    it('gives the picture, the words and the file, and data to developers', async () => {
      agent = await openAgent(dialect, settings);
      agent.simulator.script = () => ({
        shape: 'task',
        pieces: ['안내문입니다.'],
        more: [
          { url: 'https://gov.example.kr/map.png', name: '약도', mediaType: 'image/png' },
          { url: 'https://gov.example.kr/form.hwpx', name: '신청서.hwpx', mediaType: 'application/octet-stream' },
          { bytes: 'AAAA', name: 'inside.png', mediaType: 'image/png' },
          { url: 'javascript:alert(1)', name: 'no.png', mediaType: 'image/png' },
          { data: { fee: 53_000 } },
        ],
      });
      const reply = (await ask()).find((part) => part.type === 'reply');
      expect(reply).toEqual({
        type: 'reply',
        parts: [
          { type: 'image', url: 'https://gov.example.kr/map.png', altText: '약도' },
          { type: 'text', text: '안내문입니다.', format: 'markdown' },
          {
            type: 'card',
            title: '신청서.hwpx',
            buttons: [{ type: 'link', label: '파일 열기', url: 'https://gov.example.kr/form.hwpx' }],
          },
        ],
        quickReplies: [],
        groundIds: [],
        answered: true,
        extra: { agentData: [{ fee: 53_000 }] },
      });
    });

    it.each([
      ['failed', 'ENGINE_FAILED'],
      ['canceled', 'ENGINE_FAILED'],
      ['rejected', 'ENGINE_FILTERED'],
      ['auth-required', 'ENGINE_UNAUTHORIZED'],
    ] as const)('ends %s as %s, without its words', async (end, code) => {
      agent = await openAgent(dialect, settings);
      agent.simulator.script = () => ({ shape: 'status', pieces: ['홍길동 님은 안 됩니다'], end });
      const thrown = await failureOf();
      expect(thrown).toMatchObject({ code, details: { taskState: end } });
      expect(JSON.stringify(thrown) + String(thrown)).not.toContain('홍길동');
    });

    it('asks back, and hears the answer in the same task', async () => {
      agent = await openAgent(dialect, settings);
      agent.simulator.script = () => ({ shape: 'status', pieces: ['어느 구청인가요?'], end: 'input-required' });
      const asked = await ask({ question: '여권을 만들고 싶어요' });
      expect(answerOf(asked)).toBe('어느 구청인가요?');
      agent.simulator.script = ({ text }) => ({ shape: 'task', pieces: [`${text}은 2층입니다.`] });
      const session = sessionOf(asked) ?? '';
      const parts = await ask({
        question: '종로구청',
        session,
        history: [
          { role: 'user', text: '여권을 만들고 싶어요' },
          { role: 'assistant', text: '어느 구청인가요?' },
        ],
      });
      expect(answerOf(parts)).toBe('종로구청은 2층입니다.');
      expect(agent.simulator.questions[1]).toMatchObject({
        text: '종로구청',
        taskId: 'task-1',
        contextId: 'context-1',
      });
      expect(sessionOf(parts) ?? '').not.toContain('task-1');
    });

    it('begins afresh when the task that waited is gone', async () => {
      agent = await openAgent(dialect, settings);
      const session = JSON.stringify({ contextId: 'context-of-last-week', taskId: 'task-of-last-week' });
      const parts = await ask({ question: '종로구청', session });
      expect(answerOf(parts)).toContain('종로구청');
      expect(agent.simulator.questions).toHaveLength(1);
    });

    it.each([
      [401, 'ENGINE_UNAUTHORIZED'],
      [403, 'ENGINE_UNAUTHORIZED'],
      [404, 'ENGINE_MODEL_UNAVAILABLE'],
      [400, 'ENGINE_BAD_REQUEST'],
      [422, 'ENGINE_BAD_REQUEST'],
      [500, 'ENGINE_FAILED'],
      [504, 'ENGINE_TIMEOUT'],
    ])('refused with HTTP %i is %s', async (status, code) => {
      agent = await openAgent(dialect, settings);
      agent.simulator.nextFailure = new HttpError(status, 'no');
      expect(await failureOf()).toMatchObject({ code, details: { httpStatus: status, upstreamCode: `${status}00` } });
      expect(agent.simulator.calls).toHaveLength(1);
    });

    it('asks a busy agent once more, with the same id of the message', async () => {
      agent = await openAgent(dialect, settings);
      agent.simulator.nextFailure = new HttpError(503, 'busy', { 'retry-after': '0' });
      expect(answerOf(await ask())).not.toBe('');
      const ids = agent.simulator.calls.map(({ body }) => JSON.parse(body).params.message.messageId);
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(1);
    });

    it('does not ask twice where the first question may have been taken up', async () => {
      agent = await openAgent(dialect, settings);
      agent.simulator.nextFailure = 'cut';
      expect(await failureOf()).toMatchObject({ code: 'ENGINE_UNREACHABLE' });
      expect(agent.simulator.questions).toHaveLength(0);
    });

    it('takes a page of somebody in between for a failure', async () => {
      agent = await openAgent(dialect, settings);
      agent.simulator.nextFailure = { status: 200, type: 'text/html', body: '<html>점검 중입니다</html>' };
      const thrown = await failureOf();
      expect(thrown).toMatchObject({ code: expect.stringMatching(/^ENGINE_/) });
      expect(String(thrown)).not.toContain('점검');
    });

    it('takes an empty answer for a failure', async () => {
      agent = await openAgent(dialect, settings);
      agent.simulator.script = () => ({ shape: 'message', pieces: [' '] });
      expect(await failureOf()).toMatchObject({ code: 'ENGINE_FAILED' });
    });
  });
}

describe('a stream', () => {
  it.each<[SimulatedDialect, 'replace' | 'append']>([
    ['gov-v2', 'replace'],
    ['gov-v2', 'append'],
    ['v0.3', 'append'],
    ['v0.3', 'replace'],
  ])('of %s that %ss shows the words as they come, once', async (dialect, update) => {
    agent = await openAgent(dialect);
    agent.simulator.script = () => ({ pieces: ['수수료는 ', '5만 ', '원입니다.'], update });
    const parts = await ask();
    expect(textOf(parts)).toBe('수수료는 5만 원입니다.');
    expect(answerOf(parts)).toBe('수수료는 5만 원입니다.');
  });

  it('that stays open is over when the answer is', async () => {
    agent = await openAgent('gov-v2');
    agent.simulator.script = () => ({ pieces: ['다 말했습니다.'], fault: 'stay' });
    expect(answerOf(await ask())).toBe('다 말했습니다.');
    expect(agent.simulator.callsOf('cancelTask')).toHaveLength(0);
  });

  it.each(['cut', 'stop'] as const)('that breaks off (%s) leaves a task to look after', async (fault) => {
    agent = await openAgent('v0.3');
    agent.simulator.script = () => ({ pieces: ['수수료는 ', '5만 원입니다.'], fault });
    const parts = await ask();
    expect(textOf(parts)).toBe('수수료는 5만 원입니다.');
    expect(answerOf(parts)).toBe('수수료는 5만 원입니다.');
    expect(agent.simulator.callsOf('getTask')).toHaveLength(1);
  });

  it('that falls silent is looked after as well', async () => {
    agent = await openAgent('v0.3', { idleTimeoutMs: 100 });
    agent.simulator.script = () => ({ pieces: ['수수료는 ', '5만 원입니다.'], fault: 'silence' });
    const answering = ask();
    await expect.poll(() => agent.simulator.callsOf('getTask').length, WAIT).toBeGreaterThan(0);
    for (const task of agent.simulator.tasks.values()) {
      task.state = 'completed';
      task.artifacts = [{ id: 'answer', parts: [{ text: '수수료는 5만 원입니다.' }] }];
    }
    expect(answerOf(await answering)).toBe('수수료는 5만 원입니다.');
  });

  it('that breaks off with a task that nobody knows is an error, never an answer', async () => {
    agent = await openAgent('gov-v2');
    agent.simulator.script = () => {
      setImmediate(() => agent.simulator.tasks.clear());
      return { pieces: ['수수료는 ', '5만 원입니다.'], fault: 'stop' };
    };
    expect(await failureOf()).toMatchObject({ code: expect.stringMatching(/^ENGINE_/) });
  });

  it('is given up where the agent does not offer it, for all questions to come', async () => {
    for (const dialect of ['gov-v1', 'gov-v2', 'v0.3', 'v1.0'] as const) {
      agent = await openAgent(dialect, {}, {}, { streams: false });
      expect(answerOf(await ask())).not.toBe('');
      const { length } = agent.simulator.calls;
      expect(answerOf(await ask())).not.toBe('');
      expect(agent.simulator.calls).toHaveLength(length + 1);
      await agent.close();
    }
    agent = await openAgent('v0.3');
  });
});

describe('a task', () => {
  it.each(['v0.3', 'v1.0'] as const)('of %s that is still at work is asked for until it has ended', async (dialect) => {
    agent = await openAgent(dialect, { dialect, streams: false });
    agent.simulator.script = () => ({ pieces: ['다 됐습니다.'], polls: 3 });
    expect(answerOf(await ask())).toBe('다 됐습니다.');
    expect(agent.simulator.callsOf('getTask')).toHaveLength(3);
  });

  it('that never ends is a timeout, and is cancelled', async () => {
    const clock = new ManualClock();
    agent = await openAgent('v0.3', { streams: false }, { clock });
    agent.simulator.script = () => ({ polls: 1_000_000 });
    let failure: unknown;
    void failureOf({ closesAt: clock.now() + 60_000 }).then((thrown) => {
      failure = thrown;
    });
    const afterAMoment = async () => {
      await clock.advance(50);
      return agent.simulator.callsOf('getTask').length;
    };
    await expect.poll(afterAMoment, WAIT).toBeGreaterThan(0);
    const afterASecond = async () => {
      await clock.advance(1_000);
      return failure;
    };
    await expect.poll(afterASecond, WAIT).toMatchObject({ code: 'ENGINE_TIMEOUT' });
    await agent.engine.close();
    expect(agent.simulator.callsOf('cancelTask')).toHaveLength(1);
    expect([...agent.simulator.tasks.values()]).toMatchObject([{ state: 'canceled' }]);
  });

  it('is cancelled with the turn, in the stream and out of it', async () => {
    for (const streams of [true, false]) {
      agent = await openAgent('v1.0', { dialect: 'v1.0', streams });
      agent.simulator.script = () => ({ pieces: ['오래 걸립니다'], end: 'working', polls: 1_000_000 });
      const controller = new AbortController();
      const answering = thrownBy(() => collectParts(agent.engine, engineRequest(), controller.signal));
      await expect.poll(() => agent.simulator.tasks.size, WAIT).toBe(1);
      if (!streams) await expect.poll(() => agent.simulator.callsOf('getTask').length, WAIT).toBeGreaterThan(0);
      else await expect.poll(() => agent.simulator.questions.length, WAIT).toBe(1);
      controller.abort();
      expect(await answering).toMatchObject({ code: 'TURN_CANCELLED' });
      if (streams) await agent.simulator.nextCut();
      await agent.engine.close();
      await agent.simulator.close();
    }
  });

  it('is cancelled when the customer walks away', async () => {
    agent = await openAgent('v0.3');
    agent.simulator.script = () => ({ pieces: ['첫마디'], end: 'working' });
    for await (const part of agent.engine.answer(engineRequest(), new AbortController().signal)) {
      expect(part).toEqual({ type: 'text-delta', text: '첫마디' });
      break;
    }
    await agent.engine.close();
    expect(agent.simulator.callsOf('cancelTask')).toHaveLength(1);
  });

  it('that has ended is not cancelled', async () => {
    agent = await openAgent('v0.3');
    await ask();
    await agent.engine.close();
    expect(agent.simulator.callsOf('cancelTask')).toHaveLength(0);
  });
});

describe('the conversation', () => {
  const HISTORY = [
    { role: 'user', text: '여권 사진 규격은?' },
    { role: 'assistant', text: '가로 3.5cm, 세로 4.5cm입니다.' },
  ] as const;

  it.each(['v0.3', 'v1.0'] as const)('is named by the context that the agent of %s gave it', async (dialect) => {
    agent = await openAgent(dialect, { dialect });
    const session = sessionOf(await ask());
    await ask({ session: session ?? '', history: HISTORY, question: '수수료는?' });
    expect(agent.simulator.questions).toMatchObject([
      { contextId: undefined },
      { contextId: 'context-1', text: '수수료는?' },
    ]);
  });

  it('is named by the number of GOV, wherever it stands in the answer', async () => {
    agent = await openAgent('gov-v1', { streams: false });
    const session = sessionOf(await ask());
    expect(JSON.parse(session ?? '')).toEqual({ chatSessionId: 4_211 });
    await ask({ session: session ?? '', history: HISTORY, question: '수수료는?' });
    expect(agent.simulator.questions[1]).toMatchObject({
      chatSessionId: 4_211,
      contextId: undefined,
      text: '수수료는?',
    });
  });

  it('is told again where the agent does not keep it', async () => {
    agent = await openAgent('gov-v2');
    expect(sessionOf(await ask())).toBeUndefined();
    await ask({ history: HISTORY, question: '수수료는?' });
    expect(agent.simulator.questions[1]?.text).toBe(
      '[지금까지의 대화]\n고객: 여권 사진 규격은?\n상담봇: 가로 3.5cm, 세로 4.5cm입니다.\n\n[고객의 질문]\n수수료는?',
    );
  });

  it('is told again where the agent has forgotten it', async () => {
    agent = await openAgent('v0.3');
    const session = sessionOf(await ask()) ?? '';
    agent.simulator.contexts.clear();
    const parts = await ask({ session, history: HISTORY, question: '수수료는?' });
    expect(agent.simulator.questions[1]?.text).toContain('여권 사진 규격은?');
    expect(sessionOf(parts)).not.toBe(session);
  });

  it('is told again, or not, as the operator wishes', async () => {
    agent = await openAgent('v0.3', { session: 'history' });
    expect(sessionOf(await ask())).toBeUndefined();
    await ask({ history: HISTORY, question: '수수료는?' });
    expect(agent.simulator.questions[1]?.text).toContain('여권 사진 규격은?');
  });

  it('survives a session that cannot be read', async () => {
    agent = await openAgent('v0.3');
    expect(answerOf(await ask({ session: '{' }))).not.toBe('');
    expect(answerOf(await ask({ session: '[1]' }))).not.toBe('');
  });
});

describe('the way to ask', () => {
  it('is found out by what the agent refuses', async () => {
    agent = await openAgent('v1.0');
    expect(answerOf(await ask())).not.toBe('');
    expect(answerOf(await ask())).not.toBe('');
    const methods = agent.simulator.calls.map(({ body }) => JSON.parse(body).method);
    expect(methods.slice(-2)).toEqual(['SendStreamingMessage', 'SendStreamingMessage']);
  });

  it('that is set and wrong is an error with its code', async () => {
    agent = await openAgent('v1.0', { dialect: 'v0.3' });
    expect(await failureOf()).toMatchObject({ code: 'ENGINE_BAD_REQUEST', details: { rpcCode: expect.any(Number) } });
  });

  it('says that an agent is not deployed', async () => {
    agent = await openAgent('gov-v2');
    agent.simulator.nextFailure = new HttpError(403, 'Agent not deployed');
    expect(await failureOf()).toMatchObject({
      code: 'ENGINE_UNAUTHORIZED',
      message: expect.stringContaining('not deployed'),
    });
  });

  it('keeps the key and the question out of what is thrown', async () => {
    agent = await openAgent('gov-v2', { apiKey: 'wrong-key-of-an-operator' });
    const thrown = await failureOf({ question: '비밀 질문' });
    expect(thrown).toMatchObject({ code: 'ENGINE_UNAUTHORIZED' });
    expect(JSON.stringify(thrown) + String(thrown)).not.toMatch(/wrong-key|비밀/);
  });
});
