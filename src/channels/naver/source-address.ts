import { BlockList, isIPv4 } from 'node:net';
import { GatewayError } from '../../errors.ts';

/** Where TalkTalk calls webhooks from.
 *  Source: https://github.com/navertalk/chatbot-api (valid since 2021-06-23) */
const NETWORKS = ['211.249.40.0', '211.249.68.0', '220.230.168.0'] as const;
const PREFIX_BITS = 27;

const published = new BlockList();
for (const network of NETWORKS) published.addSubnet(network, PREFIX_BITS, 'ipv4');

/** @param address after the trusted proxies
 *  @throws GatewayError `INBOUND_FOREIGN_ADDRESS` */
export function verifySourceAddress(address: string): void {
  // A socket that listens on both families shows IPv4 callers like this.
  const plain = address.replace(/^::ffff:/i, '');
  if (isIPv4(plain) && published.check(plain, 'ipv4')) return;
  throw new GatewayError('INBOUND_FOREIGN_ADDRESS', 'The request does not come from a network of TalkTalk');
}
