import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skillPayloadForms } from '../../simulator/kakao/payload-forms.ts';
import { inboundId } from '../../src/channels/inbound-text.ts';
import { findJsonObject, objectOrEmpty } from '../../src/channels/json-body.ts';
import { validateSkillResponse } from '../../src/channels/kakao/validate.ts';
import { mutations, payloadMutant } from '../helpers/payload-mutants.ts';
import { json, startProgram, type TestProgram } from '../helpers/test-program.ts';

let program: TestProgram;

beforeAll(async () => {
  program = await startProgram({ RATE_LIMIT_PER_CONVERSATION: '0', PUBLIC_URL: 'https://bot.example' });
});

afterAll(async () => {
  await program.end();
});

function skillPayload(utterance: unknown, rest: object = {}) {
  return {
    bot: { id: '5f3c1a2b4d5e6f7a8b9c0d1e', name: '말길상점' },
    intent: { id: 'i', name: '폴백 블록' },
    action: { id: 'a', name: 's', params: {}, detailParams: {}, clientExtra: {} },
    userRequest: {
      utterance,
      user: { id: 'f'.repeat(66), type: 'botUserKey', properties: {} },
      timezone: 'Asia/Seoul',
      lang: 'ko',
      params: { surface: 'Kakaotalk.plusfriend' },
    },
    contexts: [],
    ...rest,
  };
}

/** In rooms other bubbles are allowed. */
function roomOf(payload: string): string | undefined {
  return inboundId(objectOrEmpty(objectOrEmpty(findJsonObject(payload)?.userRequest).chat).id);
}

async function post(request: { headers?: Record<string, string>; payload?: string | Buffer }, url = '/query/KAKAO') {
  const response = await program.app.inject({ method: 'POST', url, ...request });
  return { status: response.statusCode, body: response.json(), type: String(response.headers['content-type']) };
}

describe('POST /query/KAKAO', () => {
  it('answers a question with a valid skill response, the image before the text', async () => {
    const { status, body, type } = await post(json(skillPayload('반품 배송비는 얼마예요?')));
    expect(status).toBe(200);
    expect(type).toContain('application/json');
    expect(validateSkillResponse(body)).toEqual({ faults: [], warnings: [] });
    expect(body.template.outputs.map((output: object) => Object.keys(output)[0])).toEqual([
      'simpleImage',
      'simpleText',
    ]);
    expect(body.template.outputs[1].simpleText.text).toContain('3,000원');
  });

  it('greets for the welcome block, every time', async () => {
    for (const utterance of ['', '\n', ' ']) {
      const { body } = await post(json(skillPayload(utterance)));
      expect(body.template.outputs[0].simpleText.text).toContain('안녕하세요');
    }
  });

  it('answers the admin centre’s skill test with "연결 성공"', async () => {
    const payload = {
      intent: { id: 'x'.repeat(24), name: '블록 이름' },
      userRequest: {
        timezone: 'Asia/Seoul',
        params: { ignoreMe: 'true' },
        block: { id: 'x'.repeat(24), name: '블록 이름' },
        utterance: '발화 내용',
        lang: null,
        user: { id: '123456', type: 'accountId', properties: {} },
      },
      bot: { id: 'b'.repeat(24), name: '봇 이름' },
      action: { name: 'abcdefghij', clientExtra: null, params: {}, id: 'y', detailParams: {} },
    };
    const { status, body } = await post(json(payload));
    expect(status).toBe(200);
    expect(body.template.outputs[0].simpleText.text).toContain('연결 성공');
  });

  it.each([
    ['broken JSON', { headers: { 'content-type': 'application/json' }, payload: '{' }],
    ['nothing', { payload: '' }],
    ['an array', json([])],
    ['another content type', { headers: { 'content-type': 'text/plain' }, payload: 'hello' }],
    ['no user', json({ userRequest: { utterance: 'a' } })],
    ['1 MB of text', json(skillPayload('가'.repeat(300_000)))],
    ['a body that is too large', json(skillPayload('a'.repeat(1_200_000)))],
    ['a null byte', json(skillPayload('a\u0000b'))],
    [
      'a lone surrogate',
      {
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify(skillPayload('x')).replace('"x"', '"\\ud83d"'),
      },
    ],
    [
      'deep nesting',
      {
        headers: { 'content-type': 'application/json' },
        payload: `${'{"userRequest":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      },
    ],
  ])('%s: 200 with a polite, valid bubble, and the log says what was wrong', async (_name, request) => {
    const { status, body } = await post(request);
    expect(status).toBe(200);
    expect(validateSkillResponse(body).faults).toEqual([]);
    expect(JSON.stringify(body.template.outputs)).toMatch(/[가-힣]{2}/);
  });

  it.each([5, null, { a: 1 }, ['a'], true])(
    'the utterance %j is not greeted, and the log names the field',
    async (bad) => {
      const { status, body } = await post(json(skillPayload(bad)));
      expect(status).toBe(200);
      expect(body.template.outputs[0].simpleText.text).toContain('읽지 못했습니다');
      expect(program.logged.at(-1)).toMatchObject({
        level: 40,
        code: 'INBOUND_MALFORMED',
        reason: 'The field "userRequest.utterance" is not text',
      });
    },
  );

  it('answers a question beside a value that is nested out of all reason', async () => {
    const depth = 20_000;
    const payload = JSON.stringify({
      ...skillPayload('반품 배송비는 얼마예요?'),
      action: { params: { a: 'DEEP' } },
    }).replace('"DEEP"', `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
    const { status, body } = await post({ headers: { 'content-type': 'application/json' }, payload });
    expect(status).toBe(200);
    expect(JSON.stringify(body.template.outputs)).toContain('배송비');
  });

  it('logs a reason for what it could not read, and no text of the customer', async () => {
    await post(json({ userRequest: { utterance: '비밀스러운 말' } }));
    const line = program.logged.findLast((entry) => entry.msg === 'a request was refused');
    expect(line).toMatchObject({ code: 'INBOUND_MALFORMED', channel: 'kakao', reason: expect.any(String) });
    expect(JSON.stringify(program.logged)).not.toContain('비밀스러운');
  });

  it('answers with what 지식+ found where the operator’s own entries say nothing, and not before them', async () => {
    const knowledge = {
      matchedKnowledges: [{ question: '지하 헬스장', answer: '헬스장은 02-345-6789로 문의해 주세요.' }],
    };
    const withKnowledge = (utterance: string) =>
      skillPayload(utterance, { intent: { id: 'i', name: '지식+', extra: { knowledge } } });
    const found = await post(json(withKnowledge('쿼카 헬스장 락커')));
    expect(JSON.stringify(found.body)).toContain('헬스장은 02-345-6789로 문의해 주세요.');
    const own = await post(json(withKnowledge('반품 배송비는 얼마예요?')));
    expect(JSON.stringify(own.body)).toContain('3,000원');
    expect(JSON.stringify(own.body)).not.toContain('헬스장');
  });

  it('logs both ids of a call with its turn, and no value that the platform recognised', async () => {
    const { headers, payload } = json(
      skillPayload('교환 배송비는 얼마예요?', { action: { params: { phone: '010-1234-5678' }, clientExtra: {} } }),
    );
    await post({ headers: { ...headers, 'x-request-id': 'chp-1', 'x-chappie-footprint': 'chp-2' }, payload });
    const line = program.logged.findLast((entry) => entry.msg === 'answered');
    expect(line).toMatchObject({ request: 'chp-1', support: 'chp-2' });
    expect(JSON.stringify(program.logged)).not.toContain('1234-5678');
  });

  it('logs both ids of a call that it refuses, whatever for, and nothing that only looks like one', async () => {
    const guarded = await startProgram({ KAKAO_SECRET: 'first-secret', RATE_LIMIT_PER_CONVERSATION: '1' });
    const refusal = async (url: string, request: object, [id, footprint]: readonly [string, string]) => {
      const { headers, ...rest } = { headers: { 'content-type': 'application/json' }, ...request };
      const ids = { 'x-request-id': id, 'x-chappie-footprint': footprint };
      await guarded.app.inject({ method: 'POST', url, ...rest, headers: { ...headers, ...ids } });
      return guarded.logged.findLast(({ msg }) => msg === 'a request was refused');
    };
    const ids = ['chp-wrong1', 'chp-foot-wrong1'] as const;
    const ours = '/query/KAKAO/first-secret';
    try {
      await refusal(ours, json(skillPayload('반품 배송비는 얼마예요?')), ids);
      for (const [code, url, request] of [
        ['INBOUND_UNVERIFIED', '/query/KAKAO/wrong', json(skillPayload('반품 배송비는?'))],
        ['INBOUND_MALFORMED', ours, { payload: '{' }],
        ['INBOUND_TOO_LARGE', ours, { payload: 'a'.repeat(1_200_000) }],
        ['INBOUND_RATE_LIMITED', ours, json(skillPayload('교환 배송비는?'))],
      ] as const) {
        const line = await refusal(url, request, ids);
        expect(line).toMatchObject({ code, request: 'chp-wrong1', support: 'chp-foot-wrong1' });
      }
      const forged = await refusal('/query/KAKAO/wrong', { payload: '{' }, ['a b "c"', 'x'.repeat(200)]);
      expect(forged).toMatchObject({ code: 'INBOUND_UNVERIFIED', request: expect.stringMatching(/^[\w-]{8,64}$/) });
      expect(forged).not.toHaveProperty('support');
    } finally {
      await guarded.end();
    }
  });

  it('logs both ids of a call that is merely odd', async () => {
    const { payload } = json(skillPayload('반품 배송비는 얼마예요?'));
    await post({ headers: { 'x-request-id': 'chp-odd', 'x-chappie-footprint': 'chp-foot-odd' }, payload });
    const line = program.logged.findLast((entry) => entry.msg === 'a request was taken although it is odd');
    expect(line).toMatchObject({ request: 'chp-odd', support: 'chp-foot-odd' });
  });

  it('any payload gets 200 and a valid skill response, and none is a fault of ours', { timeout: 240_000 }, async () => {
    const payloads = skillPayloadForms('http').map(({ payload }) => payload);
    await fc.assert(
      fc.asyncProperty(mutations(payloads), async (mutated) => {
        const payload = payloadMutant(mutated);
        const { status, body } = await post({ headers: { 'content-type': 'application/json' }, payload });
        expect(status).toBe(200);
        const room = roomOf(payload) === undefined ? 'channel' : 'group';
        expect(validateSkillResponse(body, { room }).faults).toEqual([]);
        // Beside the bubble, for a mutant that asks whether a value may be used.
        if (body.status !== undefined) expect(body.status).toMatch(/^(SUCCESS|IGNORE)$/);
      }),
      { numRuns: 1_000 },
    );
    // When the machine stands still the customer gets a button in time, whatever the payload.
    // And a run that takes long gets to the look at the certificate of a host that is not there.
    const ofThePayload = ({ level, msg, alert }: Record<string, unknown>) =>
      Number(level) >= 50 && msg !== 'a message was answered before it was handled' && alert !== 'certificate';
    expect(program.logged.filter(ofThePayload)).toEqual([]);
  });

  it('confirms a parameter at its own address, and at the skill’s when it arrives there by mistake', async () => {
    const validation = json({
      bot: { id: 'b', name: 'n' },
      utterance: '3개',
      isInSlotFilling: true,
      user: { id: 'u' },
      value: { origin: '3개', resolved: '3' },
    });
    const linesBefore = program.logged.length;
    for (const url of ['/validate/KAKAO', '/query/KAKAO', '/bots/default/validate/KAKAO']) {
      expect(await post(validation, url)).toMatchObject({ status: 200, body: { status: 'SUCCESS', value: '3' } });
    }
    const misplaced = program.logged
      .slice(linesBefore)
      .filter(({ reason }) => String(reason).includes('belongs to /validate/KAKAO'));
    expect(misplaced).toEqual([expect.objectContaining({ level: 40, channel: 'kakao', bot: 'default' })]);
    expect(JSON.stringify((await post(validation)).body.template)).toContain('/validate/KAKAO');
    expect((await post({ payload: '{' }, '/validate/KAKAO')).body).toEqual({ status: 'IGNORE' });
    expect((await post(json({}), '/validate/KAKAO')).body).toEqual({ status: 'IGNORE' });
    expect((await post(json({}), '/bots/nobody/validate/KAKAO')).status).toBe(404);
    const skillCall = await post(json(skillPayload('반품 배송비는 얼마예요?')), '/validate/KAKAO');
    expect(validateSkillResponse(skillCall.body)).toEqual({ faults: [], warnings: [] });
  });

  it('takes calls for the bot that is meant, from where they may come, with a secret', async () => {
    const guarded = await startProgram({
      KAKAO_SECRET: 'first-secret',
      KAKAO_SOURCE_ADDRESSES: '219.249.231.40/30',
      KAKAO_BOT_ID: '5f3c1a2b4d5e6f7a8b9c0d1e',
      KAKAO_BOT_ID_CHECK: 'refuse',
      TRUST_PROXY: '127.0.0.1',
    });
    const ask = async (forwarded: string, payload: object, url = '/query/KAKAO/first-secret') => {
      const { headers, payload: body } = json(payload);
      const all = { ...headers, 'x-forwarded-for': forwarded };
      const response = await guarded.app.inject({ method: 'POST', url, payload: body, headers: all });
      return { status: response.statusCode, body: response.json() };
    };
    try {
      const question = skillPayload('반품 배송비는 얼마예요?');
      const ours = await ask('219.249.231.41', question);
      expect(JSON.stringify(ours.body)).toContain('3,000원');
      const onDevChannel = await ask('219.249.231.41', { ...question, bot: { id: '5f3c1a2b4d5e6f7a8b9c0d1e!' } });
      expect(JSON.stringify(onDevChannel.body)).toContain('3,000원');

      expect((await ask('198.51.100.7', question)).status).toBe(401);
      expect((await ask('219.249.231.41', question, '/query/KAKAO')).status).toBe(401);
      expect((await ask('219.249.231.41, 198.51.100.7', question)).status).toBe(401);
      const value = { isInSlotFilling: true, value: { resolved: '3' } };
      expect((await ask('219.249.231.41', value, '/validate/KAKAO')).status).toBe(401);
      expect((await ask('219.249.231.41', value, '/validate/KAKAO/first-secret')).body.status).toBe('SUCCESS');

      const foreign = await ask('219.249.231.41', { ...question, bot: { id: 'another0bot0another0bot' } });
      expect(foreign.status).toBe(200);
      expect(validateSkillResponse(foreign.body).faults).toEqual([]);
      expect(JSON.stringify(foreign.body)).toContain('연결할 수 없는 챗봇');
      expect(guarded.logged.findLast(({ msg }) => msg === 'a request was refused')).toMatchObject({
        code: 'BOT_UNKNOWN',
        kakaoBotId: 'another0bot0another0bot',
      });
      const form = {
        ...question,
        bot: { id: 'made-up', name: '봇 이름' },
        userRequest: { ...question.userRequest, utterance: '발화 내용', params: { ignoreMe: 'true' } },
      };
      expect(JSON.stringify((await ask('219.249.231.41', form)).body)).toContain('연결 성공');
    } finally {
      await guarded.end();
    }
  });

  it('with a secret, strangers get 401 and the path works as well as the header', async () => {
    const guarded = await startProgram({ KAKAO_SECRET: 'first-secret,second-secret,base/64+secret=' });
    const ask = (url: string, headers: Record<string, string> = {}, utterance = '반품 배송비는?') => {
      const request = json(skillPayload(utterance));
      return guarded.app.inject({
        method: 'POST',
        url,
        payload: request.payload,
        headers: { ...request.headers, ...headers },
      });
    };
    try {
      expect((await ask('/query/KAKAO')).statusCode).toBe(401);
      expect((await ask('/query/KAKAO/wrong-secret')).statusCode).toBe(401);
      expect((await ask('/query/KAKAO/wrong-secret', {}, 'a'.repeat(1_200_000))).statusCode).toBe(401);
      expect((await ask('/query/KAKAO', { 'x-malgil-secret': 'second-secret' })).statusCode).toBe(200);
      expect((await ask('/query/KAKAO/first-secret')).statusCode).toBe(200);
      expect((await ask('/query/KAKAO/base/64+secret=')).statusCode).toBe(200);
      expect(JSON.stringify(guarded.logged)).not.toContain('-secret');
    } finally {
      await guarded.end();
    }
  });
});
