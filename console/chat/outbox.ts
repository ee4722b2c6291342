/** Messages that the server has not taken yet; they outlive a reload of the page, not the tab. */
import type { EpochMs } from '../../src/message.ts';

export interface OutgoingMessage {
  readonly key: string;
  readonly text: string;
  /** Code of the button that was tapped; `text` is its label. */
  readonly tap?: string;
  /** `unsent`: may be sent again. `refused`: the server does not want it as it is. */
  readonly state: 'sending' | 'unsent' | 'refused';
  /** The newest turn when it was written: one of ours with the same words and a higher number is this message. */
  readonly afterSequence: number;
  readonly writtenAt: EpochMs;
}

export interface Outbox {
  load(): readonly OutgoingMessage[];
  save(messages: readonly OutgoingMessage[]): void;
}

function isOutgoing(value: unknown): value is OutgoingMessage {
  const message = value as Partial<OutgoingMessage> | null;
  return (
    typeof message?.key === 'string' &&
    typeof message.text === 'string' &&
    typeof message.afterSequence === 'number' &&
    typeof message.writtenAt === 'number'
  );
}

/** Storage can be full, switched off (then opening it throws) or hold something else: the messages live as long as the page. */
export function storedOutbox(
  openStorage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  name: string,
): Outbox {
  return {
    load() {
      try {
        const values: unknown = JSON.parse(openStorage().getItem(name) ?? '[]');
        // Nothing is on its way any more after a reload.
        return Array.isArray(values)
          ? values.filter(isOutgoing).map((message) => ({ ...message, state: 'unsent' as const }))
          : [];
      } catch {
        return [];
      }
    },
    save(messages) {
      try {
        if (messages.length === 0) openStorage().removeItem(name);
        else openStorage().setItem(name, JSON.stringify(messages));
      } catch {
        // Kept on the page at least.
      }
    },
  };
}
