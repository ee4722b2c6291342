/** Reply → skill responses inside every limit of the platform; what does not fit waits behind "이어서 보기". */
import { encodeTap, type Reply } from '../../message.ts';
import type { OutboundMessage, RenderContext } from '../channel.ts';
import { needsLinking, type PlainPart, plainParts, usableChoices } from '../plain-parts.ts';
import { shorten } from '../shorten.ts';
import type { SimpleChoice } from '../simple-parts.ts';
import { splitText } from '../split-text.ts';
import type { BasicCard, SkillAction, SkillOutput, SkillResponse, TextCard } from './schema.ts';

/** Kakao's limits, in UTF-16 units and counts. Source: the guide to answer JSON. */
export const MAX_OUTPUTS = 3;
export const MAX_QUICK_REPLIES = 10;
export const MAX_TEXT_CHARS = 1_000;
/** Above it the bubble is folded behind "전체 보기". */
const PREFERRED_TEXT_CHARS = 500;
/** Title and description of a textCard together. */
const MAX_TEXT_CARD_CHARS = 400;
const MAX_BASIC_CARD_DESCRIPTION_CHARS = 230;
const MAX_TITLE_CHARS = 50;
const MAX_ALT_TEXT_CHARS = 50;
const MAX_LABEL_CHARS = 14;
const MAX_CARD_BUTTONS = 3;
/** Group rooms allow five; the fifth stays free for "이어서 보기". */
const MAX_GROUP_CARD_BUTTONS = 4;
/** Ours: what is spoken for the customer must stay readable. */
const MAX_MESSAGE_TEXT_CHARS = 200;
/** A response above 30 KB shows nothing at all; the rest is for quick replies and for the other message of the response. */
const MAX_PAGE_BYTES = 20_000;

const CHOOSE_TEXT = '아래에서 선택해 주세요.';
const CONTINUE_LABEL = '이어서 보기';

interface Bubble {
  readonly output: SkillOutput;
  /** For people. */
  readonly text: string;
}

interface Draft {
  readonly bubbles: readonly Bubble[];
  readonly quickReplies: readonly SkillAction[];
}

export function renderReply(reply: Reply, context: RenderContext): readonly OutboundMessage[] {
  const maxBubbles = Math.min(Math.max(context.maxBubbles, 1), MAX_OUTPUTS);
  const isGroup = context.conversation.room !== undefined;
  const draft = isGroup ? draftForGroup(reply, maxBubbles) : draftReply(reply, channelRules);
  const pages = paginate(draft.bubbles, maxBubbles);
  return pages.map((bubbles, index) => {
    if (index === pages.length - 1) return toMessage(bubbles, draft.quickReplies);
    const next = continueAction(context.turnId, index + 1);
    return isGroup ? toMessage(withButtonOnLast(bubbles, next), []) : toMessage(bubbles, [next]);
  });
}

interface DraftRules {
  readonly preferredChars: number;
  readonly maxChars: number;
  readonly maxCardButtons: number;
  readonly hasQuickReplies: boolean;
}

const channelRules: DraftRules = {
  preferredChars: PREFERRED_TEXT_CHARS,
  maxChars: MAX_TEXT_CHARS,
  maxCardButtons: MAX_CARD_BUTTONS,
  hasQuickReplies: true,
};

const groupRules: DraftRules = { ...channelRules, maxCardButtons: MAX_GROUP_CARD_BUTTONS, hasQuickReplies: false };

/** Without quick replies "이어서 보기" is a card button, so in an answer of several pages every text must fit into a card. */
function draftForGroup(reply: Reply, maxBubbles: number): Draft {
  const draft = draftReply(reply, groupRules);
  if (paginate(draft.bubbles, maxBubbles).length === 1) return draft;
  return draftReply(reply, { ...groupRules, preferredChars: MAX_TEXT_CARD_CHARS, maxChars: MAX_TEXT_CARD_CHARS });
}

function draftReply(reply: Reply, rules: DraftRules): Draft {
  const bubbles: Bubble[] = [];
  const buttons: SkillAction[] = [];
  const quickReplies: SkillAction[] = [];
  const offer = (choice: SimpleChoice) => {
    const action = toAction(choice);
    if (action.action !== 'message' || !rules.hasQuickReplies || quickReplies.length === MAX_QUICK_REPLIES) {
      buttons.push(action);
    } else {
      quickReplies.push(action);
    }
  };
  for (const part of plainParts(reply)) {
    if (part.type === 'image') bubbles.push(imageBubble(part.url, part.altText));
    else if (part.type === 'text') bubbles.push(...splitText(part.text, rules).map(textBubble));
    else {
      bubbles.push(...cardBubbles(part, rules));
      part.buttons.slice(rules.maxCardButtons).forEach(offer);
    }
  }
  usableChoices(reply.quickReplies).forEach(offer);
  attachButtons(bubbles, buttons, rules.maxCardButtons);
  if (bubbles.length === 0 && quickReplies.length > 0) bubbles.push(textBubble(CHOOSE_TEXT));
  return { bubbles, quickReplies };
}

/** Under the last text where it fits into a card and has nothing to be linked, else under cards of their own. */
function attachButtons(bubbles: Bubble[], buttons: readonly SkillAction[], maxCardButtons: number): void {
  let rest = buttons;
  const last = bubbles.at(-1);
  if (rest.length > 0 && last !== undefined && 'simpleText' in last.output) {
    const { text } = last.output.simpleText;
    if (text.length <= MAX_TEXT_CARD_CHARS && !needsLinking(text)) {
      bubbles[bubbles.length - 1] = textCardBubble({ description: text, buttons: rest.slice(0, maxCardButtons) });
      rest = rest.slice(maxCardButtons);
    }
  }
  for (; rest.length > 0; rest = rest.slice(maxCardButtons)) {
    bubbles.push(textCardBubble({ description: CHOOSE_TEXT, buttons: rest.slice(0, maxCardButtons) }));
  }
}

function cardBubbles(card: Extract<PlainPart, { type: 'card' }>, rules: DraftRules): Bubble[] {
  const buttons = card.buttons.slice(0, rules.maxCardButtons).map(toAction);
  const titleFits = card.title.length <= MAX_TITLE_CHARS;
  const title = titleFits ? card.title : '';
  const description = titleFits ? card.description : [card.title, card.description].filter(Boolean).join('\n');
  const whole = [title, description].filter(Boolean).join('\n');
  if (card.imageUrl !== undefined) {
    const fits = description.length <= MAX_BASIC_CARD_DESCRIPTION_CHARS;
    const body: BasicCard = {
      ...(title === '' ? {} : { title }),
      ...(description === '' || !fits ? {} : { description }),
      thumbnail: { imageUrl: card.imageUrl, ...(title === '' ? {} : { altText: shorten(title, MAX_ALT_TEXT_CHARS) }) },
      ...(buttons.length === 0 ? {} : { buttons }),
    };
    const basic: Bubble = { output: { basicCard: body }, text: fits ? whole : title };
    return fits ? [basic] : [basic, ...splitText(description, rules).map(textBubble)];
  }
  if (buttons.length === 0) return splitText(whole, rules).map(textBubble); // a card without buttons links nothing: text does
  if (whole !== '' && whole.length <= MAX_TEXT_CARD_CHARS) {
    return [
      textCardBubble({ ...(title === '' ? {} : { title }), ...(description === '' ? {} : { description }), buttons }),
    ];
  }
  const head: TextCard = title === '' ? { description: CHOOSE_TEXT, buttons } : { title, buttons };
  return [...splitText(description, rules).map(textBubble), textCardBubble(head)];
}

function textBubble(text: string): Bubble {
  return { output: { simpleText: { text } }, text };
}

function imageBubble(imageUrl: string, altText: string | undefined): Bubble {
  const alt = shorten(altText ?? '', MAX_ALT_TEXT_CHARS);
  return { output: { simpleImage: { imageUrl, altText: alt === '' ? '안내 이미지' : alt } }, text: alt };
}

function textCardBubble(card: TextCard): Bubble {
  return { output: { textCard: card }, text: [card.title, card.description].filter(Boolean).join('\n') };
}

function toAction(choice: SimpleChoice): SkillAction {
  const label = shorten(choice.label, MAX_LABEL_CHARS);
  if (choice.type === 'link') return { label, action: 'webLink', webLinkUrl: choice.url };
  if (choice.type === 'phone') return { label, action: 'phone', phoneNumber: choice.phoneNumber };
  return {
    label,
    action: 'message',
    messageText: shorten(choice.text ?? choice.label, MAX_MESSAGE_TEXT_CHARS) || label,
    ...(choice.action === undefined ? {} : { extra: { malgil: encodeTap(choice.action) } }),
  };
}

function continueAction(turnId: string, position: number): SkillAction {
  return toAction({ type: 'message', label: CONTINUE_LABEL, action: { kind: 'continue', turnId, position } });
}

function paginate(bubbles: readonly Bubble[], maxBubbles: number): Bubble[][] {
  const pages: Bubble[][] = [[]];
  let pageBytes = 0;
  for (const bubble of bubbles) {
    const sizeBytes = Buffer.byteLength(JSON.stringify(bubble.output));
    const page = pages.at(-1);
    if (
      page === undefined ||
      page.length === maxBubbles ||
      (page.length > 0 && pageBytes + sizeBytes > MAX_PAGE_BYTES)
    ) {
      pages.push([bubble]);
      pageBytes = sizeBytes;
    } else {
      page.push(bubble);
      pageBytes += sizeBytes;
    }
  }
  return pages;
}

function withButtonOnLast(bubbles: readonly Bubble[], button: SkillAction): readonly Bubble[] {
  const last = bubbles.at(-1);
  if (last === undefined) return bubbles;
  return [...bubbles.slice(0, -1), { ...last, output: withButton(last.output, button) }];
}

function withButton(output: SkillOutput, button: SkillAction): SkillOutput {
  if ('simpleText' in output) return { textCard: { description: output.simpleText.text, buttons: [button] } };
  if ('textCard' in output) return { textCard: { ...output.textCard, buttons: [...output.textCard.buttons, button] } };
  if ('basicCard' in output) {
    return { basicCard: { ...output.basicCard, buttons: [...(output.basicCard.buttons ?? []), button] } };
  }
  return { basicCard: { thumbnail: output.simpleImage, buttons: [button] } };
}

function toMessage(bubbles: readonly Bubble[], quickReplies: readonly SkillAction[]): OutboundMessage {
  const wire: SkillResponse = {
    version: '2.0',
    template: {
      outputs: bubbles.map((bubble) => bubble.output),
      ...(quickReplies.length === 0 ? {} : { quickReplies }),
    },
  };
  const text = bubbles
    .map((bubble) => bubble.text)
    .filter(Boolean)
    .join('\n\n');
  return { wire, text, bubbles: bubbles.length };
}
