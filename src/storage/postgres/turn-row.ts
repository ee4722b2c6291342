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

/** @throws GatewayError `STORE_FAILED` when a JSON column does not parse */
export function toTurn([openWindows, ...row]: TurnRow): Turn {
  const turn = toCommonTurn(row);
  if (openWindows === null) return turn;
  return { ...turn, event: { ...turn.event, replyWindows: parseJson<InboundEvent['replyWindows']>(openWindows) } };
}
