/** What Naver Pay says of a payment, in `pay_complete` and `pay_confirm`. Source: pay_api_v1.md of navertalk/chatbot-api */
import type { PaymentResult } from '../../message.ts';
import { inboundText } from '../inbound-text.ts';
import { isJsonObject, type JsonObject } from '../json-body.ts';

const MAX_CHARS = 300;

/** Before the charge. Undefined when it does not say what it asks for. */
export function readPaymentResult(options: JsonObject): PaymentResult | undefined {
  return isJsonObject(options.paymentResult) ? readResult(options.paymentResult) : undefined;
}

/** After it. The detail object is spelled `deatil` in the documents. */
export function readPaymentConfirmation(options: JsonObject): PaymentResult {
  const result = isJsonObject(options.paymentConfirmResult) ? options.paymentConfirmResult : {};
  const detail = [result.detail, result.deatil].find(isJsonObject);
  if (detail === undefined) return readResult(result);
  return { ...readResult({ ...detail, ...result }), details: detail };
}

function readResult(result: JsonObject): PaymentResult {
  const id = inboundText(result.merchantPayKey, MAX_CHARS);
  const customerId = inboundText(result.merchantUserKey, MAX_CHARS);
  const serviceId = inboundText(result.paymentId, MAX_CHARS);
  const reason = inboundText(result.message, MAX_CHARS);
  return {
    isSuccess: result.code === 'Success',
    ...(id === '' ? {} : { id }),
    ...(customerId === '' ? {} : { customerId }),
    ...(serviceId === '' ? {} : { serviceId }),
    ...(reason === '' ? {} : { reason }),
  };
}
