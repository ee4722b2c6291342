import { describe, expect, it } from 'vitest';
import { readRequestIds } from '../../../src/channels/kakao/request-ids.ts';
import { webhookRequest } from '../../helpers/channel-requests.ts';

function ids(
  headers: Record<string, string>,
  called: readonly (string | undefined)[] = ['block', 'skill'],
  said = '배송비는 얼마예요?',
) {
  return readRequestIds(webhookRequest({}, { headers }), called, said);
}

describe('the ids of a skill call', () => {
  it('are both kept for the log', () => {
    expect(ids({ 'x-request-id': 'chp-1', 'x-chappie-footprint': 'chp-2' })).toMatchObject({
      requestId: 'chp-1',
      supportId: 'chp-2',
    });
  });

  it('are ours where Kakao sent none, and then nothing is a duplicate', () => {
    expect(ids({})).toEqual({ requestId: 'request-1' });
    expect(ids({ 'x-request-id': 'a b\u001b[31m', 'x-chappie-footprint': 'x'.repeat(200) })).toEqual({
      requestId: 'request-1',
    });
  });

  const same = { 'x-request-id': 'chp-1', 'x-chappie-footprint': 'chp-2' };
  it.each([
    ['both ids again', same, ['block', 'skill'], true],
    ['the footprint again with another request id', { ...same, 'x-request-id': 'chp-9' }, ['block', 'skill'], false],
    ['a request id that a proxy made up', { ...same, 'x-chappie-footprint': 'chp-9' }, ['block', 'skill'], false],
    ['both ids for another skill of the block', same, ['block', 'other'], false],
  ])('%s: the same call? ', (_name, headers, called, isSame) => {
    expect(ids(headers, called).dedupeKey === ids(same).dedupeKey).toBe(isSame);
  });

  it('of other words are another question, whatever ids a proxy gives them', () => {
    expect(ids(same, undefined, '탈퇴는 어떻게 해요?').dedupeKey).not.toBe(ids(same).dedupeKey);
    expect(ids(same).dedupeKey).not.toContain('배송비');
  });

  it('one id alone decides where the other never comes', () => {
    for (const only of ['x-request-id', 'x-chappie-footprint']) {
      expect(ids({ [only]: 'chp-1' }).dedupeKey).toBe(ids({ [only]: 'chp-1' }).dedupeKey);
      expect(ids({ [only]: 'chp-1' }).dedupeKey).not.toBe(ids({ [only]: 'chp-2' }).dedupeKey);
    }
    expect(ids({ 'x-request-id': 'chp-1' }).dedupeKey).not.toBe(ids({ 'x-chappie-footprint': 'chp-1' }).dedupeKey);
    expect(ids({ 'x-chappie-footprint': 'chp-1' }).requestId).toBe('chp-1');
  });
});
