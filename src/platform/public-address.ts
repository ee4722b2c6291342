/** Whether an IP address belongs to the public internet. Source: IANA's registries of special-purpose addresses (2026-10) */
import { BlockList, isIP } from 'node:net';

const SPECIAL_V4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local: the metadata service of every cloud
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3', // multicast and what was never given out
]);

/** Everything that is routed lies in it; loopback, link-local, unique-local and multicast do not. */
const GLOBAL_V6 = blockList('ipv6', ['2000::/3']);
const SPECIAL_V6 = blockList('ipv6', [
  '2001::/23', // Teredo and other special uses
  '2001:db8::/32',
  '2002::/16', // 6to4: an IPv4 address, private ones too, in other clothes
  '3fff::/20',
]);
/** In a network without IPv4, names resolve to these: the IPv4 address is in the last four bytes. */
const NAT64 = blockList('ipv6', ['64:ff9b::/96']);
const MAPPED_V4 = blockList('ipv6', ['::ffff:0:0/96']);

export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !SPECIAL_V4.check(address, 'ipv4');
    case 6: {
      if (NAT64.check(address, 'ipv6') || MAPPED_V4.check(address, 'ipv6')) return isPublicAddress(embeddedV4(address));
      return GLOBAL_V6.check(address, 'ipv6') && !SPECIAL_V6.check(address, 'ipv6');
    }
    default:
      return false;
  }
}

/** `64:ff9b::7f00:1` → `127.0.0.1`. The URL parser brings every spelling, also a dotted end, into one. */
function embeddedV4(address: string): string {
  const groups = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function blockList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
