/** Wire shapes of the TalkTalk chatbot API v1 that we write. What we read is tolerated field by field in parse.ts. */

/** A body of the send API but for `user`. A `send` without `user` is also an answer inside a webhook response; a `product` is not. */
export type OutboundEvent = SendEvent | ProductEvent;

export type SendEvent = { readonly event: 'send' } & SendContent;

export type SendContent =
  | { readonly textContent: { readonly text: string } & WithQuickReply }
  | { readonly imageContent: Picture & WithQuickReply }
  | { readonly compositeContent: { readonly compositeList: readonly Composite[] } & WithQuickReply };

/** Cards of the partner's Smart Store, drawn by TalkTalk. */
export interface ProductEvent {
  readonly event: 'product';
  readonly options: {
    readonly ids: readonly number[];
    readonly displayType: 'single' | 'list';
    readonly customButtonList?: readonly { readonly id: number; readonly buttonList: readonly Button[] }[];
  } & WithQuickReply;
}

export interface WithQuickReply {
  readonly quickReply?: { readonly buttonList: readonly Button[] };
}

/** By address, or by what the upload API gave for it. */
export type Picture = { readonly imageUrl: string } | { readonly imageId: string };

/** At least one of title, description and elementList, and at least two of all fields. */
export interface Composite {
  readonly title?: string;
  readonly description?: string;
  readonly image?: Picture;
  readonly elementList?: { readonly type: 'LIST'; readonly data: readonly Element[] };
  readonly buttonList?: readonly Button[];
}

export interface Element {
  readonly title: string;
  readonly description?: string;
  readonly subDescription?: string;
  readonly image?: Picture;
  readonly button?: Button;
}

export type Button =
  /** Pressing it says the title; `code` comes back with the message. */
  | { readonly type: 'TEXT'; readonly data: { readonly title: string; readonly code?: string } }
  | {
      readonly type: 'LINK';
      readonly data: { readonly title: string; readonly url: string; readonly mobileUrl: string };
    }
  | { readonly type: 'OPTION'; readonly data: { readonly title: string; readonly buttonList: readonly Button[] } }
  | { readonly type: 'PAY'; readonly data: { readonly paymentInfo: PaymentInfo } }
  | { readonly type: 'TIME'; readonly data: { readonly title?: string } }
  | {
      readonly type: 'CALENDAR';
      readonly data: { readonly title?: string; readonly options?: { readonly calendar: Calendar } };
    }
  | {
      readonly type: 'TIMEINTERVAL';
      readonly data: { readonly title?: string; readonly options?: { readonly timeInterval: TimeInterval } };
    };

/** Dates are `yyyyMMdd`. */
export interface Calendar {
  readonly placeholder?: string;
  /** With `end`; one alone is ignored. */
  readonly start?: string;
  readonly end?: string;
  /** Weekday digits (0 Sunday), dates and ranges, separated by commas. */
  readonly disables?: string;
  readonly isRange?: boolean;
}

/** All of them strings; times are `HHmm`. */
export interface TimeInterval {
  readonly start?: string;
  readonly end?: string;
  /** Minutes. */
  readonly interval?: string;
  readonly disables?: string;
}

export interface PaymentInfo {
  readonly merchantPayKey: string;
  readonly totalPayAmount: number;
  readonly productItems: readonly PaymentItemInfo[];
  readonly merchantUserKey?: string;
  readonly productName?: string;
  readonly productCount?: number;
  readonly deliveryFee?: number;
  readonly taxScopeAmount?: number;
  readonly taxExScopeAmount?: number;
  readonly purchaserName?: string;
  readonly purchaserBirthday?: string;
}

export interface PaymentItemInfo {
  readonly categoryType: string;
  readonly categoryId: string;
  readonly uid: string;
  readonly name: string;
  readonly sellerId?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly count?: number;
}
