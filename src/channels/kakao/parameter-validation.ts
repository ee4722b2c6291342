/** 파라미터 검증: while it fills a parameter, Kakao asks whether the value may be used. The body is flat (`{ bot, utterance, params,
 *  isInSlotFilling, user, value: { origin, resolved }, timezone, lang }`, no `userRequest`), and so is the answer:
 *  `{ status: "SUCCESS" | "FAIL" | "IGNORE", value?, message? }`. Source: shapes that developers published; not in the guide.
 *
 *  What a parameter may hold is the business of the operator's scenario, so nothing is ever refused: the resolved value is confirmed,
 *  and where Kakao resolved none, `IGNORE` leaves its own judgement as it was. A `FAIL` of ours would ask the customer again, for ever. */

import type { WebhookRequest, WebhookResponse } from '../channel.ts';
import { inboundText } from '../inbound-text.ts';
import { decodeTolerantly, findJsonObject, isJsonObject, type JsonObject } from '../json-body.ts';
import { textResponse } from './combine.ts';

/** For the operator, who tries out what answers at the skill's address. */
const WRONG_ADDRESS_TEXT =
  '이 주소는 대화를 받는 스킬 주소입니다. 파라미터 검증 URL에는 주소의 /query/KAKAO를 /validate/KAKAO로 바꾸어 적어 주세요.';

/** Its own address expects nothing else; at the skill's address, where operators enter it by mistake, the body tells. There the answer
 *  is a skill response with a bubble as well, since nobody says which of the two Kakao wants: the value is confirmed all the same, or
 *  customers would be asked for it again until somebody reads the log.
 *  Undefined when the request is no validation.
 *  @param onWrongAddress told of each that came to the skill's address */
export function answerParameterValidation(
  request: WebhookRequest,
  onWrongAddress: () => void,
): WebhookResponse | undefined {
  // Looked for before the body is parsed: nearly every call is a skill call, and would be parsed twice.
  if (asBuffer(request.body).includes('"userRequest"')) return undefined;
  const body = findJsonObject(decodeTolerantly(request.body));
  const isExpected = request.purpose === 'value-check';
  if (!isExpected && (body === undefined || !isParameterValidation(body))) return undefined;
  if (!isExpected) onWrongAddress();
  const value = resolvedValue(body?.value);
  const judgement = value === undefined ? { status: 'IGNORE' } : { status: 'SUCCESS', value };
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(isExpected ? judgement : { ...judgement, ...textResponse(WRONG_ADDRESS_TEXT) }),
  };
}

function isParameterValidation(body: JsonObject): boolean {
  return typeof body.isInSlotFilling === 'boolean' || isJsonObject(body.value);
}

/** Parameters are texts: what an entity resolved to as an object goes back as JSON, as it arrives with a skill call. */
function resolvedValue(value: unknown): string | undefined {
  const resolved = isJsonObject(value) ? value.resolved : value;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  if (typeof resolved === 'object' && resolved !== null) return JSON.stringify(resolved);
  const text = inboundText(resolved);
  return text === '' ? undefined : text;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
