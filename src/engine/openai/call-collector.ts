/** Calls of functions, out of the pieces in which they are streamed. */

import { brokenAnswer } from '../../http-client/upstream-failure.ts';
import { readArguments } from '../clova/facts/function-tools.ts';
import type { ToolCall } from '../engine.ts';

interface WirePiece {
  readonly index?: unknown;
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

interface Collected {
  readonly index: number | undefined;
  id: string;
  name: string;
  argumentsText: string;
  /** Where they came as an object. */
  arguments?: object;
}

/** Takes whole calls too: those are pieces with all in them. */
export class CallCollector {
  readonly #upstream: string;
  readonly #calls: Collected[] = [];

  /** @param upstream whom the errors are about */
  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  add(pieces: readonly unknown[]): void {
    for (const piece of pieces as readonly (WirePiece | null)[]) if (piece !== null) this.#add(piece);
  }

  /** @throws GatewayError `ENGINE_STREAM_BROKEN` for arguments that are no JSON object, or a call of nothing */
  end(): readonly ToolCall[] {
    return this.#calls.map(({ id, name, argumentsText, arguments: whole }, index) => {
      const args = readArguments(whole ?? argumentsText);
      if (args === undefined || name === '') throw brokenAnswer(this.#upstream, 'has a tool call that cannot be read');
      // Some servers of one's own name no calls; a result has to name one all the same.
      return { id: id === '' ? `call_${index + 1}` : id, name, arguments: args };
    });
  }

  #add({ index, id, function: called }: WirePiece): void {
    const place = typeof index === 'number' ? index : undefined;
    const named = typeof id === 'string' ? id : '';
    const { name: written, arguments: args } = called ?? {};
    const name = typeof written === 'string' ? written : '';
    const call = this.#continued(place, named, name) ?? { index: place, id: '', name: '', argumentsText: '' };
    if (call.id === '') call.id = named;
    if (call.name === '') call.name = name;
    if (typeof args === 'string') call.argumentsText += args;
    else if (typeof args === 'object' && args !== null) call.arguments = args;
    if (!this.#calls.includes(call)) this.#calls.push(call);
  }

  /** Documented is a place for each call. Servers have been seen that give none, or 0 to every one of several whole calls: another id
   *  then tells them apart, or where there is none, another name. */
  #continued(place: number | undefined, id: string, name: string): Collected | undefined {
    const last = this.#calls.findLast(({ index }) => place === undefined || index === place);
    if (last === undefined) return undefined;
    const begins = id === '' ? name !== '' && last.name !== '' : last.id !== '' && last.id !== id;
    return begins ? undefined : last;
  }
}
