import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentAnswer } from '../../../src/engine/a2a/agent-answer.ts';
import { readAgentEvent } from '../../../src/engine/a2a/agent-event.ts';
import { decodeSession, encodeSession, findChatSessionId } from '../../../src/engine/a2a/session.ts';

/** The text that stands in the end when an agent gives these results, one after the other. */
function heard(...results: readonly unknown[]): string {
  const answer = new AgentAnswer(false);
  for (const result of results) {
    const event = readAgentEvent(result);
    answer.add(event === undefined ? {} : { event });
  }
  return answer.content().text;
}

const TEXT_03 = [{ kind: 'text', text: '수수료는 5만 원입니다.' }];
const TEXT_10 = [{ text: '수수료는 5만 원입니다.' }];
const artifactUpdate = (id: string, text: string, marks: object = {}) => ({
  artifactUpdate: { taskId: 't', contextId: 'c', artifact: { artifactId: id, parts: [{ text }] }, ...marks },
});

describe('what an agent says', () => {
  it.each<[string, unknown]>([
    ['a bare message', { kind: 'message', role: 'agent', messageId: 'm', parts: TEXT_03 }],
    ['a message of 0.2.0, whose parts have a type', { parts: [{ type: 'text', text: '수수료는 5만 원입니다.' }] }],
    ['a wrapped message', { message: { role: 'ROLE_AGENT', messageId: 'm', parts: TEXT_10 } }],
    ['the message of GOV, without kind and id', { message: { parts: TEXT_10 }, chat_session_id: 1 }],
    [
      'a bare task',
      { kind: 'task', id: 't', contextId: 'c', status: { state: 'completed' }, artifacts: [{ parts: TEXT_03 }] },
    ],
    [
      'a task without its kind',
      { id: 't', contextId: 'c', status: { state: 'completed' }, artifacts: [{ artifactId: 'a', parts: TEXT_03 }] },
    ],
    [
      'a wrapped task',
      {
        task: { id: 't', status: { state: 'TASK_STATE_COMPLETED' }, artifacts: [{ artifactId: 'a', parts: TEXT_10 }] },
      },
    ],
    [
      'a task that answers beside its state',
      { task: { id: 't', status: { state: 'TASK_STATE_COMPLETED', message: { parts: TEXT_10 } } } },
    ],
    [
      'a task that answers in its history alone',
      {
        task: {
          id: 't',
          status: { state: 'TASK_STATE_COMPLETED', timestamp: '2026-11-21T09:00:00' },
          history: [
            { role: 'ROLE_AGENT', parts: [{ text: '잠시만요' }] },
            { role: 'ROLE_AGENT', parts: TEXT_10 },
            { role: 'ROLE_USER', parts: [{ text: '수수료는?' }] },
          ],
        },
      },
    ],
  ])('is heard from %s', (_, result) => {
    expect(heard(result)).toBe('수수료는 5만 원입니다.');
  });

  it('replaces an artifact, adds to it, and puts two of them under one another', () => {
    const done = { statusUpdate: { taskId: 't', status: { state: 'TASK_STATE_COMPLETED' } } };
    expect(heard(artifactUpdate('a', '수수'), artifactUpdate('a', '수수료'), done)).toBe('수수료');
    expect(heard(artifactUpdate('a', '수수'), artifactUpdate('a', '료', { append: true }), done)).toBe('수수료');
    expect(heard(artifactUpdate('a', '하나'), artifactUpdate('b', '둘'), artifactUpdate('a', '첫째'), done)).toBe(
      '첫째\n\n둘',
    );
  });

  it('is no answer while it is work in progress, or the customer’s own words', () => {
    const answer = new AgentAnswer(false);
    const working = { kind: 'status-update', taskId: 't', status: { state: 'working', message: { parts: TEXT_03 } } };
    const event = readAgentEvent(working);
    if (event !== undefined) answer.add({ event });
    expect(answer).toMatchObject({ text: '', isSettled: false });
    const repeated = { task: { id: 't', status: { state: 'completed', message: { role: 'user', parts: TEXT_03 } } } };
    expect(heard(repeated)).toBe('');
  });

  it('asks behind what it has found so far', () => {
    const asked = {
      statusUpdate: { status: { state: 'TASK_STATE_INPUT_REQUIRED', message: { parts: [{ text: '몇 동인가요?' }] } } },
    };
    expect(heard(artifactUpdate('a', '두 곳이 있습니다.'), asked)).toBe('두 곳이 있습니다.\n\n몇 동인가요?');
  });

  it.each(['working', 'WORKING', 'TASK_STATE_WORKING', 'thinking', 7, null])('is at work in the state %o', (state) => {
    expect(readAgentEvent({ kind: 'status-update', status: { state } })).toMatchObject({
      state: expect.stringMatching(/^(working|unknown)$/),
    });
  });

  it('is read out of anything without a fault', () => {
    const key = fc.constantFrom(
      'kind',
      'task',
      'message',
      'statusUpdate',
      'artifactUpdate',
      'artifact',
      'status',
      'state',
      'parts',
      'text',
      'file',
      'id',
      'history',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom('task', 'message', 'status-update', 'artifact-update', 'completed', '', null, 1, true),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 5 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (results) => {
        const answer = new AgentAnswer(true);
        for (const result of results) {
          const event = readAgentEvent(result);
          if (event !== undefined) answer.add({ event });
        }
        expect(typeof answer.text).toBe('string');
      }),
    );
  });
});

describe('the session of GOV', () => {
  it.each<[unknown, unknown]>([
    [{ result: { chat_session_id: 4_211 } }, 4_211],
    [{ result: { message: { metadata: { chat_session_id: '4211' } } } }, 4_211],
    [{ chat_session_id: '90071992547409931234' }, '90071992547409931234'],
    [{ near: { chat_session_id: 1 }, list: [{ deep: { chat_session_id: 2 } }] }, 1],
    [{ chat_session_id: 'abc' }, undefined],
    [{ chat_session_id: null }, undefined],
    [{ a: { b: { c: { d: { e: { chat_session_id: 1 } } } } } }, 1],
    [{ a: { b: { c: { d: { e: { f: { chat_session_id: 1 } } } } } } }, undefined],
    [undefined, undefined],
  ])('in %j is %j', (response, id) => {
    expect(findChatSessionId(response)).toBe(id);
  });

  it('is not looked for without end', () => {
    const wide = { many: Array.from({ length: 100_000 }, () => ({})), late: [{ chat_session_id: 1 }] };
    expect(findChatSessionId(wide)).toBeUndefined();
  });

  it('comes back as it went', () => {
    for (const session of [
      { contextId: 'c' },
      { chatSessionId: 1 },
      { chatSessionId: '2', taskId: 't', contextId: 'c' },
    ]) {
      expect(decodeSession(encodeSession(session))).toEqual(session);
    }
    expect(encodeSession({})).toBeUndefined();
    for (const odd of [undefined, '', '{', 'null', '[]', '{"contextId":1,"taskId":{}}']) {
      expect(decodeSession(odd)).toEqual({});
    }
  });
});
