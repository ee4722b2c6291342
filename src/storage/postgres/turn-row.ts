/** A turn as PostgreSQL keeps it: the row of every SQL store, and the windows of a callback apart from the event. */
import type { InboundEvent } from '../../message.ts';
import {
  TURN_COLUMNS as COMMON_COLUMNS,
  type TurnRow as CommonRow,
  parseJson,
  toTurn as toCommonTurn,
  toJson,
} from '../rows.ts';
import type { Turn } from '../store.ts';

export const TURN_COLUMNS = `t.open_windows, ${COMMON_COLUMNS}`;

export type TurnRow = readonly [openWindows: string | null, ...turn: CommonRow];

/** `event, open_windows`. */
export function eventColumns(event: InboundEvent): readonly [event: string, openWindows: string | null] {
  const lasting = event.replyWindows.filter(({ mode }) => mode !== 'callback');
  if (lasting.length === event.replyWindows.length) return [toJson(event), null];
  return [toJson({ ...event, replyWindows: lasting }), toJson(event.replyWindows)];
}

/** The same for the text of an event: one without a callback stays what it is, letter by letter.
 *  @throws GatewayError `STORE_FAILED` when it does not parse */
export function splitEvent(event: string): ReturnType<typeof eventColumns> {
  return event.includes('"mode":"callback"') ? eventColumns(parseJson<InboundEvent>(event)) : [event, null];
}

/** @throws GatewayError `STORE_FAILED` when one of them does not parse */
export function wholeEvent(event: string, openWindows: string): string {
  return toJson(withOpenWindows(parseJson<InboundEvent>(event), openWindows));
}

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export function toTurn([openWindows, ...row]: TurnRow): Turn {
  const turn = toCommonTurn(row);
  return openWindows === null ? turn : { ...turn, event: withOpenWindows(turn.event, openWindows) };
}

function withOpenWindows(event: InboundEvent, openWindows: string): InboundEvent {
  return { ...event, replyWindows: parseJson<InboundEvent['replyWindows']>(openWindows) };
}
