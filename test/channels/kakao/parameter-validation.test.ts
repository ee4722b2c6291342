import { describe, expect, it, vi } from 'vitest';
import { answerParameterValidation } from '../../../src/channels/kakao/parameter-validation.ts';
import { validateSkillResponse } from '../../../src/channels/kakao/validate.ts';
import { fixtureBytes, webhookRequest } from '../../helpers/channel-requests.ts';

function answer(body: unknown, purpose?: 'value-check', onWrongAddress = () => {}) {
  const request = webhookRequest(body, purpose === undefined ? {} : { purpose });
  const response = answerParameterValidation(request, onWrongAddress);
  if (response === undefined) return undefined;
  expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } });
  return JSON.parse(response.body);
}

describe('parameter validation', () => {
  it('confirms what Kakao resolved', () => {
    const wrong = vi.fn();
    const bytes = fixtureBytes('kakao/parameter-validation.json');
    expect(answer(bytes, 'value-check', wrong)).toEqual({ status: 'SUCCESS', value: '3' });
    expect(wrong).not.toHaveBeenCalled();
  });

  it.each([
    [
      { origin: '3개', resolved: '3' },
      { status: 'SUCCESS', value: '3' },
    ],
    [{ origin: '3개' }, { status: 'IGNORE' }],
  ])('%j at the skill’s address is judged too, and a bubble names the right one', (value, judgement) => {
    const wrong = vi.fn();
    const body = answer({ isInSlotFilling: true, value }, undefined, wrong);
    expect(body).toMatchObject(judgement);
    expect(validateSkillResponse(body).faults).toEqual([]);
    expect(body.template.outputs).toEqual([{ simpleText: { text: expect.stringContaining('/validate/KAKAO') } }]);
    expect(wrong).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['a newline of the test panel', { resolved: '서울\n' }, { status: 'SUCCESS', value: '서울' }],
    ['a number', { resolved: 0 }, { status: 'SUCCESS', value: '0' }],
    ['JSON in a text', { resolved: '{"amount":3}' }, { status: 'SUCCESS', value: '{"amount":3}' }],
    ['an object', { resolved: { amount: 3 } }, { status: 'SUCCESS', value: '{"amount":3}' }],
    ['nothing', { origin: '서울' }, { status: 'IGNORE' }],
    ['null', { origin: '서울', resolved: null }, { status: 'IGNORE' }],
    ['blanks', { resolved: ' \n' }, { status: 'IGNORE' }],
  ])('a value that is %s', (_name, value, expected) => {
    expect(answer({ isInSlotFilling: true, value }, 'value-check')).toEqual(expected);
  });

  it.each(['', '{', '[]', 'null', '{}', '{"value":"서울"}'])('its own address takes %j for one', (body) => {
    expect(answer(body, 'value-check')?.status).toBe(body.includes('서울') ? 'SUCCESS' : 'IGNORE');
    expect(answer(body)).toBeUndefined();
  });

  it.each(['typed', 'skill-test', 'group'])('a skill call is none, wherever it arrives: %s', (name) => {
    expect(answer(fixtureBytes(`kakao/${name}.json`))).toBeUndefined();
    expect(answer(fixtureBytes(`kakao/${name}.json`), 'value-check')).toBeUndefined();
  });
});
