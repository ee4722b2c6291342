/** Reply → TalkTalk messages: one per call of the send API, or all of it in the single event of a webhook response. */
import type { Choice, Reply, ReplyPart } from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import type { OutboundMessage, RenderContext } from '../channel.ts';
import { behindFiller } from '../fillers.ts';
import { needsLinking } from '../plain-parts.ts';
import { plainText } from '../plain-text.ts';
import { withoutRepeatedLinks } from '../repeated-links.ts';
import { drawButtons, drawQuickReply, fillerFor } from './buttons.ts';
import { choiceCards, drawCards, joined, labelLine, type RichPart, textContents } from './composites.ts';
import { contentText, isEmptyContent, withQuickReply } from './content.ts';
import { buttonChoices, type DrawScope, findPicture, type PictureReach } from './draw-scope.ts';
import { evenGroups } from './even-groups.ts';
import { MAX_COMPOSITES, MAX_DESCRIPTION_CHARS, MAX_QUICK_REPLIES, MAX_TEXT_CHARS } from './limits.ts';
import { paginate, roomOf } from './pages.ts';
import { drawShopCards, type ShopCards } from './product-message.ts';
import type { Button, Composite, ProductEvent, SendContent, SendEvent } from './schema.ts';

export interface RenderOptions {
  /** Everything can be fetched by everybody, unless it says otherwise. */
  readonly reachOf?: (imageUrl: string) => PictureReach;
  /** Called once, with what could not be shown as it was written: English, for the log, without any word of the reply. */
  readonly onDegraded?: (degradations: readonly string[]) => void;
}

/** Never empty. */
export function renderReply(
  reply: Reply,
  context: RenderContext,
  { reachOf = () => 'platform', onDegraded }: RenderOptions = {},
): readonly OutboundMessage[] {
  const degradations = new Set<string>();
  const scope: DrawScope = { reachOf, phoneLines: [], degrade: (what) => degradations.add(what) };
  const isPush = context.mode === 'push';
  // In a webhook response words may end up on a card.
  const maxLinkedChars = isPush ? MAX_TEXT_CHARS : 0;
  const drawn = drawReply(withoutRepeatedLinks(reply, { maxLinkedChars }), isPush, scope);
  if (degradations.size > 0) onDegraded?.([...degradations]);
  if (!isPush) {
    const pages = paginate(drawn.flatMap(asSend), context);
    return pages.map((page) => ({ ...toMessage(page), bubbles: roomOf(page) }));
  }
  return drawn.map((content) => ('shopCards' in content ? toProductMessage(content.shopCards) : toMessage(content)));
}

/** A message, or cards of the platform's shop with what stands for them where they cannot be shown. */
type Drawn = SendContent | { readonly shopCards: ShopCards };

/** Images first (they load while the text is read), then texts and cards in their order. Choices hang on the last message, because
 *  TalkTalk takes quick replies away as soon as anything newer is shown. */
function drawReply(reply: Reply, canShowShop: boolean, scope: DrawScope): readonly Drawn[] {
  const images: SendContent[] = [];
  const others: Drawn[] = [];
  for (const group of groupParts(reply.parts, scope, images)) {
    const drawn = 'text' in group ? textContents(group.text) : drawGroup(group.parts, canShowShop, scope);
    others.splice(0, others.length, ...beneath(others, drawn));
  }
  const { quick, long } = sortChoices(buttonChoices(reply.quickReplies, scope));
  const withPhones = withPhoneLines([...images, ...others], scope.phoneLines);
  const contents = long.length > 0 ? withButtons(withPhones, long) : withPhones;
  const last = contents.at(-1) ?? { textContent: { text: quick.length > 0 ? fillerFor(quick) : '' } };
  return [...contents.slice(0, -1), 'shopCards' in last ? withShopReplies(last, quick) : withQuickReply(last, quick)];
}

type Group = { readonly text: string } | { readonly parts: readonly RichPart[] };

/** Neighbouring texts are one text; neighbouring cards slide side by side. */
function groupParts(parts: readonly ReplyPart[], scope: DrawScope, images: SendContent[]): readonly Group[] {
  const groups: Group[] = [];
  const addText = (text: string) => {
    const last = groups.at(-1);
    if (text === '') return;
    if (last !== undefined && 'text' in last) groups[groups.length - 1] = { text: `${last.text}\n\n${text}` };
    else groups.push({ text });
  };
  for (const part of parts) {
    if (part.type === 'text') {
      addText(plainText(part));
    } else if (part.type === 'image') {
      const { image, linkUrl } = findPicture(part.url, scope);
      if (image !== undefined) images.push({ imageContent: image });
      else addText([cleanText(part.altText ?? '').trim(), linkUrl ?? ''].filter(Boolean).join('\n'));
    } else {
      const last = groups.at(-1);
      const joins = part.type === 'card' && last !== undefined && 'parts' in last && last.parts[0]?.type === 'card';
      if (joins) groups[groups.length - 1] = { parts: [...last.parts, part] };
      else groups.push({ parts: [part] });
    }
  }
  return groups;
}

function drawGroup(parts: readonly RichPart[], canShowShop: boolean, scope: DrawScope): readonly Drawn[] {
  const [first] = parts;
  const shopCards = canShowShop && first !== undefined ? drawShopCards(first, scope) : undefined;
  if (shopCards !== undefined) return shopCards.map((cards): Drawn => ({ shopCards: cards }));
  const { before, composites } = joined(parts.map((part) => drawCards(part, scope)));
  return [...before, ...cardMessages(composites)];
}

/** At the end of the last text, where they are linked. */
function withPhoneLines(contents: readonly Drawn[], lines: readonly string[]): readonly Drawn[] {
  if (lines.length === 0) return contents;
  const last = contents.findLastIndex((content) => 'textContent' in content);
  const found = contents[last];
  const before = found !== undefined && 'textContent' in found ? found.textContent.text : '';
  const texts = textContents([before, lines.join('\n')].filter(Boolean).join('\n\n'));
  return last === -1 ? [...contents, ...texts] : contents.toSpliced(last, 1, ...texts);
}

function sortChoices(choices: readonly Choice[]): {
  readonly quick: readonly Button[];
  readonly long: readonly Choice[];
} {
  const quick: Button[] = [];
  const long: Choice[] = [];
  for (const choice of choices) {
    const button = quick.length < MAX_QUICK_REPLIES ? drawQuickReply(choice) : undefined;
    if (button === undefined) long.push(choice);
    else quick.push(button);
  }
  return { quick, long };
}

/** Under the last text. */
function withButtons(contents: readonly Drawn[], choices: readonly Choice[]): readonly Drawn[] {
  const drawn = drawButtons(choices);
  const buttons = drawn.map(({ button }) => button);
  if (buttons.length === 0) return contents;
  const last = contents.at(-1);
  const text = last !== undefined && 'textContent' in last ? last.textContent.text : '';
  const labels = [...new Set(drawn.flatMap(({ cutLabels }) => cutLabels))].filter((label) => !text.includes(label));
  const cards = choiceCards(buttons, labels);
  const [first] = cards;
  if ((first?.description ?? '').length <= MAX_DESCRIPTION_CHARS) return beneath(contents, cardMessages(cards));
  const listed = textContents(labels.map(labelLine).join('\n'));
  return [...contents, ...listed, ...cardMessages(choiceCards(buttons, []))];
}

function beneath(contents: readonly Drawn[], drawn: readonly Drawn[]): readonly Drawn[] {
  const joint = saidOnCard(contents.at(-1), drawn[0]);
  return joint === undefined ? [...contents, ...drawn] : [...contents.slice(0, -1), joint, ...drawn.slice(1)];
}

/** A card that has nothing to say itself says the text before it, unless that holds a number or an address: on cards they are not linked. */
function saidOnCard(before: Drawn | undefined, next: Drawn | undefined): SendContent | undefined {
  if (before === undefined || next === undefined) return undefined;
  if (!('textContent' in before && 'compositeContent' in next)) return undefined;
  const { text } = before.textContent;
  const [first, ...more] = next.compositeContent.compositeList;
  const rest = first?.title === undefined ? behindFiller(first?.description) : undefined;
  // One picture illustrates the words; of several beside each other the first would seem to be the only one that they are about.
  if (rest === undefined || needsLinking(text) || (more.length > 0 && first?.image !== undefined)) return undefined;
  const description = [text, rest].filter(Boolean).join('\n');
  if (description.length > MAX_DESCRIPTION_CHARS) return undefined;
  return { compositeContent: { ...next.compositeContent, compositeList: [{ ...first, description }, ...more] } };
}

function cardMessages(composites: readonly Composite[]): readonly SendContent[] {
  return evenGroups(composites, MAX_COMPOSITES).map((compositeList) => ({ compositeContent: { compositeList } }));
}

function withShopReplies({ shopCards }: { readonly shopCards: ShopCards }, quick: readonly Button[]): Drawn {
  if (quick.length === 0) return { shopCards };
  const options = { ...shopCards.options, quickReply: { buttonList: quick } };
  return { shopCards: { ...shopCards, options, instead: withQuickReply(shopCards.instead, quick) } };
}

function asSend(content: Drawn): SendContent {
  return 'shopCards' in content ? content.shopCards.instead : content;
}

function toMessage(content: SendContent): OutboundMessage {
  return {
    wire: { event: 'send', ...content } satisfies SendEvent,
    text: contentText(content),
    bubbles: isEmptyContent(content) ? 0 : 1,
  };
}

function toProductMessage({ options, instead, text }: ShopCards): OutboundMessage {
  return {
    wire: { event: 'product', options } satisfies ProductEvent,
    fallback: { event: 'send', ...instead } satisfies SendEvent,
    text,
    bubbles: 1,
  };
}
