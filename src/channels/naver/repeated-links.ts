/** A link that stands on a button is not said a second time: the words keep their sentence, the button has the address. */
import type { Choice, Reply, ReplyPart, TextPart } from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import { markdownToPlainText } from '../plain-text.ts';

interface Link {
  readonly label: string;
  readonly url: string;
}

/** @param linksText whether words of the reply end up where TalkTalk links addresses itself: then an address that cannot be taken out of its
 *  sentence stays there, and its button goes */
export function withoutRepeatedLinks(reply: Reply, linksText: boolean): Reply {
  const links = linksOf([...reply.parts.flatMap(choicesOf), ...reply.quickReplies]);
  if (links.length === 0) return reply;
  const parts = reply.parts.map((part): ReplyPart => {
    if (part.type === 'text') return { ...part, text: withoutLinks(plainText(part), links), format: 'plain' };
    if (part.type !== 'card' || part.description === undefined) return part;
    return { ...part, description: withoutLinks(part.description, linksOf(part.buttons)) };
  });
  if (!linksText) return { ...reply, parts };
  const said = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const isNews = (choice: Choice) => choice.type !== 'link' || !said.match(addressIn(choice.url));
  return {
    ...reply,
    parts: parts.map((part) => (part.type === 'card' ? { ...part, buttons: part.buttons.filter(isNews) } : part)),
    quickReplies: reply.quickReplies.filter(isNews),
  };
}

/** As it is shown. */
export function plainText({ text, format }: TextPart): string {
  return format === 'markdown' ? markdownToPlainText(text) : cleanText(text).trim();
}

function choicesOf(part: ReplyPart): readonly Choice[] {
  if (part.type === 'text' || part.type === 'image') return [];
  if (part.type === 'carousel') return part.cards.flatMap((card: ReplyPart) => choicesOf(card));
  return part.buttons;
}

function linksOf(choices: readonly Choice[]): readonly Link[] {
  return choices.flatMap((choice): readonly Link[] => {
    if (choice.type === 'menu') return linksOf(choice.choices);
    return choice.type === 'link' && choice.url.trim() !== '' ? [choice] : [];
  });
}

function withoutLinks(text: string, links: readonly Link[]): string {
  return links.reduce(withoutLink, text);
}

/** Lines with the address alone or behind the button's own label go, and so does an address in brackets or behind a sentence. In the middle
 *  of one it is a word like any other, whose particle would be left over. */
function withoutLink(text: string, { label, url }: Link): string {
  if (!text.includes(url.trim())) return text;
  const address = addressIn(url).source;
  const name = literal(label.trim());
  return text
    .replace(new RegExp(String.raw`^[^\S\n]*(?:[-•*·▶☞] *)?(?:${name} *[:：]? *)?${address}[^\S\n]*(?:\n|$)`, 'gm'), '')
    .replace(new RegExp(String.raw`[^\S\n]*[(（[<] *${address} *[>\])）]`, 'g'), '')
    .replace(new RegExp(String.raw`(?:(?<=[.!?~])[^\S\n]+| *[:：] *)${address}[^\S\n]*$`, 'gm'), '')
    .trimEnd();
}

/** The whole address: not the beginning of a longer one. */
function addressIn(url: string): RegExp {
  return new RegExp(`${literal(url.trim())}(?!\\.?[\\w/?&=#%~+@-])`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
