/** Where a skill call may come from. Kakao publishes no list of its addresses, and addresses change hands: a second lock beside the
 *  secret, never the only one (the settings refuse that). */

import { BlockList, isIP } from 'node:net';
import { GatewayError } from '../../errors.ts';
import type { WebhookRequest } from '../channel.ts';

/** @param networks IP addresses and networks such as `219.249.231.40/30`; empty = from anywhere
 *  @returns a check that throws GatewayError `INBOUND_UNVERIFIED` */
export function createSourceCheck(networks: readonly string[]): (request: WebhookRequest) => void {
  if (networks.length === 0) return () => {};
  const allowed = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) allowed.addAddress(address, family);
    else allowed.addSubnet(address, Number(prefix), family);
  }
  return ({ remoteAddress }) => {
    // A socket that listens on both families reports IPv4 callers in IPv6 clothes; link-local ones carry their interface.
    const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    const version = isIP(address);
    if (version !== 0 && allowed.check(address, version === 6 ? 'ipv6' : 'ipv4')) return;
    throw new GatewayError(
      'INBOUND_UNVERIFIED',
      'The request comes from an address that is not on the list of this bot',
    );
  };
}
