import { describe, expect, it } from 'vitest';
import { createSourceCheck } from '../../../src/channels/kakao/source-address.ts';
import { webhookRequest } from '../../helpers/channel-requests.ts';

const check = createSourceCheck(['219.249.231.40/30', '110.76.143.7', '2001:db8::/32']);
const from = (remoteAddress: string) => () => check(webhookRequest({}, { remoteAddress }));

describe('where a skill call comes from', () => {
  it.each([
    '219.249.231.40',
    '219.249.231.43',
    '::ffff:219.249.231.41',
    '110.76.143.7',
    '2001:db8::1',
    '2001:db8::1%eth0',
  ])('%s is on the list', (address) => {
    expect(from(address)).not.toThrow();
  });

  it.each(['219.249.231.44', '110.76.143.8', '::ffff:1.2.3.4', '2001:db9::1', '127.0.0.1', '::1', '', 'unknown'])(
    '%s is not',
    (address) => {
      expect(from(address)).toThrowError(expect.objectContaining({ code: 'INBOUND_UNVERIFIED' }));
    },
  );

  it('may be anywhere without a list', () => {
    expect(() => createSourceCheck([])(webhookRequest({}, { remoteAddress: '' }))).not.toThrow();
  });
});
