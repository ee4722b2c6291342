/** From what the chatbot, its API gateway or somebody in between says to our errors. Nothing that they wrote gets into a message. */
import { type ErrorCode, GatewayError } from '../../errors.ts';
import { fieldsOf } from '../../http-client/answer-fields.ts';
import { codeOfHttpStatus } from '../../http-client/upstream-failure.ts';

/** As errors call it. */
export const UPSTREAM = 'CLOVA Chatbot';

/** The chatbot's own codes. Source: Chatbot Custom API specification v2.5 (2019-04-22); newer pages show no table. */
const CHATBOT_CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['1000', 'ENGINE_BAD_REQUEST'], // version not supported
  ['1001', 'ENGINE_MODEL_UNAVAILABLE'], // domain not found
  ['1002', 'ENGINE_BAD_REQUEST'], // parameter of the URL
  ['4000', 'ENGINE_BAD_REQUEST'],
  ['4010', 'ENGINE_UNAUTHORIZED'],
  ['4030', 'ENGINE_UNAUTHORIZED'],
  ['4031', 'ENGINE_UNAUTHORIZED'], // signature
  ['4032', 'ENGINE_UNAUTHORIZED'], // timestamp
  ['5000', 'ENGINE_FAILED'],
  ['5010', 'ENGINE_BAD_REQUEST'], // the answer does not fit the protocol version
]);

/** Those of the API gateway. Source: https://api-gov.ncloud-docs.com/docs/api-call-lgc-errorhandling (read 2026-11-22) */
const GATEWAY_CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['100', 'ENGINE_BAD_REQUEST'],
  ['200', 'ENGINE_UNAUTHORIZED'],
  ['210', 'ENGINE_UNAUTHORIZED'],
  ['300', 'ENGINE_MODEL_UNAVAILABLE'],
  ['400', 'ENGINE_RATE_LIMITED'], // quota
  ['410', 'ENGINE_RATE_LIMITED'], // throttled
  ['420', 'ENGINE_RATE_LIMITED'],
  ['430', 'ENGINE_BAD_REQUEST'], // too large
  ['500', 'ENGINE_OVERLOADED'], // the endpoint behind it
  ['510', 'ENGINE_TIMEOUT'],
  ['900', 'ENGINE_FAILED'],
]);

const TEXTS: ReadonlyMap<string, string> = new Map([
  ['1001', 'CLOVA Chatbot knows no such domain: check CLOVA_CHATBOT_URL, and that the domain is released'],
  ['4031', 'CLOVA Chatbot does not accept the signature: check CLOVA_CHATBOT_SECRET'],
  ['4032', 'CLOVA Chatbot finds the time of the request wrong: check the clock of this machine'],
]);

const TEXTS_OF_KIND: Readonly<Partial<Record<ErrorCode, string>>> = {
  ENGINE_UNAUTHORIZED: 'CLOVA Chatbot does not accept the request: check CLOVA_CHATBOT_URL and CLOVA_CHATBOT_SECRET',
  ENGINE_BAD_REQUEST: 'CLOVA Chatbot refused the request',
  ENGINE_MODEL_UNAVAILABLE: 'There is no chatbot at this address: check CLOVA_CHATBOT_URL',
  ENGINE_RATE_LIMITED: 'The API gateway of CLOVA Chatbot allows no more calls for the moment',
  ENGINE_OVERLOADED: 'CLOVA Chatbot is not there for the moment',
  ENGINE_TIMEOUT: 'CLOVA Chatbot timed out behind its API gateway',
  ENGINE_FAILED: 'CLOVA Chatbot failed',
};

/** An answer has one of them at least. */
const ANSWER_FIELDS = ['bubbles', 'quickButtons', 'userId', 'event'];

/** The refusal in a body, `undefined` when it holds none. The code decides first, the HTTP status only where there is no known code:
 *  whether today's service still says 500 to everything is not known.
 *  @param body whatever was parsed, or `undefined` */
export function refusalIn(body: unknown, httpStatus: number): GatewayError | undefined {
  const { code, error } = fieldsOf(body);
  const chatbotCode = codeText(code);
  const gatewayCode = codeText(fieldsOf(error).errorCode);
  const known = CHATBOT_CODES.get(chatbotCode ?? '') ?? GATEWAY_CODES.get(gatewayCode ?? '');
  if (known === undefined && httpStatus === 200) {
    const unknown = gatewayCode ?? (ANSWER_FIELDS.some((field) => field in fieldsOf(body)) ? undefined : chatbotCode);
    return unknown === undefined ? undefined : refusal('ENGINE_FAILED', httpStatus, unknown);
  }
  return refusal(known ?? codeOfHttpStatus(httpStatus), httpStatus, chatbotCode ?? gatewayCode);
}

function refusal(kind: ErrorCode, httpStatus: number, upstreamCode: string | undefined): GatewayError {
  const text = (upstreamCode === undefined ? undefined : TEXTS.get(upstreamCode)) ?? TEXTS_OF_KIND[kind];
  return new GatewayError(kind, text ?? 'CLOVA Chatbot failed', {
    details: { httpStatus, ...(upstreamCode === undefined ? {} : { upstreamCode }) },
  });
}

/** The older document types codes as text, the gateway's as a number that is printed as text. */
function codeText(code: unknown): string | undefined {
  const text = typeof code === 'number' ? String(code) : code;
  return typeof text === 'string' && /^[\w-]{1,10}$/.test(text) ? text : undefined;
}

/** Worth one more attempt: they said no before anything happened, and a new signature may be right. */
export function deservesSecondAttempt({ details }: GatewayError): boolean {
  return details.upstreamCode === '4032' || details.upstreamCode === '5000';
}
