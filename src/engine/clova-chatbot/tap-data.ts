/** What our buttons carry for the chatbot: the payload of its own button, byte for byte, and by which event it goes back. */
import { createHash } from 'node:crypto';
import type { EpochMs } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ChatbotQuestion } from './request.ts';

/** Every channel carries as much: Kakao 500 characters, TalkTalk 1,000, our own prefix included. */
const MAX_CARRIED_CHARS = 400;
/** Longer payloads stay here under a short key. After a restart their buttons say what is written on them, which the chatbot
 *  understands as well, forms apart. */
const MAX_KEPT = 1_000;
const MAX_KEPT_CHARS = 10_000;
const KEPT_MS = 24 * 60 * 60_000;
const KEY_CHARS = 22;

type Press = Extract<ChatbotQuestion, { event: 'send' | 'open' }>;

export class TapData {
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly data: string; readonly keptAt: EpochMs }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined` for what is beyond all reason: such a button says its words. */
  encode(press: Press): string | undefined {
    const data = `${press.event}:${press.text ?? ''}`;
    if (data.length <= MAX_CARRIED_CHARS && data.isWellFormed()) return data;
    return data.length > MAX_KEPT_CHARS ? undefined : this.#keep(data);
  }

  /** `undefined` for a key that nobody knows any more, and for what is not ours. */
  decode(data: string): Press | undefined {
    const [, form = '', rest = ''] = /^(send|open|kept):(.*)$/s.exec(data) ?? [];
    if (form === 'kept') return this.#find(rest);
    if (form === 'open') return rest === '' ? { event: 'open' } : { event: 'open', text: rest };
    return form === 'send' && rest !== '' ? { event: 'send', text: rest } : undefined;
  }

  #keep(data: string): string {
    const key = createHash('sha256').update(data, 'utf16le').digest('base64url').slice(0, KEY_CHARS);
    this.#kept.delete(key); // the latest stands last
    this.#kept.set(key, { data, keptAt: this.#clock.now() });
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    return `kept:${key}`;
  }

  #find(key: string): Press | undefined {
    const kept = this.#kept.get(key);
    return kept === undefined || this.#clock.now() - kept.keptAt > KEPT_MS ? undefined : this.decode(kept.data);
  }
}
