/** What Kakao's bot engine found out before it called: block, parameters, contexts, answers of 지식+. Every part may be missing and
 *  comes in several spellings. Source: Kakao's skill guide and published captures. */

import type { PlatformAnswer, Scenario, ScenarioContext, ScenarioValue } from '../../message.ts';
import { inboundId, inboundText } from '../inbound-text.ts';
import { findJsonObject, isJsonObject, type JsonObject, objectOrEmpty } from '../json-body.ts';
import { withoutMediaUrls } from './media-url.ts';
import { isSecureImageValue } from './secure-image.ts';

/** The event is stored as it is: what a payload may add to it has an end. Far above what scenarios hold. */
const MAX_NAMED = 30;
const MAX_CONTEXTS = 20;
const MAX_VALUE_CHARS = 1_000;
const MAX_PLATFORM_ANSWERS = 5;
const MAX_ANSWER_CHARS = 2_000;
const MAX_URL_CHARS = 2_048;

/** Keys of `userRequest.params` that Kakao fills itself; the others come from an event (Event API). */
const REQUEST_KEYS = new Set(['surface', 'ignoreMe', 'media']);

/** Undefined when the payload says nothing of the kind. */
export function readScenario(payload: JsonObject, userRequest: JsonObject): Scenario | undefined {
  const intent = objectOrEmpty(payload.intent);
  const block = readBlock(intent) ?? readBlock(objectOrEmpty(userRequest.block));
  const platformBotId = inboundId(objectOrEmpty(payload.bot).id);
  const params = readParams(payload, userRequest);
  const contexts = readContexts(payload.contexts);
  const platformAnswers = readPlatformAnswers(objectOrEmpty(intent.extra));
  const scenario: Scenario = {
    ...(block === undefined ? {} : { block }),
    ...(platformBotId === undefined ? {} : { platformBotId }),
    ...(params === undefined ? {} : { params }),
    ...(contexts.length === 0 ? {} : { contexts }),
    ...(platformAnswers.length === 0 ? {} : { platformAnswers }),
  };
  return Object.keys(scenario).length === 0 ? undefined : scenario;
}

/** Names of blocks come with blanks around them. */
function readBlock(value: JsonObject): Scenario['block'] {
  const id = inboundId(value.id);
  return id === undefined ? undefined : { id, name: inboundText(value.name, MAX_VALUE_CHARS) };
}

/** `params` and `detailParams` need not have the same keys, and either may be empty beside the other. */
function readParams(payload: JsonObject, userRequest: JsonObject): Scenario['params'] {
  const action = objectOrEmpty(payload.action);
  const params = objectOrEmpty(action.params);
  const details = objectOrEmpty(action.detailParams);
  const ofEvent = objectOrEmpty(userRequest.params);
  const found = new Map<string, ScenarioValue>();
  for (const [name, value] of Object.entries(ofEvent)) if (!REQUEST_KEYS.has(name)) keep(found, name, readValue(value));
  for (const [name, detail] of Object.entries(details)) {
    const { value, origin } = objectOrEmpty(detail);
    if (!isSecureImageValue(value)) keep(found, name, readValue(value) ?? readValue(origin));
  }
  for (const [name, value] of Object.entries(params)) keep(found, name, readValue(value));
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

function keep(found: Map<string, ScenarioValue>, name: string, value: ScenarioValue | undefined): void {
  if (value === undefined || found.size >= MAX_NAMED || !isName(name)) return;
  found.set(name, value);
}

/** `__proto__` would not survive a copy of the object. */
function isName(name: string): boolean {
  return inboundId(name) !== undefined && name !== '__proto__';
}

/** System entities and plugins arrive as JSON inside a string, some captures show the object itself. Undefined for what says
 *  nothing: blanks, null, and the bare name of an entity (`sys.date`) that Kakao sends where it found no value. */
function readValue(value: unknown): ScenarioValue | undefined {
  if (isSecureImageValue(value)) return undefined;
  if (isJsonObject(value)) return readFields(value);
  const text = readScalar(value);
  if (text === undefined || !text.startsWith('{')) return text;
  const parsed = findJsonObject(text);
  return parsed === undefined ? text : readFields(parsed);
}

/** `{ "amount": 1, "unit": null }` as texts; what is null is left out. */
function readFields(value: JsonObject): ScenarioValue | undefined {
  const fields: [string, string][] = [];
  for (const [name, field] of Object.entries(value)) {
    const text = typeof field === 'object' && field !== null ? readScalar(jsonText(field)) : readScalar(field);
    if (text !== undefined && isName(name) && fields.length < MAX_NAMED) fields.push([name, text]);
  }
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** What is nested so deep that it cannot be written again is no value of a block. */
function jsonText(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // reading goes to any depth, writing only as deep as the stack
  }
}

function readScalar(value: unknown): string | undefined {
  const given = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  const text = withoutMediaUrls(inboundText(given, MAX_VALUE_CHARS));
  return text === '' || isEntityName(text) ? undefined : text;
}

function isEntityName(text: string): boolean {
  return text.startsWith('sys.') || text.startsWith('@sys.') ? /^@?sys\.[a-z][\w.]{0,60}$/i.test(text) : false;
}

/** A request says `lifespan`, an answer `lifeSpan`, and a published bot mixes them up. */
function readContexts(value: unknown): readonly ScenarioContext[] {
  if (!Array.isArray(value)) return [];
  const contexts: ScenarioContext[] = [];
  for (const item of value.slice(0, MAX_CONTEXTS)) {
    const context = objectOrEmpty(item);
    const name = inboundId(context.name);
    if (name === undefined) continue;
    const lifespan = readCount(context.lifespan ?? context.lifeSpan);
    const ttlSeconds = readCount(context.ttl);
    const params = readContextParams(objectOrEmpty(context.params));
    contexts.push({
      name,
      ...(lifespan === undefined ? {} : { lifespan }),
      ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
      ...(params === undefined ? {} : { params }),
    });
  }
  return contexts;
}

/** `{ value, resolvedValue }` in requests; plain texts in answers, and in captures that somebody wrote again. */
function readContextParams(params: JsonObject): Scenario['params'] {
  const found = new Map<string, ScenarioValue>();
  for (const [name, param] of Object.entries(params)) {
    const isPair = isJsonObject(param) && (param.value !== undefined || param.resolvedValue !== undefined);
    keep(found, name, isPair ? (readValue(param.resolvedValue) ?? readValue(param.value)) : readValue(param));
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

function readCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? Math.abs(count) : undefined;
}

/** The guide's heading says `knowledges`, its sample `knowledge`. */
function readPlatformAnswers(extra: JsonObject): readonly PlatformAnswer[] {
  const knowledge = extra.knowledge ?? extra.knowledges;
  const matched = Array.isArray(knowledge) ? knowledge : objectOrEmpty(knowledge).matchedKnowledges;
  if (!Array.isArray(matched)) return [];
  const answers: PlatformAnswer[] = [];
  for (const item of matched.slice(0, MAX_PLATFORM_ANSWERS)) {
    const match = objectOrEmpty(item);
    const question = inboundText(match.question, MAX_VALUE_CHARS);
    const answer = inboundText(match.answer, MAX_ANSWER_CHARS);
    if (answer === '') continue;
    const imageUrl = readUrl(match.imageUrl);
    const linkUrl = readUrl(match.landingUrl);
    answers.push({
      question,
      answer,
      ...(imageUrl === undefined ? {} : { imageUrl }),
      ...(linkUrl === undefined ? {} : { linkUrl }),
    });
  }
  return answers;
}

function readUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_URL_CHARS) return undefined;
  const url = value.trim();
  return /^https?:\/\/[^\s\\]+$/i.test(url) && URL.canParse(url) ? url : undefined;
}
