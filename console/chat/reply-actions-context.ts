import { createContext, useContext } from 'react';
import type { Choice } from '../../src/message.ts';

/** What the customer says by touching something. A block belongs to KakaoTalk; here it is the words it stands for. */
export type SpokenChoice = Extract<Choice, { readonly type: 'message' | 'block' }>;
export type Choose = (choice: SpokenChoice) => void;

/** What the parts of a reply can set in motion. */
export interface ReplyActions {
  readonly choose: Choose;
  /** Tells screen readers what has happened. */
  readonly announce: (text: string) => void;
  /** Where a human can be reached: a phone number or an address out of the operator's contact. */
  readonly personHref: string | undefined;
}

export const ReplyActionsContext = createContext<ReplyActions>({
  choose: () => {},
  announce: () => {},
  personHref: undefined,
});

export const useReplyActions = (): ReplyActions => useContext(ReplyActionsContext);
