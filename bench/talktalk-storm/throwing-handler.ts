/** Loaded into the gateway before it starts: a bug in its core that some messages hit. */
import { Gateway } from '../../src/conversation/gateway.ts';
import { BUG_WORD } from './words.ts';

const { handle } = Gateway.prototype;

Gateway.prototype.handle = function (this: Gateway, bot, channel, event) {
  if (event.type === 'message-received' && event.text.includes(BUG_WORD)) throw new TypeError('a bug');
  return handle.call(this, bot, channel, event);
};
