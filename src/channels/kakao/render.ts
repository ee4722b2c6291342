/** Reply → skill responses inside every limit of the platform; what does not fit waits behind "이어서 보기". */
import type { CardPart, ImagePart, Reply, ReplyPart, TextPart } from '../../message.ts';
import { mentions } from '../addresses-in-words.ts';
import type { OutboundMessage, RenderContext } from '../channel.ts';
import { fillerText } from '../fillers.ts';
import { isHttpUrl } from '../plain-parts.ts';
import { plainText } from '../plain-text.ts';
import { linksIn, withoutRepeatedLinks } from '../repeated-links.ts';
import type { PersonButton } from './actions.ts';
import { attachButtons } from './attach-buttons.ts';
import { actionsOf, type DrawScope, PICTURE_LEFT_OUT } from './card-draft.ts';
import { drawCarousel } from './carousel.ts';
import { type Bubble, jsonSizeBytes, toOutput } from './content.ts';
import {
  MAX_BUTTONS,
  MAX_GROUP_BUTTONS,
  MAX_OUTPUTS,
  MAX_QUICK_REPLIES,
  MAX_QUICK_REPLIES_BYTES,
  MAX_TEXT_CARD_CHARS,
  MAX_TEXT_CHARS,
  PREFERRED_TEXT_CHARS,
} from './limits.ts';
import { continueAction, paginate, paginateWithButtons, roomOf } from './pages.ts';
import { spareCharsFor } from './preface.ts';
import { sayTextsOnCards } from './said-on-card.ts';
import type { SkillAction, SkillResponse } from './schema.ts';
import { imageBubble, textBubbles } from './simple-bubbles.ts';
import { becomesCard, drawSingle } from './single-card.ts';
import { skillValues } from './values.ts';

export interface RenderOptions {
  /** What "talk to a person" is at this channel; `none`, the default, leaves the choice out. */
  readonly personButton?: PersonButton;
  /** Called once, with what Kakao could not take as it was written and how it is shown instead: English, for the log, without
   *  any word of the reply. */
  readonly onDegraded?: (degradations: readonly string[]) => void;
}

/** Never empty. */
export function renderReply(
  reply: Reply,
  context: RenderContext,
  { personButton = 'none', onDegraded }: RenderOptions = {},
): readonly OutboundMessage[] {
  const isGroup = context.conversation.room !== undefined;
  const maxBubbles = Math.min(Math.max(context.maxBubbles, 1), MAX_OUTPUTS);
  const maxBubblesLater = Math.min(Math.max(context.maxBubblesLater ?? maxBubbles, 1), MAX_OUTPUTS);
  const sizes = { maxBubbles, maxBubblesLater };
  const scope = { isGroup, maxBubbles, personButton, spareChars: spareCharsFor(context.preface) };
  const draft = isGroup ? draftForGroup(reply, scope) : draftReply(reply, { ...scope, ...channelRules });
  const degradations = new Set(draft.degradations);
  const values = skillValues(reply, (what) => degradations.add(what));

  const actionFor = (nextPage: number) => continueAction(context.turnId, (context.firstPosition ?? 0) + nextPage);
  // Nothing to show but ways on, and no bubble left for words: quick replies need none.
  const needsBubble = draft.bubbles.length === 0 && draft.quickReplies.length > 0 && context.maxBubbles > 0;
  const bubbles = needsBubble ? textBubbles(fillerText(false), draft.scope) : draft.bubbles;
  const pages = isGroup ? paginateWithButtons(bubbles, sizes, actionFor) : paginate(bubbles, sizes);
  if (degradations.size > 0) onDegraded?.([...degradations]);
  return pages.map((page, index) => {
    const isLast = index === pages.length - 1;
    const quickReplies = isLast ? draft.quickReplies : isGroup ? [] : [actionFor(index + 1)];
    return toMessage(page, quickReplies, index === 0 ? values : {});
  });
}

type Rules = Pick<DrawScope, 'preferredChars' | 'maxChars' | 'maxButtons'>;

const channelRules: Rules = {
  preferredChars: PREFERRED_TEXT_CHARS,
  maxChars: MAX_TEXT_CHARS,
  maxButtons: MAX_BUTTONS,
};

type GivenScope = Omit<DrawScope, keyof Rules | 'degrade'> & { readonly spareChars: number };

/** Without quick replies "이어서 보기" is a card button, so in an answer of several pages texts should fit into cards and cards
 *  leave room for one button more. */
function draftForGroup(reply: Reply, scope: GivenScope): Draft {
  const draft = draftReply(reply, { ...scope, ...channelRules, maxButtons: MAX_GROUP_BUTTONS });
  if (draft.bubbles.length <= scope.maxBubbles) return draft;
  return draftReply(reply, {
    ...scope,
    preferredChars: MAX_TEXT_CARD_CHARS,
    // What may not be cut goes beside a card with the button, where there is a second bubble.
    maxChars: scope.maxBubbles > 1 ? MAX_TEXT_CHARS : MAX_TEXT_CARD_CHARS,
    maxButtons: MAX_GROUP_BUTTONS - 1,
  });
}

interface Draft {
  readonly bubbles: readonly Bubble[];
  readonly quickReplies: readonly SkillAction[];
  readonly degradations: readonly string[];
  readonly scope: DrawScope;
}

/** Where words cannot do without an address that has a button, both go on one card; where that cannot be, the words alone, which link it. */
function draftReply(reply: Reply, given: GivenScope & Rules): Draft {
  // In a group room any text may become a card, for the button to its next page: addresses stay in the words, and their buttons as well.
  if (given.isGroup || linksIn(reply).length === 0) return drawDraft(reply, given);
  const isCard = (card: CardPart) => becomesCard(card, { ...given, degrade: () => {} });
  const options = { maxLinkedChars: given.maxChars, becomesCard: isCard };
  const once = withoutRepeatedLinks(reply, options);
  const beside = withoutRepeatedLinks(reply, { ...options, keepsButtons: true });
  if (linksIn(beside).length === linksIn(once).length) return drawDraft(once, given);
  const draft = drawDraft(beside, given);
  return linksTwice(draft, linksIn(beside)) ? drawDraft(once, given) : draft;
}

function linksTwice({ bubbles }: Draft, links: readonly { readonly url: string }[]): boolean {
  const texts = bubbles.flatMap(({ content }) => (content.type === 'simpleText' ? [content.body.text] : []));
  if (new Set(links.map(({ url }) => url)).size < links.length) return true;
  return texts.some((text) => links.some(({ url }) => mentions(text, url)));
}

function drawDraft(said: Reply, given: GivenScope & Rules): Draft {
  const degradations: string[] = [];
  const scope: DrawScope = { ...given, degrade: (what) => degradations.push(what) };
  const bubbles: Bubble[] = [];
  const choices: SkillAction[] = [];
  const isCard = (card: CardPart) => becomesCard(card, scope);
  for (const part of sayTextsOnCards(readingOrder(said.parts), isCard)) {
    if (part.type === 'text') {
      const spareChars = bubbles.length === 0 ? given.spareChars : 0;
      bubbles.push(...textBubbles(part.text, { ...scope, spareChars }, part.forwardable));
    } else if (part.type === 'image') {
      if (isHttpUrl(part.url)) bubbles.push(imageBubble(part.url, part.altText, part.forwardable));
      else scope.degrade(PICTURE_LEFT_OUT);
    } else {
      const drawn = part.type === 'carousel' ? drawCarousel(part, scope) : drawSingle(part, scope);
      bubbles.push(...drawn.bubbles);
      choices.push(...drawn.overflow);
    }
  }
  choices.push(...actionsOf(said.quickReplies, scope));
  const { quickReplies, buttons } = sortChoices(choices, scope.isGroup);
  return { bubbles: attachButtons(bubbles, buttons, scope.maxButtons), quickReplies, degradations, scope };
}

/** Only what speaks or runs a block can be a quick reply; the rest, and what is too much, goes on cards. */
function sortChoices(
  choices: readonly SkillAction[],
  isGroup: boolean,
): { readonly quickReplies: readonly SkillAction[]; readonly buttons: readonly SkillAction[] } {
  const quickReplies: SkillAction[] = [];
  const buttons: SkillAction[] = [];
  let sizeBytes = 0;
  for (const action of choices) {
    const canBeQuick = !isGroup && (action.action === 'message' || action.action === 'block');
    const actionBytes = canBeQuick ? jsonSizeBytes(action) + 1 : 0;
    if (canBeQuick && quickReplies.length < MAX_QUICK_REPLIES && sizeBytes + actionBytes <= MAX_QUICK_REPLIES_BYTES) {
      quickReplies.push(action);
      sizeBytes += actionBytes;
    } else buttons.push(action);
  }
  return { quickReplies, buttons };
}

/** Pictures first (they load while the text is read), texts clean, neighbouring texts of one kind joined, empty ones left out. */
function readingOrder(parts: readonly ReplyPart[]): readonly ReplyPart[] {
  const images: ImagePart[] = [];
  const others: ReplyPart[] = [];
  for (const part of parts) {
    if (part.type === 'image') images.push(part);
    else if (part.type === 'text') addText(others, part);
    else others.push(part);
  }
  return [...images, ...others];
}

function addText(parts: ReplyPart[], part: TextPart): void {
  const text = plainText(part);
  if (text === '') return;
  const last = parts.at(-1);
  if (last?.type === 'text' && last.forwardable === part.forwardable) {
    parts[parts.length - 1] = { ...last, text: `${last.text}\n\n${text}` };
  } else {
    parts.push({ ...part, text });
  }
}

function toMessage(
  bubbles: readonly Bubble[],
  quickReplies: readonly SkillAction[],
  values: Pick<SkillResponse, 'context' | 'data'>,
): OutboundMessage {
  const wire: SkillResponse = {
    version: '2.0',
    template: {
      outputs: bubbles.map(({ content }) => toOutput(content)),
      ...(quickReplies.length === 0 ? {} : { quickReplies }),
    },
    ...values,
  };
  const text = bubbles
    .map((bubble) => bubble.text)
    .filter(Boolean)
    .join('\n\n');
  return { wire, text, bubbles: bubbles.reduce((room, bubble) => room + roomOf(bubble), 0) };
}
