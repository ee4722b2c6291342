/** Wire shapes of the Kakao skill protocol 2.0 that we write. What we read is tolerated field by field in parse.ts. */

export interface SkillResponse {
  readonly version: '2.0';
  readonly template: {
    /** 1 to 3. */
    readonly outputs: readonly SkillOutput[];
    /** At most 10; absent in group rooms. */
    readonly quickReplies?: readonly SkillAction[];
  };
  readonly context?: { readonly values: readonly SkillContextValue[] };
  /** For bubbles that were made in the admin centre. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Each output has one key: the name of its type. */
export type SkillOutput = { [K in OutputType]: { readonly [P in K]: OutputBodies[K] } }[OutputType];

export type OutputType = keyof OutputBodies;

export interface OutputBodies extends CardBodies {
  readonly simpleText: SimpleText;
  readonly simpleImage: SimpleImage;
  readonly carousel: Carousel;
}

export type CardType = keyof CardBodies;

export interface CardBodies {
  readonly textCard: TextCard;
  readonly basicCard: BasicCard;
  readonly commerceCard: CommerceCard;
  readonly listCard: ListCard;
  readonly itemCard: ItemCard;
}

interface Forwardable {
  /** Not shown in a carousel, with buttons, or with rows that can be touched. */
  readonly forwardable?: true;
}

export interface SimpleText extends Forwardable {
  readonly text: string;
}

interface SimpleImage extends Forwardable {
  readonly imageUrl: string;
  readonly altText: string;
}

export interface ButtonFrame {
  readonly buttons?: readonly SkillAction[];
  /** Absent: side by side under a square picture, else one below the other. */
  readonly buttonLayout?: 'vertical' | 'horizontal';
}

export interface TextCard extends ButtonFrame {
  readonly title?: string;
  readonly description?: string;
}

interface SkillLink {
  readonly web: string;
}

export interface Thumbnail {
  readonly imageUrl: string;
  readonly altText?: string;
  readonly link?: SkillLink;
  /** 1:1 with the proportions of the picture kept; otherwise 2:1, cut to fit. */
  readonly fixedRatio?: true;
}

export interface BasicCard extends ButtonFrame, Forwardable {
  readonly title?: string;
  readonly description?: string;
  readonly thumbnail: Thumbnail;
}

export interface CommerceCard extends ButtonFrame {
  readonly title?: string;
  readonly description?: string;
  readonly price: number;
  readonly currency: 'won';
  readonly discountedPrice?: number;
  /** Shown beside `discountedPrice` only. */
  readonly discountRate?: number;
  readonly thumbnails: readonly [Thumbnail];
  readonly profile?: { readonly nickname: string; readonly imageUrl?: string };
}

export interface ListCard extends ButtonFrame {
  readonly header: { readonly title: string };
  readonly items: readonly ListCardItem[];
}

export interface ListCardItem {
  readonly title: string;
  readonly description?: string;
  readonly imageUrl?: string;
  readonly link?: SkillLink;
  readonly action?: 'message' | 'block';
  readonly messageText?: string;
  readonly blockId?: string;
  readonly extra?: TapExtra;
}

export interface ItemCard extends ButtonFrame {
  readonly thumbnail?: {
    readonly imageUrl: string;
    readonly altText?: string;
    /** Without sizes the picture is shown 1:1. */
    readonly width: number;
    readonly height: number;
    readonly link?: SkillLink;
  };
  readonly head?: { readonly title: string };
  readonly itemList: readonly { readonly title: string; readonly description: string }[];
  readonly itemListAlignment?: 'left' | 'right';
  readonly itemListSummary?: { readonly title: string; readonly description: string };
  readonly title?: string;
  readonly description?: string;
}

/** Bare card bodies, all of one type. */
export type Carousel = {
  [K in CardType]: {
    readonly type: K;
    readonly items: readonly CardBodies[K][];
    readonly header?: CarouselHeader;
  };
}[CardType];

export interface CarouselHeader {
  readonly title: string;
  readonly description: string;
  readonly thumbnail: { readonly imageUrl: string };
}

/** Comes back as `action.clientExtra`. */
export interface TapExtra {
  readonly malgil: string;
}

/** A card button; of type `message` or `block` a quick reply too. */
export type SkillAction =
  | {
      readonly label: string;
      readonly action: 'message';
      readonly messageText: string;
      readonly extra?: TapExtra;
    }
  | {
      readonly label: string;
      readonly action: 'block';
      readonly blockId: string;
      readonly messageText?: string;
      readonly extra?: TapExtra;
    }
  | { readonly label: string; readonly action: 'webLink'; readonly webLinkUrl: string }
  | { readonly label: string; readonly action: 'phone'; readonly phoneNumber: string }
  | { readonly label: string; readonly action: 'share' | 'operator' };

export interface SkillContextValue {
  readonly name: string;
  /** Requests spell it `lifespan`. In turns; 0 deletes it. */
  readonly lifeSpan: number;
  /** In seconds. */
  readonly ttl?: number;
  readonly params?: Readonly<Record<string, string>>;
}
