import { expect, it } from 'vitest';
import { verifySourceAddress } from '../../../src/channels/naver/source-address.ts';

it.each(['211.249.40.1', '211.249.40.30', '211.249.68.7', '220.230.168.30', '::ffff:211.249.40.5'])(
  '%s is TalkTalk',
  (address) => {
    expect(() => verifySourceAddress(address)).not.toThrow();
  },
);

it.each(['211.249.40.32', '211.249.39.255', '117.52.141.193', '127.0.0.1', '::1', '::ffff:10.0.0.1', '', 'nonsense'])(
  '%s is a stranger',
  (address) => {
    expect(() => verifySourceAddress(address)).toThrow(expect.objectContaining({ code: 'INBOUND_FOREIGN_ADDRESS' }));
  },
);
