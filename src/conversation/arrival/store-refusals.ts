import { toGatewayError } from '../../errors.ts';
import type { Alerts } from '../../platform/alerts.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../storage/store.ts';
import { type StoredIn, WHAT_TO_CHECK } from './where-stored.ts';

/** A lock, a failover or a busy disk may last as long. */
const MOMENT_MS = 5_000;
const CHECK_NOTE = 'store-check';

export interface StoreRefusalParts {
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly storedIn: StoredIn;
}

/** The same store, of which the operator hears when it has refused a question and still writes nothing a moment later. Nobody else would
 *  tell: Kakao's customers are answered without memory, those of TEST and WEB are turned away, and a full disk is read from as ever. */
export function tellOfRefusals(store: Store, { clock, alerts, storedIn }: StoreRefusalParts): Store {
  let cancelCheck: (() => void) | undefined;
  let isClosed = false;

  async function check(): Promise<void> {
    try {
      await store.writeNote(CHECK_NOTE, String(clock.now()));
      await store.writeNote(CHECK_NOTE, undefined);
    } catch {
      if (isClosed) return;
      alerts.raise({
        code: 'store-refuses',
        text: `저장소에 기록할 수 없습니다. TEST, WEB, /send의 질문은 503으로 거절하고, 카카오톡에는 앞선 대화를 모르는 채로 답합니다. 톡톡 메시지는 임시로 보관하며, 보관할 수도 없으면 고객에게 다시 보내 달라고 합니다. ${WHAT_TO_CHECK[storedIn]}`,
      });
    } finally {
      cancelCheck = undefined;
    }
  }

  return {
    ...store,
    async acceptTurn(...turn) {
      try {
        return await store.acceptTurn(...turn);
      } catch (thrown) {
        if (toGatewayError(thrown).retryable && !isClosed) {
          cancelCheck ??= clock.schedule(MOMENT_MS, () => void check());
        }
        throw thrown;
      }
    },
    async close() {
      isClosed = true;
      cancelCheck?.();
      await store.close();
    },
  };
}
