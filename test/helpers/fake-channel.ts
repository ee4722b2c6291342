import type {
  Channel,
  DeliveryReceipt,
  DeliveryTarget,
  InboundOutcome,
  OutboundMessage,
  RenderContext,
  WebhookResponse,
} from '../../src/channels/channel.ts';
import type { ChannelName, InboundEvent, Reply } from '../../src/message.ts';

export interface FakeWire {
  readonly texts: readonly string[];
  readonly choices: readonly string[];
}

const DELIVERED: DeliveryReceipt = { outcome: 'delivered', code: '00', retryable: false };

/** A platform without a wire: one text is one bubble; what `deliver` gets is kept and answered by script. */
export class FakeChannel implements Channel {
  readonly name: ChannelName;
  readonly mergesWaitingMessages: boolean;
  readonly greetsOncePerCooldown: boolean;
  readonly requestsProfile: boolean;
  readonly maxBubblesPerResponse = 3;
  readonly sent: { message: OutboundMessage; target: DeliveryTarget }[] = [];
  typingCount = 0;
  /** Left out by most tests: they are about which answers come, and not about their words. */
  preface?: NonNullable<Channel['preface']>;
  /** What the platform says next; empty = delivered. */
  readonly receipts: (DeliveryReceipt | Promise<DeliveryReceipt>)[] = [];

  constructor(name: ChannelName) {
    this.name = name;
    this.mergesWaitingMessages = name === 'naver';
    this.greetsOncePerCooldown = name === 'naver';
    this.requestsProfile = name === 'naver';
  }

  verify(): void {}

  parse(): InboundEvent {
    throw new Error('tests make their own events');
  }

  render(reply: Reply, context: RenderContext): readonly OutboundMessage[] {
    const asked = reply.profileRequest === undefined ? [] : [`(asks for ${reply.profileRequest.field})`];
    const texts = [...reply.parts.map((part) => (part.type === 'text' ? part.text : part.type)), ...asked];
    const choices = reply.quickReplies.map((choice) => choice.label);
    const pages: string[][] = [];
    const size = Math.max(1, context.maxBubbles);
    for (let i = 0; i < Math.max(1, texts.length); i += size) pages.push(texts.slice(i, i + size));
    return pages.map((page, index) => ({
      wire: { texts: page, choices: index === pages.length - 1 ? choices : ['이어서 보기'] } satisfies FakeWire,
      text: page.join('\n'),
      bubbles: page.length,
      echoKey: `text:${page.join('\n')}`,
    }));
  }

  respond(outcome: InboundOutcome): WebhookResponse {
    return { status: 200, headers: {}, body: JSON.stringify(outcome.kind) };
  }

  async deliver(message: OutboundMessage, target: DeliveryTarget): Promise<DeliveryReceipt> {
    if ((await target.pacing?.next()) === false) return { outcome: 'refused', code: 'WITHHELD', retryable: false };
    this.sent.push({ message, target });
    return (await this.receipts.shift()) ?? DELIVERED;
  }

  async showTyping(): Promise<void> {
    this.typingCount += 1;
  }

  async close(): Promise<void> {}
}
