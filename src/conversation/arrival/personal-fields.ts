/** What customers agreed to hand over, for a while and sealed: the only place where a raw value rests. */
import type { ConversationRef, Profile } from '../../message.ts';
import { conversationKey } from '../../message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Seal } from '../../privacy/seal.ts';
import type { Store } from '../../storage/store.ts';

export interface PersonalFieldsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly seal: Seal;
  readonly keepMs: number;
}

export interface KnownCustomer {
  readonly isUnder14: boolean;
  readonly profile: Profile;
}

export class PersonalFields {
  readonly #parts: PersonalFieldsParts;

  constructor(parts: PersonalFieldsParts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async keep(conversation: ConversationRef, profile: Profile): Promise<void> {
    const { store, clock, seal, keepMs } = this.#parts;
    const now = clock.now();
    for (const [name, value] of Object.entries(profile)) {
      const sealed = seal.close(JSON.stringify(value), placeOf(conversation, name));
      await store.savePersonalField(conversation, name, { sealed, expiresAt: now + keepMs }, now);
    }
  }

  /** Without what was sealed under another key: nobody can read that any more.
   *  @throws GatewayError `STORE_BUSY`, `STORE_FAILED` */
  async read(conversation: ConversationRef): Promise<KnownCustomer> {
    const { store, clock, seal } = this.#parts;
    const { isUnder14, fields } = await store.readPersonalData(conversationKey(conversation), clock.now());
    const opened = [...fields].flatMap(([name, sealed]) => {
      const value = seal.open(sealed, placeOf(conversation, name));
      return value === undefined ? [] : [[name, JSON.parse(value)] as const];
    });
    // Only `keep` wrote them.
    return { isUnder14, profile: Object.fromEntries(opened) as Profile };
  }
}

function placeOf(conversation: ConversationRef, name: string): string {
  return JSON.stringify([conversationKey(conversation), name]);
}
