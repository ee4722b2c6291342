/** Choices as what Kakao lets a customer touch. */
import { type Choice, encodeTap, type TapAction } from '../../message.ts';
import { cleanText } from '../../platform/clean-text.ts';
import { isHttpUrl } from '../plain-parts.ts';
import { shorten } from '../shorten.ts';
import { MAX_LABEL_CHARS, MAX_MESSAGE_TEXT_CHARS } from './limits.ts';
import type { ListCardItem, SkillAction, TapExtra } from './schema.ts';

/** How a customer is handed over: a skill cannot do it by itself. `operator` needs the counselling plug-in of the channel. */
export type PersonButton = 'operator' | 'none' | { readonly blockId: string };

export interface ActionScope {
  readonly isGroup: boolean;
  readonly personButton: PersonButton;
}

/** A longer one would crowd out the other buttons; without it the words of the choice must do. */
const MAX_TAP_CHARS = 500;
const MAX_BLOCK_ID_CHARS = 100;

/** `undefined` for what cannot be shown: Kakao refuses the whole response for one bad button. */
export function toAction(choice: Choice, scope: ActionScope): SkillAction | undefined {
  const label = shorten(cleanText(choice.label), MAX_LABEL_CHARS);
  if (label === '') return undefined;
  switch (choice.type) {
    case 'link':
      return isHttpUrl(choice.url) ? { label, action: 'webLink', webLinkUrl: choice.url } : undefined;
    case 'phone': {
      const phoneNumber = dialable(choice.phoneNumber);
      return phoneNumber === undefined ? undefined : { label, action: 'phone', phoneNumber };
    }
    case 'share':
      return { label, action: 'share' };
    case 'person':
      return personAction(label, scope);
    case 'message':
      return { label, action: 'message', messageText: spokenText(choice, label), ...extraOf(choice.action) };
    case 'block': {
      const messageText = spokenText(choice, label);
      if (!isBlockId(choice.blockId)) return { label, action: 'message', messageText, ...extraOf(choice.action) };
      const spoken = choice.text === undefined ? {} : { messageText };
      return { label, action: 'block', blockId: choice.blockId, ...spoken, ...extraOf(choice.action) };
    }
    case 'menu': // shown flat where there are several buttons
    case 'pick-date':
    case 'pick-time':
    case 'pick-time-slot':
    case 'payment':
      return undefined;
  }
}

function personAction(label: string, { personButton, isGroup }: ActionScope): SkillAction | undefined {
  if (!leadsToSomebody(personButton, isGroup)) return undefined;
  if (typeof personButton === 'string') return { label, action: 'operator' };
  return { label, action: 'block', blockId: personButton.blockId };
}

/** No counsellor answers in a group room, and a button that Kakao does not take there would cost the whole answer. */
export function leadsToSomebody(personButton: PersonButton, isGroup: boolean): boolean {
  if (typeof personButton === 'string') return personButton === 'operator' && !isGroup;
  return isBlockId(personButton.blockId);
}

/** What a touch of a list row does: speak, run a block or open a page; nothing else fits a row. */
export function toRowAction(
  choice: Choice | undefined,
  scope: ActionScope,
): Pick<ListCardItem, 'action' | 'link' | 'messageText' | 'blockId' | 'extra'> {
  const action = choice === undefined ? undefined : toAction(choice, scope);
  switch (action?.action) {
    case 'webLink':
      return { link: { web: action.webLinkUrl } };
    case 'message': {
      const { label, ...rest } = action;
      return rest;
    }
    case 'block': {
      const { label, messageText, ...rest } = action; // the title of the row is spoken
      return rest;
    }
    default:
      return {};
  }
}

function spokenText(choice: { readonly text?: string; readonly label: string }, label: string): string {
  return shorten(cleanText(choice.text ?? choice.label), MAX_MESSAGE_TEXT_CHARS) || label;
}

function extraOf(action: TapAction | undefined): { readonly extra?: TapExtra } {
  if (action === undefined) return {};
  const malgil = encodeTap(action);
  return malgil.length > MAX_TAP_CHARS || !malgil.isWellFormed() ? {} : { extra: { malgil } };
}

function isBlockId(blockId: string): boolean {
  return blockId.trim() !== '' && blockId.length <= MAX_BLOCK_ID_CHARS && blockId.isWellFormed();
}

/** From the first digit to the last, the groups joined by dashes; starred-out numbers are none. */
function dialable(phoneNumber: string): string | undefined {
  if (phoneNumber.includes('*')) return undefined;
  return /\+?\d(?:[\d\-. ()]{0,30}\d)?/.exec(phoneNumber)?.[0].replace(/[^\d+]+/g, '-');
}
