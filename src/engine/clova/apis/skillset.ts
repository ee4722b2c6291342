/** Answers from HTTP APIs that were registered in the console: the service plans, calls them, and says what they gave.
 *  Source: NAVER Cloud API guide, clovastudio-generateskillsetfinalanswer (2026-04). */

import {
  type Fields,
  fieldsOf,
  listOf,
  numberOf,
  present,
  textOf,
  textsOf,
} from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import { parseJson } from '../../../http-client/upstream-failure.ts';
import { brokenStream, errorOfStatus, readStatus } from '../errors.ts';
import type { JsonObject } from '../structured-schema.ts';
import type { ClovaApi } from './api.ts';
import { checkText, checkWhole, pathPart, refuseInput, requireText } from './field-rules.ts';

export interface SkillsetRequest {
  readonly skillsetId: string;
  /** From 1. */
  readonly version: number;
  readonly query: string;
  readonly history?: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  /** Merged into the calls of the APIs. */
  readonly override?: {
    /** Into every call. */
    readonly all?: CallOverride;
    /** Into the calls of one operation. */
    readonly operations?: readonly (CallOverride & { readonly operationId: string })[];
  };
  /** Asks for a stream and hands on what happens meanwhile. */
  readonly onProgress?: (progress: SkillProgress) => void;
}

export interface CallOverride {
  readonly header?: JsonObject;
  readonly query?: JsonObject;
  readonly requestBody?: JsonObject;
}

export type SkillProgress =
  | { readonly type: 'planned'; readonly skills: readonly string[] }
  | { readonly type: 'called' }
  | { readonly type: 'text'; readonly text: string };

export interface SkillAnswer {
  /** Empty: it did not get as far as an answer. */
  readonly text: string;
  readonly tokenCount?: number;
  readonly usesTunedModel?: boolean;
  /** May hold internal addresses and data of customers: neither for customers nor for logs. */
  readonly calls: readonly SkillCall[];
}

export interface SkillCall {
  readonly url: string;
  readonly operationId: string;
  readonly name: string;
  readonly requestBody: string;
  readonly responseBody: string;
}

export function answerBySkillset(api: ClovaApi, request: SkillsetRequest, call: AnswerCall): Promise<SkillAnswer> {
  const { skillsetId, version, query, history = [], override, onProgress } = request;
  checkText('query', query);
  checkWhole('version', version, 1, Number.MAX_SAFE_INTEGER);
  if (override?.operations?.some(({ operationId }) => operationId === '')) {
    refuseInput('operationId', 'the id of an operation');
  }
  return api.send(
    {
      method: 'POST',
      path: `/v1/skillsets/${pathPart('skillsetId', skillsetId)}/versions/${version}/final-answer`,
      body: {
        query,
        tokenStream: onProgress !== undefined,
        ...(history.length > 0 && { chatHistory: history.map(({ role, text }) => ({ role, content: text })) }),
        ...(override !== undefined && {
          requestOverride: {
            ...present('baseOperation', override.all),
            ...present('operations', override.operations),
          },
        }),
      },
      read: readSkillAnswer,
      // A second call would call the APIs behind it a second time.
      onlyOnce: true,
      ...(onProgress !== undefined && { readStream: (body) => readSkillStream(body, onProgress) }),
    },
    call,
  );
}

function readSkillAnswer(result: Fields): SkillAnswer {
  return {
    text: requireText(result, 'finalAnswer'),
    ...present('tokenCount', numberOf(result.tokenCount)),
    ...(typeof result.useTask === 'boolean' && { usesTunedModel: result.useTask }),
    calls: listOf(result.apiResult).map((value) => {
      const { url, operationId, nameForHuman, requestBody, responseBody } = fieldsOf(value);
      return {
        url: textOf(url) ?? '',
        operationId: textOf(operationId) ?? '',
        name: textOf(nameForHuman) ?? '',
        requestBody: textOf(requestBody) ?? '',
        responseBody: textOf(responseBody) ?? '',
      };
    }),
  };
}

const MAX_STREAM_CHARACTERS = 16 * 1_048_576;

/** The published sample has no blank lines between events, and data that is no JSON: an event ends where the next begins, and what
 *  cannot be read is left out. The final answer alone counts. */
async function readSkillStream(
  body: AsyncIterable<Uint8Array>,
  onProgress: (progress: SkillProgress) => void,
): Promise<SkillAnswer> {
  let answer: SkillAnswer | undefined;
  for await (const { event, data } of eventsOf(body)) {
    const value = parseJson(data);
    if (value === undefined) continue;
    const status = readStatus(value);
    if (event === 'error' || (status.code !== undefined && status.code !== '20000')) {
      throw errorOfStatus(status, 200, {}, 0);
    }
    const fields = fieldsOf(value);
    if (event === 'finalAnswer') answer = readSkillAnswer(fields);
    else if (event === 'planning') onProgress({ type: 'planned', skills: skillsOf(fields.selectedSkill) });
    else if (event === 'cot') onProgress({ type: 'called' });
    else if (typeof fields.text === 'string' && fields.text !== '') onProgress({ type: 'text', text: fields.text });
  }
  if (answer === undefined) throw brokenStream('ended before it was complete');
  return answer;
}

function skillsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : textsOf(value);
}

interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent, void, void> {
  let event = '';
  let data: string[] = [];
  const taken = (): StreamEvent[] => {
    const complete = data.length === 0 ? [] : [{ event, data: data.join('\n') }];
    event = '';
    data = [];
    return complete;
  };
  for await (const line of linesOf(body)) {
    const [, field, value = ''] = /^(\w+):\s?(.*)$/s.exec(line) ?? [];
    if (line === '' || field === 'id') {
      yield* taken();
    } else if (field === 'event') {
      if (data.length > 0) yield* taken();
      event = value.trim();
    } else if (field === 'data') {
      data.push(value);
    }
  }
  yield* taken();
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  let characters = 0;
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true });
    characters += text.length;
    if (characters > MAX_STREAM_CHARACTERS) throw brokenStream('does not end');
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest + decoder.decode();
}
