import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export type ResolveName = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Code of the error for a name that leads into a private network. */
export const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS';

/** Name resolution for a socket: the address that is checked is the one that is connected to. A check before the request would be
 *  fooled by a name that resolves differently the second time (DNS rebinding). One private address among several refuses all. */
export function createPublicLookup(resolveName: ResolveName = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) return callback(error, '');
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(
          Object.assign(new Error('The name leads into a private network'), { code: PRIVATE_ADDRESS }),
          '',
        );
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
