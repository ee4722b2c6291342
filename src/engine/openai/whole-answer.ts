import type { WholeAnswer, WholeResponse } from '../../http-client/answer-exchange.ts';
import { brokenAnswer, parseJson } from '../../http-client/upstream-failure.ts';
import { CallCollector } from './call-collector.ts';
import { type Completion, completionOf, readChoice, readUsage, type TextPart } from './completion.ts';
import type { Dialect } from './dialect.ts';
import { errorOfRefusal, readRefusal } from './errors.ts';
import { LeadingThought } from './leading-thought.ts';

/** A refusal, a page of somebody in between, or an answer that was not streamed.
 *  @throws GatewayError for what is no answer */
export function readWhole(
  response: WholeResponse,
  dialect: Dialect,
  model: string,
  sentFields: readonly string[],
): WholeAnswer<TextPart, Completion> {
  const body = parseJson(response.text);
  const refusal = readRefusal(body);
  if (response.httpStatus !== 200 || refusal !== undefined) {
    throw errorOfRefusal(refusal, response, dialect, sentFields);
  }
  const choice = readChoice(body);
  // Without its end an answer may have been cut by whoever stands in between.
  if (choice?.finishReason === undefined) throw brokenAnswer(dialect.title, 'is no chat completion');
  const calls = new CallCollector(dialect.title);
  calls.add(choice.toolCalls);
  const thought = new LeadingThought();
  const text = thought.push(choice.text) + thought.end();
  return {
    frames: text === '' ? [] : [{ type: 'text-delta', text }],
    result: completionOf(model, choice.finishReason, readUsage(body), calls),
  };
}
