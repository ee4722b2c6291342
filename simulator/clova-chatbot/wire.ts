/** What CLOVA Chatbot writes, as its documents spell it. Types of our own: the product reads the same bytes without knowing these. */

export type Action =
  | { readonly type: 'postback'; readonly data: { readonly postback: string; readonly postbackFull?: string } }
  | {
      readonly type: 'utterance';
      readonly data: { readonly utteranceId: number | string; readonly text: string; readonly postback: string };
    }
  | { readonly type: 'link'; readonly data: { readonly url: string; readonly mobileUrl?: string } }
  | { readonly type: 'phone'; readonly data: { readonly number: string; readonly name?: string } }
  | { readonly type: 'welcome'; readonly data: { readonly postback?: string } };

interface Frame<Type extends string, Data> {
  readonly type: Type;
  readonly title?: string;
  readonly subTitle?: string;
  readonly data: Data;
}

interface Link {
  readonly url?: string;
  readonly urlAlias?: string;
  readonly action?: Action;
}

export type TextComponent = Frame<'text', { readonly description?: string } & Link>;
export type ImageComponent = Frame<
  'image',
  {
    readonly imageUrl: string;
    readonly alt?: string;
    readonly imagePosition?: 'top' | 'bottom' | 'left' | 'right';
    readonly description?: string;
  } & Link
>;
export type ButtonComponent = Frame<
  'button',
  { readonly type: 'basic' | 'imageButton'; readonly iconUrl?: string; readonly action: Action }
>;

export interface Cell {
  readonly rowSpan: number;
  readonly colSpan: number;
  readonly data: TextComponent | ImageComponent | ButtonComponent;
}

export type TemplateComponent = Frame<
  'template',
  {
    readonly cover?: TextComponent | ImageComponent;
    readonly description?: string;
    readonly contentTable?: readonly (readonly Cell[])[];
    readonly footTable?: readonly (readonly Cell[])[];
    readonly contentBackgroundImage?: string;
    readonly action?: Action;
  }
>;
export type CarouselComponent = Frame<
  'carousel',
  { readonly cards: readonly (TextComponent | ImageComponent | TemplateComponent)[] }
>;
export type FlexComponent = Frame<'flex', Readonly<Record<string, unknown>>>;
export type StickerComponent = Frame<
  'line_sticker' | 'lineworks_sticker',
  { readonly packageId: string; readonly stickerId: string }
>;

export type Component =
  | TextComponent
  | ImageComponent
  | ButtonComponent
  | TemplateComponent
  | CarouselComponent
  | FlexComponent
  | StickerComponent;

export interface Answer {
  /** Absent: the answer has no such field, as in the published samples of quick buttons and menus. */
  readonly bubbles?: readonly Component[];
  readonly quickButtons?: readonly ButtonComponent[];
  readonly persistentMenu?: TemplateComponent;
  /** The conversation that matched; `null`: none did. Absent: the answer does not say. */
  readonly scenarioName?: string | null;
  /** `welcomeMsg` in the welcome message. */
  readonly defaultMsgType?: string;
  /** Further fields of the whole answer, or other spellings of its own. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export const text = (description: string, more: Omit<TextComponent['data'], 'description'> = {}): TextComponent => ({
  type: 'text',
  data: { description, ...more },
});

export const button = (title: string, action: Action): ButtonComponent => ({
  type: 'button',
  title,
  data: { type: 'basic', action },
});

/** As the builder makes them now: what is sent is not what is shown. */
export const postback = (shown: string): Action => ({
  type: 'postback',
  data: { postback: shown, postbackFull: `_T_${shown}` },
});

/** One cell a row, as wide as the table. */
export const rows = (...cells: readonly Cell['data'][]): readonly (readonly Cell[])[] =>
  cells.map((data) => [{ rowSpan: 1, colSpan: 1, data }]);
