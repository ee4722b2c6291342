/** The handover API: who may speak in a room, the bot or the partner's agents. Requests travel as events of the send API.
 *  Source: handover_v1.md of navertalk/chatbot-api */
import type { ConversationRef } from '../../message.ts';
import type { Channel, DeliveryReceipt, OutboundMessage } from '../channel.ts';

/** Agents of the partner, all of them: one cannot be chosen. */
const AGENTS = 1;

/** `partner` stays out, although the documents' samples have it: one that does not match was error 03. */
const PASS = { event: 'handover', options: { control: 'passThread', targetId: AGENTS } } as const;
const TAKE = { event: 'handover', options: { control: 'takeThread', metadata: '' } } as const;

/** The send API answers a refused handover with codes of other meanings (01 without a message was seen with handover on). */
const REFUSED_ADVICE =
  '톡톡이 상담원 연결(핸드오버) 요청을 받지 않았습니다. 톡톡 파트너센터의 챗봇API 설정에서 핸드오버가 켜져 있는지, 상담기능이 ON인지 확인해 주세요.';

export function createHandover(
  deliver: NonNullable<Channel['deliver']>,
): Required<Pick<Channel, 'passThread' | 'takeThread'>> {
  async function request(wire: unknown, conversation: ConversationRef, signal: AbortSignal): Promise<DeliveryReceipt> {
    const message: OutboundMessage = { wire, text: '', bubbles: 1 };
    const receipt = await deliver(message, { conversation, mode: 'push' }, signal);
    return receipt.outcome === 'refused' ? { ...receipt, advice: REFUSED_ADVICE } : receipt;
  }
  return {
    passThread: (conversation, signal) => request(PASS, conversation, signal),
    takeThread: (conversation, signal) => request(TAKE, conversation, signal),
  };
}

/** An incoming handover event: whether the agents give the room back. `metadata` is a string that ought to be JSON, and is not
 *  always; nothing in it is needed. */
export function isThreadReturned(options: Readonly<Record<string, unknown>>): boolean {
  return typeof options.control === 'string' && options.control.trim().toLowerCase() === 'passthread';
}

/** With handover on, echoes say whose room it is. */
export function isAgentsThread(options: Readonly<Record<string, unknown>>): boolean {
  return options.threadOwnerId === AGENTS || options.threadOwnerId === String(AGENTS);
}
