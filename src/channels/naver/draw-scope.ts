import type { Choice } from '../../message.ts';
import { isHttpUrl } from '../plain-parts.ts';

/** Who can open the address of a picture. */
export type PictureReach = 'platform' | 'customers' | 'nobody';

/** What drawing a reply needs to know, and what it leaves over. */
export interface DrawScope {
  readonly reachOf: (imageUrl: string) => PictureReach;
  /** No button dials, but TalkTalk links phone numbers in text messages: phone choices become lines of text. */
  readonly phoneLines: string[];
  /** English, for the log, without any word of the reply. */
  readonly degrade: (what: string) => void;
}

/** The choices that become buttons; the others are taken care of. */
export function buttonChoices(choices: readonly Choice[], scope: DrawScope): readonly Choice[] {
  return choices.flatMap((choice): readonly Choice[] => {
    if (choice.type === 'menu') return [{ ...choice, choices: buttonChoices(choice.choices, scope) }];
    if (choice.type !== 'phone') return [choice];
    if (/\d/.test(choice.phoneNumber)) {
      const line = [choice.label.trim(), choice.phoneNumber].filter(Boolean).join(': ');
      if (!scope.phoneLines.includes(line)) scope.phoneLines.push(line);
    }
    return [];
  });
}

export interface FoundPicture {
  readonly image?: { readonly imageUrl: string };
  /** Only the customer's phone can open it. */
  readonly linkUrl?: string;
}

export function findPicture(imageUrl: string | undefined, scope: DrawScope): FoundPicture {
  if (imageUrl === undefined) return {};
  const reach = isHttpUrl(imageUrl) ? scope.reachOf(imageUrl) : 'nobody';
  if (reach === 'platform') return { image: { imageUrl } };
  scope.degrade(reach === 'nobody' ? 'picture left out: its address is not public' : 'picture shown as a link');
  return reach === 'customers' ? { linkUrl: imageUrl } : {};
}
