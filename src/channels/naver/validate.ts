/** The judge of what we hand to Naver TalkTalk: one event for the send API, or the answer inside a webhook response.
 *  Structure (types, counts, required fields, places) is a fault; length is a warning, because nothing says whether
 *  Naver cuts or refuses. Titles count graphemes, texts UTF-16 units. TalkTalk answers "success" to some of these and then shows nothing, so look before sending.
 *  Source: https://github.com/navertalk/chatbot-api (2025-05-14) and the answers of its issues */

import { type Findings, JsonSpot, type Verdict } from '../json-spot.ts';

export interface OutboundEventRules {
  /** In a webhook response the recipient is known, and fewer events are understood. */
  readonly via?: 'send-api' | 'webhook-response';
  /** What no document settles; every switch is off unless it is named. */
  readonly unconfirmed?: {
    /** The number of quick replies is stated nowhere: without this, more than 10 is a fault. */
    readonly manyQuickReplies?: boolean;
    /** The profile field `productOrder` exists for contract partners only. */
    readonly productOrder?: boolean;
  };
}

const OUTGOING = ['send', 'action', 'profile', 'handover', 'persistentMenu', 'product'] as const;
const IN_RESPONSE = ['send', 'action', 'profile', 'persistentMenu'];
const CONTENTS = ['textContent', 'imageContent', 'compositeContent'] as const;

const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' });

const COMPONENTS = ['TIME', 'CALENDAR', 'TIMEINTERVAL'];

/** A place where buttons may stand. */
interface Place {
  readonly name: string;
  readonly types: readonly string[];
  readonly maxTitleLength: number;
}

const UNDER_COMPOSITE: Place = {
  name: 'under a composite',
  types: ['TEXT', 'LINK', 'OPTION', 'PAY', ...COMPONENTS],
  maxTitleLength: 18,
};
const IN_OPTION: Place = { name: 'inside OPTION', types: ['TEXT', 'LINK', 'PAY', ...COMPONENTS], maxTitleLength: 10 };
const IN_ELEMENT: Place = { name: 'in a list element', types: ['TEXT', 'LINK', ...COMPONENTS], maxTitleLength: 10 };
const AS_QUICK_REPLY: Place = {
  name: 'among quick replies',
  types: ['TEXT', 'LINK', 'PAY', ...COMPONENTS],
  maxTitleLength: 10,
};

/** Judges one parsed event; never throws. */
export function validateOutboundEvent(value: unknown, rules: OutboundEventRules = {}): Verdict {
  const findings: Findings = { faults: [], warnings: [] };
  judgeEvent(new Spot(value, '', findings), rules);
  return findings;
}

function judgeEvent(event: Spot, rules: OutboundEventRules): void {
  const inResponse = rules.via === 'webhook-response';
  const known = ['event', 'user', 'options', 'partner', 'menuContent', ...CONTENTS];
  if (!event.isObject(known)) return;
  if (event.at('partner').isPresent) event.at('partner').fault('must be left out: a mismatch is refused with 03');
  const name = event.at('event');
  if (!name.isRequired()) return;
  name.oneOf(OUTGOING);
  if (inResponse && !IN_RESPONSE.includes(String(name.value))) name.fault('is not understood in a webhook response');

  const user = event.at('user');
  if (name.value === 'persistentMenu') {
    if (user.isPresent) user.fault('must be left out: a menu belongs to the partner');
  } else {
    user.text({ required: !inResponse });
    if (user.hasText && !/^[\w-]{22}$/.test(String(user.value)))
      user.warn('is no user key: 22 characters of base64url');
  }

  switch (name.value) {
    case 'send':
      judgeSend(event, rules);
      break;
    case 'action':
      judgeOptions(event, ['action'])?.at('action').oneOf(['typingOn', 'typingOff'], { required: true });
      break;
    case 'profile':
      judgeProfile(event, rules);
      break;
    case 'handover':
      judgeHandover(event);
      break;
    case 'persistentMenu':
      judgePersistentMenu(event);
      break;
    case 'product':
      judgeProduct(event, rules);
      break;
  }
}

function judgeOptions(event: Spot, known: readonly string[]): Spot | undefined {
  const options = event.at('options');
  return options.isRequired() && options.isObject(known) ? options : undefined;
}

function judgeSend(event: Spot, rules: OutboundEventRules): void {
  const contents = CONTENTS.map((name) => event.at(name)).filter((content) => content.isPresent);
  if (contents.length !== 1) event.fault(`must have exactly one of ${CONTENTS.join(', ')}, has ${contents.length}`);

  const options = event.at('options');
  if (options.isObject(['notification', 'readBySend'])) {
    options.at('notification').flag();
    options.at('readBySend').flag();
    if (rules.via === 'webhook-response' && options.at('notification').value === true) {
      options.at('notification').warn('has no effect in a webhook response');
    }
  }
  judgeTextContent(event.at('textContent'), rules);
  judgeImageContent(event.at('imageContent'), rules);
  judgeCompositeContent(event.at('compositeContent'), rules);
}

function judgeTextContent(content: Spot, rules: OutboundEventRules): void {
  if (!content.isObject(['text', 'code', 'inputType', 'quickReply'])) return;
  content.at('text').text({ required: true, maxLength: 10_000 });
  if (content.at('inputType').isPresent) content.at('inputType').fault('is for received messages only');
  if (content.at('code').isPresent) content.at('code').warn('has no described effect');
  judgeQuickReply(content.at('quickReply'), rules);
}

function judgeImageContent(content: Spot, rules: OutboundEventRules): void {
  if (!content.isObject(['imageUrl', 'imageId', 'width', 'height', 'quickReply'])) return;
  judgeImageSource(content);
  for (const size of ['width', 'height']) {
    if (content.at(size).isPresent) content.at(size).warn('was removed from the interface');
  }
  judgeQuickReply(content.at('quickReply'), rules);
}

function judgeImageSource(image: Spot): void {
  const sources = ['imageUrl', 'imageId'].filter((key) => image.at(key).isPresent);
  if (sources.length !== 1) image.fault('must have exactly one of imageUrl, imageId');
  image.at('imageUrl').url({ fetchedByNaver: true });
  image.at('imageId').text({ nonEmpty: true });
}

function judgeCompositeContent(content: Spot, rules: OutboundEventRules): void {
  if (!content.isObject(['compositeList', 'quickReply'])) return;
  if (content.at('compositeList').isRequired()) {
    for (const composite of content.at('compositeList').items(1, 10)) judgeComposite(composite);
  }
  judgeQuickReply(content.at('quickReply'), rules);
}

function judgeComposite(composite: Spot): void {
  if (!composite.isObject(['title', 'description', 'image', 'elementList', 'buttonList'])) return;
  composite.at('title').title(200);
  composite.at('description').text({ maxLength: 1_000 });
  const image = composite.at('image');
  if (image.isObject(['imageUrl', 'imageId'])) judgeImageSource(image);
  judgeElementList(composite.at('elementList'));
  for (const button of composite.at('buttonList').items(0, 10)) judgeButton(button, UNDER_COMPOSITE);

  const title = composite.at('title').hasText;
  const description = composite.at('description').hasText;
  const elements = composite.at('elementList').at('data').count > 0;
  if (!title && !description && !elements) composite.fault('needs a title, a description or an elementList');
  const parts = [title, description, elements, image.isPresent, composite.at('buttonList').count > 0];
  if (parts.filter(Boolean).length < 2) {
    composite.fault('needs two of title, description, elementList, image, buttonList');
  }
}

function judgeElementList(list: Spot): void {
  if (!list.isObject(['type', 'data'])) return;
  list.at('type').oneOf(['LIST'], { required: true });
  if (!list.at('data').isRequired()) return;
  for (const element of list.at('data').items(1, 3)) {
    if (!element.isObject(['title', 'description', 'subDescription', 'image', 'button'])) continue;
    element.at('title').title(100, { required: true });
    element.at('description').title(100);
    element.at('subDescription').title(100);
    if (element.at('image').isObject(['imageUrl', 'imageId'])) judgeImageSource(element.at('image'));
    if (element.at('button').isPresent) judgeButton(element.at('button'), IN_ELEMENT);
  }
}

function judgeQuickReply(quickReply: Spot, rules: OutboundEventRules): void {
  if (!quickReply.isObject(['buttonList']) || !quickReply.at('buttonList').isRequired()) return;
  const max = rules.unconfirmed?.manyQuickReplies === true ? Number.POSITIVE_INFINITY : 10;
  for (const button of quickReply.at('buttonList').items(0, max)) judgeButton(button, AS_QUICK_REPLY);
}

function judgeButton(button: Spot, place: Place): void {
  if (!button.isObject(['type', 'data'])) return;
  const type = button.at('type');
  if (!type.isRequired()) return;
  if (typeof type.value !== 'string' || !place.types.includes(type.value)) {
    type.fault(`must be one of ${place.types.join(', ')} ${place.name}`);
    return;
  }
  const data = button.at('data');
  if (!data.isRequired()) return;
  switch (type.value) {
    case 'TEXT':
      if (!data.isObject(['title', 'code'])) return;
      data.at('title').title(place.maxTitleLength, { required: true });
      data.at('code').text({ maxLength: 1_000 });
      break;
    case 'LINK':
      judgeLinkButton(data, place);
      break;
    case 'OPTION':
      if (!data.isObject(['title', 'buttonList'])) return;
      data.at('title').title(place.maxTitleLength, { required: true });
      if (!data.at('buttonList').isRequired()) return;
      for (const inner of data.at('buttonList').items(1, 10)) judgeButton(inner, IN_OPTION);
      break;
    case 'PAY':
      judgePayButton(data);
      break;
    default:
      judgeComponent(type.value, data, place);
  }
}

function judgeLinkButton(data: Spot, place: Place): void {
  if (!data.isObject(['title', 'url', 'mobileUrl', 'mobileTarget', 'mobileTargetAttr'])) return;
  data.at('title').title(place.maxTitleLength, { required: true });
  data.at('url').url({ required: true });
  data.at('mobileUrl').url({ required: true });
  data.at('mobileTarget').oneOf(['webview']);
  const attributes = data.at('mobileTargetAttr');
  if (attributes.isObject(['webviewTitle', 'webviewHeight'])) {
    attributes.at('webviewTitle').text({});
    attributes.at('webviewHeight').integer({ min: 30, max: 90 });
  }
  const mobileUrl = data.at('mobileUrl');
  const inWebview = data.at('mobileTarget').value === 'webview';
  if (inWebview && String(mobileUrl.value).startsWith('http:')) mobileUrl.fault('must be https in a webview');
  if (!inWebview && attributes.isPresent) attributes.warn('has no effect without mobileTarget');
}

function judgePayButton(data: Spot): void {
  if (!data.isObject(['paymentInfo', 'payKey'])) return;
  const info = data.at('paymentInfo');
  if (data.at('payKey').isPresent && !info.isPresent) {
    data.at('payKey').warn('is the older form; paymentInfo took its place');
    return;
  }
  if (!info.isRequired()) return;
  const names = ['merchantPayKey', 'merchantUserKey', 'productName', 'purchaserName', 'purchaserBirthday'];
  const amounts = ['totalPayAmount', 'productCount', 'deliveryFee', 'taxScopeAmount', 'taxExScopeAmount'];
  if (!info.isObject(['productItems', ...names, ...amounts])) return;
  for (const name of names) info.at(name).text({ required: name === 'merchantPayKey' });
  info.at('purchaserBirthday').matches(/^\d{8}$/, 'yyyyMMdd');
  for (const amount of amounts) info.at(amount).integer({ min: 0 });
  if (info.at('totalPayAmount').isRequired()) info.at('totalPayAmount').integer({ min: 100 });
  const [total, taxed, untaxed] = ['totalPayAmount', 'taxScopeAmount', 'taxExScopeAmount'].map((k) => info.at(k).value);
  if (typeof total === 'number' && typeof taxed === 'number' && typeof untaxed === 'number') {
    if (taxed + untaxed !== total) info.fault('has tax amounts that do not add up to totalPayAmount');
  }
  if (!info.at('productItems').isRequired()) return;
  for (const item of info.at('productItems').items(1, Number.POSITIVE_INFINITY)) {
    if (!item.isObject(['categoryType', 'categoryId', 'uid', 'name', 'sellerId', 'startDate', 'endDate', 'count']))
      continue;
    for (const name of ['categoryType', 'categoryId', 'uid', 'name']) item.at(name).text({ required: true });
    item.at('sellerId').matches(/^[A-Za-z0-9]+$/, 'letters and digits');
    item.at('startDate').matches(/^\d{8}$/, 'yyyyMMdd');
    item.at('endDate').matches(/^\d{8}$/, 'yyyyMMdd');
    item.at('count').integer({ min: 1 });
  }
}

const DATE_LIST = /^([0-6]|\d{8}(-\d{8})?)(,\s*([0-6]|\d{8}(-\d{8})?))*$/;
const TIME_LIST =
  /^([01]\d|2[0-3])[0-5]\d(-([01]\d|2[0-3])[0-5]\d)?(,\s*([01]\d|2[0-3])[0-5]\d(-([01]\d|2[0-3])[0-5]\d)?)*$/;

function judgeComponent(type: string, data: Spot, place: Place): void {
  if (!data.isObject(type === 'TIME' ? ['title', 'code'] : ['title', 'code', 'options'])) return;
  data.at('title').title(place.maxTitleLength);
  data.at('code').text({ maxLength: 1_000 });
  const options = data.at('options');
  if (type === 'CALENDAR' && options.isObject(['calendar'])) judgeCalendar(options.at('calendar'));
  if (type === 'TIMEINTERVAL' && options.isObject(['timeInterval'])) judgeTimeInterval(options.at('timeInterval'));
}

function judgeCalendar(calendar: Spot): void {
  if (!calendar.isObject(['placeholder', 'start', 'end', 'disables', 'isRange'])) return;
  calendar.at('placeholder').text({});
  calendar.at('start').matches(/^\d{8}$/, 'yyyyMMdd');
  calendar.at('end').matches(/^\d{8}$/, 'yyyyMMdd');
  const [start, end] = [calendar.at('start'), calendar.at('end')];
  if (start.isPresent !== end.isPresent) calendar.warn('ignores one of start and end without the other');
  if (start.isPresent && end.isPresent && String(end.value) < String(start.value))
    calendar.warn('ends before it starts');
  calendar.at('disables').matches(DATE_LIST, 'weekday digits, yyyyMMdd or yyyyMMdd-yyyyMMdd');
  calendar.at('isRange').flag();
}

function judgeTimeInterval(interval: Spot): void {
  if (!interval.isObject(['start', 'end', 'interval', 'disables'])) return;
  for (const key of ['start', 'end'])
    interval.at(key).matches(/^([01]\d|2[0-3])[0-5][05]$/, 'HHmm in steps of 5 minutes');
  const minutes = interval.at('interval');
  minutes.matches(/^\d+$/, 'a string of minutes');
  const value = Number(minutes.value);
  if (minutes.isPresent && (value < 5 || value > 720 || value % 5 !== 0)) minutes.fault('must be 5–720 in steps of 5');
  interval.at('disables').matches(TIME_LIST, 'HHmm or HHmm-HHmm');
}

function judgeProfile(event: Spot, rules: OutboundEventRules): void {
  const options = judgeOptions(event, ['field', 'agreements']);
  if (options === undefined) return;
  const fields = ['nickname', 'cellphone', 'address'];
  if (rules.unconfirmed?.productOrder === true) fields.push('productOrder');
  options.at('field').oneOf(fields, { required: true });
  for (const agreement of options.at('agreements').items(0, fields.length)) agreement.oneOf(fields, { required: true });
}

function judgeHandover(event: Spot): void {
  const options = judgeOptions(event, ['control', 'targetId', 'metadata']);
  if (options === undefined) return;
  options.at('control').oneOf(['passThread', 'takeThread'], { required: true });
  if (options.at('control').value === 'passThread' && options.at('targetId').value !== 1) {
    options.at('targetId').fault('must be the number 1: the agents are the only target');
  }
  options.at('metadata').text({});
}

function judgePersistentMenu(event: Spot): void {
  const content = event.at('menuContent');
  if (!content.isRequired()) return;
  const entries = content.items(0, Number.POSITIVE_INFINITY);
  if (entries.length > 1) content.warn('counts by its first entry only');
  for (const entry of entries) {
    if (entry.isObject(['menus']) && entry.at('menus').isRequired()) judgeMenus(entry.at('menus'), 1);
  }
}

function judgeMenus(menus: Spot, level: number): void {
  for (const menu of menus.items(0, 4)) {
    if (!menu.isObject(['type', 'data'])) continue;
    menu.at('type').oneOf(level < 3 ? ['TEXT', 'LINK', 'NESTED'] : ['TEXT', 'LINK'], { required: true });
    const data = menu.at('data');
    if (!data.isRequired() || !data.isObject(['title', 'code', 'url', 'mobileUrl', 'menus'])) continue;
    data.at('title').title(20, { required: true });
    switch (menu.at('type').value) {
      case 'TEXT':
        data.at('code').text({ required: true, maxLength: 1_000 });
        break;
      case 'LINK':
        data.at('url').url({ required: true, phoneAllowed: true });
        data.at('mobileUrl').url({ phoneAllowed: true });
        break;
      case 'NESTED':
        if (data.at('menus').isRequired()) judgeMenus(data.at('menus'), level + 1);
        break;
    }
  }
}

function judgeProduct(event: Spot, rules: OutboundEventRules): void {
  const options = judgeOptions(event, ['ids', 'displayType', 'quickReply', 'customButtonList']);
  if (options === undefined) return;
  options.at('displayType').oneOf(['single', 'list'], { required: true });
  if (options.at('ids').isRequired()) {
    const max = options.at('displayType').value === 'list' ? 4 : 15;
    for (const id of options.at('ids').items(1, max)) id.integer({ min: 1 });
  }
  judgeQuickReply(options.at('quickReply'), rules);
  for (const entry of options.at('customButtonList').items(0, 15)) {
    if (!entry.isObject(['id', 'buttonList'])) continue;
    if (entry.at('id').isRequired()) entry.at('id').integer({ min: 1 });
    const ids = options.at('ids').value;
    if (Array.isArray(ids) && !ids.includes(entry.at('id').value)) entry.at('id').warn('is none of the ids');
    for (const button of entry.at('buttonList').items(0, 10)) judgeButton(button, UNDER_COMPOSITE);
  }
}

class Spot extends JsonSpot<Spot> {
  protected readonly platform = 'TalkTalk';

  protected spot(value: unknown, path: string, findings: Findings): Spot {
    return new Spot(value, path, findings);
  }

  /** A text whose length counts as people count it. */
  title(maxGraphemes: number, rule: { readonly required?: boolean } = {}): void {
    this.text(rule);
    if (typeof this.value !== 'string' || this.value.length <= maxGraphemes) return;
    const count = [...graphemes.segment(this.value)].length;
    if (count > maxGraphemes) this.warn(`has ${count} characters; ${maxGraphemes} is the limit`);
  }

  matches(pattern: RegExp, form: string): void {
    if (this.isPresent && (typeof this.value !== 'string' || !pattern.test(this.value))) this.fault(`must be ${form}`);
  }

  url(rule: { readonly required?: boolean; readonly fetchedByNaver?: boolean; readonly phoneAllowed?: boolean }): void {
    const url = this.absoluteUrl(rule, rule.phoneAllowed === true ? ['tel:'] : []);
    if (rule.fetchedByNaver === true && url !== undefined && url.port !== '')
      this.warn('is not fetched from an unusual port');
  }

  /** Amounts and ids: past the safe integers another number would arrive than was meant. */
  override integer(rule: { readonly min: number; readonly max?: number }): void {
    super.integer({ max: Number.MAX_SAFE_INTEGER, ...rule });
  }
}
