/** The judge of what we hand to Kakao: a skill response, inline or through the callback URL.
 *  Structure (types, counts, required fields, URLs) is a fault. Length is a warning: Kakao's own samples break its
 *  length limits, and what happens on overflow is documented nowhere.
 *  Source: https://kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format */

import { type Findings, JsonSpot, type Verdict } from '../json-spot.ts';

export interface SkillResponseRules {
  /** `callback` is the body POSTed to a callback URL; it cannot ask for a callback again. */
  readonly place?: 'inline' | 'callback';
  /** Group rooms take no quick replies, carousels or commerce cards, and more buttons. */
  readonly room?: 'channel' | 'group';
  /** False when the request brought no `callbackUrl`: then `useCallback` promises what cannot come. */
  readonly callbackOffered?: boolean;
  /** False when the block's answer is written in the admin centre, which then reads `data` alone. */
  readonly usesSkillData?: boolean;
  /** `outputs: []` is how a group bot stays silent on a block that an event started. */
  readonly silenceAllowed?: boolean;
  /** Of a message that an advertiser sends: one bubble, and a carousel only with a header. */
  readonly advertising?: boolean;
  /** What no trustworthy source settles; every switch is off unless it is named. */
  readonly unconfirmed?: {
    /** The table says that a basicCard needs a thumbnail; many live bots send none. */
    readonly basicCardWithoutThumbnail?: boolean;
    /** `osLink`, `appLogin`, `plugin`: in old documents and SDKs only. */
    readonly oldButtonActions?: boolean;
    /** SDKs refuse carousels and lists of one item. */
    readonly twoItemsAtLeast?: boolean;
  };
}

/** Kakao says 30 KB without saying whether a K is 1,000 or 1,024 and whether one bubble or all are meant. */
const MAX_SIZE_BYTES = 30 * 1_024;
const SAFE_SIZE_BYTES = 30 * 1_000;

const OUTPUT_TYPES = [
  'simpleText',
  'simpleImage',
  'textCard',
  'basicCard',
  'commerceCard',
  'listCard',
  'itemCard',
  'carousel',
] as const;

const CAROUSELS = {
  textCard: { maxItems: 10, header: false },
  basicCard: { maxItems: 10, header: true },
  commerceCard: { maxItems: 10, header: true },
  listCard: { maxItems: 5, header: false },
  itemCard: { maxItems: 10, header: true },
} as const;
type CardType = keyof typeof CAROUSELS;

const CHANNEL_ACTIONS = ['webLink', 'message', 'block', 'phone', 'share', 'operator'];
const GROUP_ACTIONS = ['guide', 'invite', 'inviteMember', 'mention', 'settings'];
const OLD_ACTIONS = ['osLink', 'appLogin', 'plugin'];

const CARD_FIELDS = ['buttons', 'buttonLayout', 'forwardable'];

/** Judges one parsed body; never throws. */
export function validateSkillResponse(value: unknown, rules: SkillResponseRules = {}): Verdict {
  const findings: Findings = { faults: [], warnings: [] };
  judgeResponse(new Spot(value, '', findings), rules);
  return findings;
}

function judgeResponse(response: Spot, rules: SkillResponseRules): void {
  if (!response.isObject(['version', 'template', 'context', 'data', 'useCallback', 'extra'])) return;
  judgeSize(response);
  if (response.at('version').value !== '2.0') {
    response.at('version').fault('must be "2.0"; without it the body is read as the old format and nothing is shown');
  }
  judgeContext(response.at('context'));
  response.at('data').isObject();
  response.at('useCallback').flag();
  if (response.at('extra').isPresent && rules.room !== 'group')
    response.at('extra').warn('is read for group bots only');

  if (response.at('useCallback').value === true) judgeCallbackPromise(response, rules);
  else if (response.at('template').isPresent || rules.usesSkillData !== false) judgeTemplate(response, rules);
}

function judgeSize(response: Spot): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(response.value));
  if (sizeBytes > MAX_SIZE_BYTES) response.fault(`is ${sizeBytes} bytes; above 30 KB the customer gets no answer`);
  else if (sizeBytes > SAFE_SIZE_BYTES) response.warn(`is ${sizeBytes} bytes; the limit of 30 KB may mean 30,000`);
}

function judgeCallbackPromise(response: Spot, rules: SkillResponseRules): void {
  const promise = response.at('useCallback');
  if (rules.place === 'callback') promise.fault('cannot be asked for again in the body of a callback');
  if (rules.callbackOffered === false) promise.fault('promises a callback, but the request brought no callbackUrl');
  if (response.at('template').isPresent) response.at('template').fault('is ignored beside useCallback: nobody sees it');
  if (!response.at('data').isPresent) response.at('data').warn('is missing: the waiting message has nothing to show');
}

function judgeTemplate(response: Spot, rules: SkillResponseRules): void {
  const template = response.at('template');
  if (!template.isRequired() || !template.isObject(['outputs', 'quickReplies'])) return;

  const outputs = template.at('outputs');
  if (outputs.isRequired()) {
    const silent = rules.silenceAllowed === true && rules.room === 'group';
    for (const output of outputs.items(silent ? 0 : 1, rules.advertising ? 1 : 3)) judgeOutput(output, rules);
  }
  judgeMentions(response, rules);

  const quickReplies = template.at('quickReplies');
  if (!quickReplies.isPresent) return;
  if (rules.room === 'group') quickReplies.fault('are not supported in group rooms');
  for (const quickReply of quickReplies.items(0, 10)) judgeQuickReply(quickReply);
}

function judgeOutput(output: Spot, rules: SkillResponseRules): void {
  if (!output.isObject(OUTPUT_TYPES)) return;
  const keys = Object.keys(output.value);
  if (keys.length !== 1) output.fault(`must have exactly one key, has ${keys.length}`);
  for (const key of keys) {
    const body = output.at(key);
    switch (key) {
      case 'simpleText':
        judgeSimpleText(body, rules);
        break;
      case 'simpleImage':
        judgeSimpleImage(body);
        break;
      case 'carousel':
        judgeCarousel(body, rules);
        break;
      default:
        if (isCardType(key)) CARD_JUDGES[key](body, rules, false);
        else body.fault('is no output type');
    }
  }
}

function judgeSimpleText(body: Spot, rules: SkillResponseRules): void {
  if (!body.isObject(['text', 'extra', 'forwardable'])) return;
  body.at('text').text({ required: true, maxLength: 1_000 });
  body.at('forwardable').flag();
  if (!body.at('extra').isPresent) return;
  if (rules.room !== 'group') body.at('extra').warn('is read for group bots only');
  if (body.at('extra').isObject(['markdown'])) body.at('extra').at('markdown').flag();
}

function judgeSimpleImage(body: Spot): void {
  if (!body.isObject(['imageUrl', 'altText', 'forwardable'])) return;
  body.at('imageUrl').url({ required: true, fetchedByKakao: true });
  body.at('altText').text({ maxLength: 50 });
  body.at('forwardable').flag();
}

type CardJudge = (card: Spot, rules: SkillResponseRules, inCarousel: boolean) => void;

const CARD_JUDGES: Readonly<Record<CardType, CardJudge>> = {
  textCard: judgeTextCard,
  basicCard: judgeBasicCard,
  commerceCard: judgeCommerceCard,
  listCard: judgeListCard,
  itemCard: judgeItemCard,
};

function judgeTextCard(card: Spot, rules: SkillResponseRules, inCarousel: boolean): void {
  if (!card.isObject(['title', 'description', ...CARD_FIELDS])) return;
  card.at('title').text({ maxLength: 50 });
  card.at('description').text({ maxLength: inCarousel ? 128 : 400 });
  if (!card.at('title').hasText && !card.at('description').hasText) card.fault('needs a title or a description');
  if (!inCarousel && card.at('title').length + card.at('description').length > 400) {
    card.warn('shows 400 characters of title and description together');
  }
  judgeCardFrame(card, rules, inCarousel, false);
}

function judgeBasicCard(card: Spot, rules: SkillResponseRules, inCarousel: boolean): void {
  if (!card.isObject(['title', 'description', 'thumbnail', 'profile', 'social', ...CARD_FIELDS])) return;
  card.at('title').text({ maxLength: 50 });
  card.at('description').text({ maxLength: 230 });
  if (inCarousel) {
    card.at('title').lines(2);
    card.at('description').lines(2);
  }
  const thumbnail = card.at('thumbnail');
  if (rules.unconfirmed?.basicCardWithoutThumbnail === true) {
    if (!thumbnail.isPresent && !card.at('title').hasText && !card.at('description').hasText) {
      card.fault('needs a thumbnail, a title or a description');
    }
  } else thumbnail.isRequired();
  judgeThumbnail(thumbnail);
  judgeCommerceProfile(card.at('profile'));
  judgeCardFrame(card, rules, inCarousel, isSquare(thumbnail));
}

function judgeCommerceCard(card: Spot, rules: SkillResponseRules, inCarousel: boolean): void {
  if (rules.room === 'group') card.fault('is not supported in group rooms');
  const prices = ['price', 'currency', 'discount', 'discountRate', 'discountedPrice'];
  if (!card.isObject(['title', 'description', ...prices, 'thumbnails', 'profile', ...CARD_FIELDS])) return;
  card.at('title').text({ maxLength: 30 });
  card.at('description').text({ maxLength: 40 });
  card.at('price').integer({ required: true, min: 0 });
  card.at('currency').oneOf(['won']);
  card.at('discount').integer({ min: 0 });
  card.at('discountRate').integer({ min: 0, max: 100 });
  card.at('discountedPrice').integer({ min: 0 });
  if (card.at('discountRate').isPresent && !card.at('discountedPrice').isPresent) {
    card.at('discountRate').warn('is not shown without discountedPrice');
  }
  const thumbnails = card.at('thumbnails').isRequired() ? card.at('thumbnails').items(1, 1) : [];
  for (const thumbnail of thumbnails) judgeThumbnail(thumbnail);
  judgeCommerceProfile(card.at('profile'));
  judgeCardFrame(card, rules, inCarousel, thumbnails.some(isSquare));
}

function judgeListCard(card: Spot, rules: SkillResponseRules, inCarousel: boolean): void {
  const fields = ['header', 'items', ...CARD_FIELDS];
  if (!card.isObject(rules.room === 'group' ? [...fields, 'listLayout'] : fields)) return;
  if (rules.room === 'group') card.at('listLayout').oneOf(['ranking']);
  if (card.at('header').isRequired()) judgeListItem(card.at('header'));
  if (card.at('items').isRequired()) {
    const min = rules.unconfirmed?.twoItemsAtLeast === true ? 2 : 1;
    for (const item of card.at('items').items(min, inCarousel ? 4 : 5)) judgeListItem(item);
  }
  judgeCardFrame(card, rules, inCarousel, false);
}

function judgeListItem(item: Spot): void {
  const action = ['action', 'blockId', 'messageText', 'extra'];
  if (!item.isObject(['title', 'description', 'imageUrl', 'link', ...action])) return;
  item.at('title').text({ required: true });
  item.at('description').text({});
  item.at('imageUrl').url({ fetchedByKakao: true });
  judgeLink(item.at('link'));
  item.at('action').oneOf(['block', 'message']);
  item.at('messageText').text({ required: item.at('action').value === 'message' });
  item.at('blockId').text({ required: item.at('action').value === 'block' });
}

function judgeItemCard(card: Spot, rules: SkillResponseRules, inCarousel: boolean): void {
  const parts = ['thumbnail', 'head', 'profile', 'imageTitle'];
  const list = ['itemList', 'itemListAlignment', 'itemListSummary'];
  if (!card.isObject([...parts, ...list, 'title', 'description', ...CARD_FIELDS])) return;
  judgeItemThumbnail(card.at('thumbnail'), inCarousel);
  if (card.at('head').isPresent && card.at('profile').isPresent) card.fault('takes a head or a profile, not both');
  if (card.at('head').isObject(['title'])) {
    card.at('head').at('title').text({ required: true });
    card.at('head').at('title').lines(1);
  }
  if (card.at('profile').isObject(['title', 'imageUrl', 'width', 'height'])) {
    card.at('profile').at('title').text({ required: true, maxLength: 15 });
    card.at('profile').at('imageUrl').url({ fetchedByKakao: true });
    card.at('profile').at('width').integer({ min: 1 });
    card.at('profile').at('height').integer({ min: 1 });
  }
  if (card.at('imageTitle').isObject(['title', 'description', 'imageUrl'])) {
    card.at('imageTitle').at('title').text({ required: true });
    card.at('imageTitle').at('title').lines(2);
    card.at('imageTitle').at('description').text({});
    card.at('imageTitle').at('description').lines(1);
    card.at('imageTitle').at('imageUrl').url({ fetchedByKakao: true });
  }
  if (card.at('itemList').isRequired()) {
    for (const item of card.at('itemList').items(1, inCarousel ? 5 : 10)) {
      if (!item.isObject(['title', 'description'])) continue;
      item.at('title').text({ required: true, maxLength: 6 });
      item.at('description').text({ required: true });
      item.at('description').lines(2);
    }
  }
  card.at('itemListAlignment').oneOf(['left', 'right']);
  if (card.at('itemListSummary').isObject(['title', 'description'])) {
    const price = card.at('itemListSummary').at('description');
    card.at('itemListSummary').at('title').text({ required: true, maxLength: 6 });
    price.text({ required: true, maxLength: 14 });
    if (price.hasText && !/^[\p{L}\p{Sc}\s]*\d[\d,]*(\.\d{1,2})?[\p{L}\p{Sc}\s]*$/u.test(String(price.value))) {
      price.warn('is shown as a price: currency, digits, commas, two decimals at most');
    }
  }
  card.at('title').text({});
  card.at('description').text({});
  if (card.at('description').hasText && !card.at('title').hasText) card.at('description').fault('needs a title');
  const both = [card.at('title').value, card.at('description').value].filter((text) => typeof text === 'string');
  if (both.join('').length > (inCarousel ? 100 : 200)) card.warn('has too long a title and description together');
  if (both.length > 0 && both.join('\n').split('\n').length > 12) card.warn('shows 12 lines of title and description');
  judgeCardFrame(card, rules, inCarousel, false);
}

/** A single card is 2:1 or 1:1, in a carousel 2:1 only; without sizes Kakao shows 1:1. */
function judgeItemThumbnail(thumbnail: Spot, inCarousel: boolean): void {
  if (!thumbnail.isObject(['imageUrl', 'altText', 'width', 'height', 'link'])) return;
  thumbnail.at('imageUrl').url({ required: true, fetchedByKakao: true });
  thumbnail.at('altText').text({ maxLength: 50 });
  thumbnail.at('width').integer({ min: 1 });
  thumbnail.at('height').integer({ min: 1 });
  judgeLink(thumbnail.at('link'));
  const width = thumbnail.at('width').value;
  const height = thumbnail.at('height').value;
  if (typeof width !== 'number' || typeof height !== 'number') {
    if (inCarousel) thumbnail.warn('is shown 1:1 without width and height; a carousel of itemCards is 2:1');
  } else if (width !== 2 * height && (inCarousel || width !== height)) {
    const ratio = `${width}x${height}`;
    if (inCarousel) thumbnail.fault(`must be 2:1 in a carousel, is ${ratio}`);
    else thumbnail.warn(`should be 2:1 or 1:1, is ${ratio}`);
  }
}

function judgeCarousel(carousel: Spot, rules: SkillResponseRules): void {
  if (rules.room === 'group') carousel.fault('is not supported in group rooms');
  if (!carousel.isObject(['type', 'items', 'header'])) return;
  const type = carousel.at('type').value;
  if (!isCardType(type)) {
    carousel.at('type').fault(`must be one of ${Object.keys(CAROUSELS).join(', ')}`);
    return;
  }

  const header = carousel.at('header');
  if (!CAROUSELS[type].header && header.isPresent) header.fault(`is not allowed over ${type}s`);
  if (rules.advertising && !header.isPresent) header.fault('is required over an advertising carousel');
  if (header.isObject(['title', 'description', 'thumbnail'])) {
    header.at('title').text({ required: true });
    header.at('title').lines(2);
    header.at('description').text({ required: true });
    header.at('description').lines(3);
    if (header.at('thumbnail').isRequired()) judgeThumbnail(header.at('thumbnail'));
  }

  if (!carousel.at('items').isRequired()) return;
  const min = rules.unconfirmed?.twoItemsAtLeast === true ? 2 : 1;
  const cards = carousel.at('items').items(min, CAROUSELS[type].maxItems);
  for (const card of cards) {
    if (card.at(type).isPresent) card.fault(`must be the bare card, without the key "${type}"`);
    else CARD_JUDGES[type](card, rules, true);
  }
  judgeAlike(carousel, type, cards);
}

/** Cards side by side must look alike, or the whole bubble breaks. */
function judgeAlike(carousel: Spot, type: CardType, cards: readonly Spot[]): void {
  if (type === 'itemCard') {
    for (const part of ['thumbnail', 'head', 'profile', 'imageTitle']) {
      const users = cards.filter((card) => card.at(part).isPresent).length;
      if (users !== 0 && users !== cards.length) carousel.fault(`uses ${part} in ${users} of ${cards.length} cards`);
    }
  }
  const thumbnails = cards.flatMap((card) =>
    type === 'commerceCard' ? card.at('thumbnails').at(0) : card.at('thumbnail'),
  );
  const shown = thumbnails.filter((thumbnail) => thumbnail.isPresent);
  const squares = shown.filter(isSquare).length;
  if (squares !== 0 && squares !== shown.length) carousel.fault('mixes square (fixedRatio) and 2:1 images');
}

/** `isSquare`: without a buttonLayout a square picture lays the buttons out side by side. */
function judgeCardFrame(card: Spot, rules: SkillResponseRules, inCarousel: boolean, square: boolean): void {
  judgeForwardable(card, inCarousel);
  card.at('buttonLayout').oneOf(['vertical', 'horizontal']);
  const layout = card.at('buttonLayout').value ?? (square ? 'horizontal' : 'vertical');
  const horizontal = layout === 'horizontal';
  const buttons = card.at('buttons').items(0, horizontal ? 2 : rules.room === 'group' ? 5 : 3);
  for (const button of buttons) judgeButton(button, rules, horizontal && buttons.length > 1 ? 8 : 14);
}

/** The icon for passing on is silently missing where something else can be touched. */
function judgeForwardable(card: Spot, inCarousel: boolean): void {
  const forwardable = card.at('forwardable');
  forwardable.flag();
  if (forwardable.value !== true) return;
  if (inCarousel) forwardable.warn('is not shown in a carousel');
  if (card.at('buttons').count > 0) forwardable.warn('is not shown beside buttons');
  const rows = Array.from({ length: card.at('items').count }, (_, index) => card.at('items').at(index));
  if (rows.some((row) => row.at('link').isPresent || row.at('action').isPresent)) {
    forwardable.warn('is not shown beside rows that can be touched');
  }
}

function judgeButton(button: Spot, rules: SkillResponseRules, maxLabelLength: number): void {
  const group = rules.room === 'group';
  const old = rules.unconfirmed?.oldButtonActions === true;
  const needs = ['webLinkUrl', 'messageText', 'phoneNumber', 'blockId', 'extra'];
  if (!button.isObject(['label', 'action', ...needs, ...(old ? ['osLink'] : [])])) return;
  button.at('label').text({ required: true, maxLength: maxLabelLength });
  const action = button.at('action');
  if (action.isRequired()) {
    action.oneOf([...CHANNEL_ACTIONS, ...(group ? GROUP_ACTIONS : []), ...(old ? OLD_ACTIONS : [])]);
  }
  button.at('webLinkUrl').url({ required: action.value === 'webLink' });
  button.at('messageText').text({ required: action.value === 'message' });
  button.at('blockId').text({ required: action.value === 'block' });
  const phone = button.at('phoneNumber');
  phone.text({ required: action.value === 'phone' });
  if (phone.hasText && !/^\+?\d[\d\- ()]*$/.test(String(phone.value))) phone.warn('does not look like a phone number');
}

function judgeQuickReply(quickReply: Spot): void {
  if (!quickReply.isObject(['label', 'action', 'messageText', 'blockId', 'extra'])) return;
  quickReply.at('label').text({ required: true, maxLength: 14 });
  const action = quickReply.at('action');
  if (action.isRequired()) action.oneOf(['message', 'block']);
  quickReply.at('messageText').text({});
  if (action.value === 'message' && !quickReply.at('messageText').isPresent) {
    quickReply.at('messageText').warn('is missing: say what the tap says');
  }
  quickReply.at('blockId').text({ required: action.value === 'block' });
}

function judgeThumbnail(thumbnail: Spot): void {
  if (!thumbnail.isObject(['imageUrl', 'altText', 'link', 'fixedRatio'])) return;
  thumbnail.at('imageUrl').url({ required: true, fetchedByKakao: true });
  thumbnail.at('altText').text({ maxLength: 50 });
  thumbnail.at('fixedRatio').flag();
  judgeLink(thumbnail.at('link'));
}

function judgeCommerceProfile(profile: Spot): void {
  if (!profile.isObject(['nickname', 'imageUrl'])) return;
  profile.at('nickname').text({ required: true });
  profile.at('imageUrl').url({ fetchedByKakao: true });
}

function judgeLink(link: Spot): void {
  if (!link.isObject(['web', 'pc', 'mobile'])) return;
  for (const device of ['web', 'pc', 'mobile']) link.at(device).url({});
  if (Object.keys(link.value).length === 0) link.warn('leads nowhere');
}

function judgeContext(context: Spot): void {
  if (!context.isObject(['values']) || !context.at('values').isRequired()) return;
  for (const value of context.at('values').items(0, Number.POSITIVE_INFINITY)) {
    if (!value.isObject(['name', 'lifeSpan', 'params', 'ttl'])) continue;
    value.at('name').text({ required: true });
    // Requests spell it `lifespan`; a response that copies that spelling sets nothing.
    value.at('lifeSpan').integer({ required: true, min: 0 });
    value.at('ttl').integer({ min: 0 });
    const params = value.at('params');
    if (!params.isObject()) continue;
    for (const key of Object.keys(params.value)) {
      if (typeof params.at(key).value !== 'string') params.at(key).fault('must be a string');
    }
  }
}

function judgeMentions(response: Spot, rules: SkillResponseRules): void {
  if (rules.room !== 'group') return;
  const used = [...JSON.stringify(response.at('template').value).matchAll(/\{\{#mentions\.([^}]+)\}\}/g)];
  if (used.length > 15) response.at('template').fault(`mentions ${used.length} people; 15 is the limit`);
  const mentions = response.at('extra').at('mentions');
  for (const [, key = ''] of used) {
    if (!mentions.at(key).isPresent) mentions.at(key).warn('is mentioned in a text but not defined');
  }
}

function isSquare(thumbnail: Spot): boolean {
  return thumbnail.at('fixedRatio').value === true;
}

function isCardType(value: unknown): value is CardType {
  return typeof value === 'string' && Object.hasOwn(CAROUSELS, value);
}

class Spot extends JsonSpot<Spot> {
  protected readonly platform = 'Kakao';

  protected spot(value: unknown, path: string, findings: Findings): Spot {
    return new Spot(value, path, findings);
  }

  /** In UTF-16 units, as `text` counts. */
  get length(): number {
    return typeof this.value === 'string' ? this.value.length : 0;
  }

  lines(max: number): void {
    if (typeof this.value !== 'string') return;
    const count = this.value.split('\n').length;
    if (count > max) this.warn(`has ${count} lines; ${max} are shown`);
  }

  url(rule: { readonly required?: boolean; readonly fetchedByKakao?: boolean }): void {
    const url = this.absoluteUrl(rule);
    if (rule.fetchedByKakao === true && url !== undefined && isPrivateHost(url.hostname))
      this.warn('cannot be fetched by Kakao from outside');
  }
}

function isPrivateHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    // `10.shop.example` is a name like any other.
    (/^(?:\d+\.){3}\d+$/.test(hostname) && /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(hostname))
  );
}
