/** Wire shapes of the TalkTalk chatbot API v1 that we write. What we read is tolerated field by field in parse.ts. */

/** A send API body but for `user`; the same without `user` is an answer inside a webhook response. */
export type SendEvent = { readonly event: 'send' } & SendContent;

export type SendContent =
  | { readonly textContent: { readonly text: string } & WithQuickReply }
  | { readonly imageContent: { readonly imageUrl: string } & WithQuickReply }
  | { readonly compositeContent: { readonly compositeList: readonly Composite[] } & WithQuickReply };

export interface WithQuickReply {
  readonly quickReply?: { readonly buttonList: readonly Button[] };
}

/** At least one of title and description, and at least two of all fields. */
export interface Composite {
  readonly title?: string;
  readonly description?: string;
  readonly image?: { readonly imageUrl: string };
  readonly buttonList?: readonly Button[];
}

export type Button =
  /** Pressing it says the title; `code` comes back with the message. */
  | { readonly type: 'TEXT'; readonly data: { readonly title: string; readonly code?: string } }
  | {
      readonly type: 'LINK';
      readonly data: { readonly title: string; readonly url: string; readonly mobileUrl: string };
    };
