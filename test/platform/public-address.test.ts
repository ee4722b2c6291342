import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/platform/public-address.ts';
import { createPublicLookup, PRIVATE_ADDRESS, type ResolveName } from '../../src/platform/public-lookup.ts';

describe('isPublicAddress', () => {
  it.each([
    '1.1.1.1',
    '211.231.99.17',
    '100.63.255.255',
    '172.32.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2404:4600::1',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    '64:ff9b::a00:0',
    '64:ff9b:1::1',
    'localhost',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('looks at the IPv4 address inside an IPv6 one', () => {
    expect(isPublicAddress('64:ff9b::101:101')).toBe(true);
    expect(isPublicAddress('::ffff:1.1.1.1')).toBe(true);
  });
});

describe('createPublicLookup', () => {
  const resolvesTo =
    (...addresses: readonly string[]): ResolveName =>
    (_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  const look = (resolveName: ResolveName, all: boolean) =>
    new Promise<{ code?: unknown; found: unknown }>((resolve) => {
      createPublicLookup(resolveName)('talk.kakaocdn.net', { all }, (error, found, family) => {
        resolve({ ...(error === null ? {} : { code: error.code }), found: all ? found : [found, family] });
      });
    });

  it('hands the addresses on in the form that the socket asked for', async () => {
    expect(await look(resolvesTo('1.1.1.1', '2606:4700::1111'), false)).toEqual({ found: ['1.1.1.1', 4] });
    expect(await look(resolvesTo('1.1.1.1', '2606:4700::1111'), true)).toEqual({
      found: [
        { address: '1.1.1.1', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ],
    });
  });

  it.each([[['127.0.0.1']], [['1.1.1.1', '10.0.0.1']], [['::1']], [[]]])('refuses %j', async (addresses) => {
    for (const all of [true, false]) {
      expect(await look(resolvesTo(...addresses), all)).toMatchObject({ code: PRIVATE_ADDRESS });
    }
  });

  it('passes a failure of the resolver on', async () => {
    const failing: ResolveName = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    expect(await look(failing, true)).toMatchObject({ code: 'ENOTFOUND' });
  });
});
