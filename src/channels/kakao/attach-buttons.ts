import { withoutAddresses } from '../addresses-in-words.ts';
import { fillerText } from '../fillers.ts';
import { needsLinking } from '../plain-parts.ts';
import { asCard, withButtons } from './buttons.ts';
import type { Bubble, CardContent, Content } from './content.ts';
import type { SkillAction } from './schema.ts';

/** Under the last bubble where it can carry them and loses nothing by it, else under cards of their own. */
export function attachButtons(
  bubbles: readonly Bubble[],
  actions: readonly SkillAction[],
  maxButtons: number,
): readonly Bubble[] {
  if (actions.length === 0) return bubbles;
  const attached = [...bubbles];
  let rest = actions;
  const last = attached.at(-1);
  const carrier = last === undefined ? undefined : carrierOf(last.content, actions.slice(0, maxButtons));
  if (last !== undefined && carrier !== undefined) {
    const hung = withButtons(carrier, rest, { maxButtons });
    if (hung.rest.length < rest.length) attached[attached.length - 1] = { ...last, content: hung.content };
    rest = hung.rest;
  }
  while (rest.length > 0) {
    const text = fillerText(rest.slice(0, maxButtons).every(({ action }) => action === 'webLink'));
    const hung = withButtons({ type: 'textCard', body: { description: text } }, rest, { maxButtons });
    if (hung.rest.length === rest.length) break; // an action of more bytes than a bubble: none that we make
    attached.push({ content: hung.content, text });
    rest = hung.rest;
  }
  return attached;
}

/** A picture would be cut to a card's shape, a text would no longer link its numbers, and beside buttons nothing can be passed on. */
function carrierOf(content: Content, actions: readonly SkillAction[]): CardContent | undefined {
  if (content.type === 'simpleImage') return undefined;
  const urls = actions.flatMap((action) => (action.action === 'webLink' ? [action.webLinkUrl] : []));
  if (content.type === 'simpleText' && needsLinking(withoutAddresses(content.body.text, urls))) return undefined;
  return 'forwardable' in content.body ? undefined : asCard(content);
}
