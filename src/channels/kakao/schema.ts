/** Wire shapes of the Kakao skill protocol 2.0 that we write. What we read is tolerated field by field in parse.ts. */

export interface SkillResponse {
  readonly version: '2.0';
  readonly template: {
    /** 1 to 3. */
    readonly outputs: readonly SkillOutput[];
    /** At most 10; absent in group rooms. */
    readonly quickReplies?: readonly SkillAction[];
  };
}

export type SkillOutput =
  | { readonly simpleText: { readonly text: string } }
  | { readonly simpleImage: { readonly imageUrl: string; readonly altText: string } }
  | { readonly textCard: TextCard }
  | { readonly basicCard: BasicCard };

export interface TextCard {
  readonly title?: string;
  readonly description?: string;
  readonly buttons: readonly SkillAction[];
}

export interface BasicCard {
  readonly title?: string;
  readonly description?: string;
  readonly thumbnail: { readonly imageUrl: string; readonly altText?: string };
  readonly buttons?: readonly SkillAction[];
}

/** A card button or a quick reply. */
export type SkillAction =
  | {
      readonly label: string;
      readonly action: 'message';
      readonly messageText: string;
      /** Comes back as `action.clientExtra`. */
      readonly extra?: { readonly malgil: string };
    }
  | { readonly label: string; readonly action: 'webLink'; readonly webLinkUrl: string }
  | { readonly label: string; readonly action: 'phone'; readonly phoneNumber: string };
