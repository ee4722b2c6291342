/** Personal data with the customer's consent: how it is asked for, and what the profile events say. The value comes later than the request, by webhook, or never:
 *  a dialog that times out sends nothing. Source: profile_api_v1.md of navertalk/chatbot-api */
import type { PostalAddress, Profile, ProfileField, ProfileRequest } from '../../message.ts';
import type { OutboundMessage } from '../channel.ts';
import { inboundText } from '../inbound-text.ts';
import { isJsonObject, type JsonObject } from '../json-body.ts';
import type { SendEvent } from './schema.ts';

/** Longer ones are no names, numbers or streets. */
const MAX_CHARS = 300;

const FIELD_OF_NAME: ReadonlyMap<string, ProfileField> = new Map([
  ['nickname', 'nickname'],
  ['cellphone', 'phone'],
  ['address', 'address'],
]);

/** What a profile event says, beside what every event has. */
export type ProfileResult =
  | { readonly type: 'profile-received'; readonly profile: Profile }
  | { readonly type: 'profile-declined' }
  | { readonly type: 'profile-withdrawn'; readonly fields: readonly ProfileField[] };

const NAME_OF_FIELD: Readonly<Record<ProfileField, string>> = {
  nickname: 'nickname',
  phone: 'cellphone',
  address: 'address',
};

/** In place of a dialog that TalkTalk does not open. */
const NO_DIALOG_TEXT =
  '죄송합니다. 지금은 동의 창을 열 수 없어 정보를 확인하지 못했어요. 고객센터나 상담원에게 문의해 주세요.';

/** A message of its own, behind the words that announce it: while the dialog is open, nothing can be said. One field at a time; the
 *  others are agreed to in the same dialog. */
export function profileRequestMessage({ field, alsoNeeded }: ProfileRequest): OutboundMessage {
  const agreements = alsoNeeded.map((other) => NAME_OF_FIELD[other]);
  const options = { field: NAME_OF_FIELD[field], ...(agreements.length === 0 ? {} : { agreements }) };
  const fallback: SendEvent = { event: 'send', textContent: { text: NO_DIALOG_TEXT } };
  return { wire: { event: 'profile', options }, fallback, text: '', bubbles: 1 };
}

/** Undefined for a result that is none of the documented ones. */
export function readProfileResult(options: JsonObject): ProfileResult | undefined {
  switch (inboundText(options.result, MAX_CHARS).toUpperCase()) {
    case 'SUCCESS':
      return { type: 'profile-received', profile: readProfile(options) };
    case 'CANCEL':
    case 'DISAGREE': // what CANCEL was called until 2018
      return { type: 'profile-declined' };
    case 'WITHDRAW':
      return { type: 'profile-withdrawn', fields: readFields(options.withdrawals) };
    default:
      return undefined;
  }
}

function readProfile(options: JsonObject): Profile {
  const nickname = inboundText(options.nickname, MAX_CHARS);
  const phone = inboundText(options.cellphone, MAX_CHARS);
  const address = isJsonObject(options.address) ? readAddress(options.address) : {};
  return {
    ...(nickname === '' ? {} : { nickname }),
    ...(phone === '' ? {} : { phone }),
    ...(Object.keys(address).length === 0 ? {} : { address }),
  };
}

function readAddress(address: JsonObject): PostalAddress {
  const street = inboundText(address.roadAddr, MAX_CHARS);
  const detail = inboundText(address.detAddr, MAX_CHARS);
  const postCode = inboundText(address.zipNo, MAX_CHARS);
  return {
    ...(street === '' ? {} : { street }),
    ...(detail === '' ? {} : { detail }),
    ...(postCode === '' ? {} : { postCode }),
  };
}

/** A list that cannot be read means that everything goes. */
function readFields(withdrawals: unknown): readonly ProfileField[] {
  const names = Array.isArray(withdrawals) ? withdrawals : [];
  const fields = names.flatMap((name) => (typeof name === 'string' ? (FIELD_OF_NAME.get(name) ?? []) : []));
  return fields.length === 0 ? [...FIELD_OF_NAME.values()] : fields;
}
