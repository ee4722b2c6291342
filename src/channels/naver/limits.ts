/** TalkTalk's limits. Titles count graphemes, long texts UTF-16 units: nothing says how Naver counts, and a title is too short to waste
 *  on an emoji. Source: README of navertalk/chatbot-api, sections on message types; product_message_api.md. */

/** UTF-16 units. */
export const MAX_TEXT_CHARS = 10_000;
/** Held answers, the new one and the ways to more, all in the one event of a webhook response. */
export const MAX_BUBBLES = 3;
/** UTF-16 units of each: as one text they fit, with what stands between them. */
export const BUBBLE_CHARS = 3_200;
/** UTF-16 units. */
export const MAX_DESCRIPTION_CHARS = 1_000;

export const MAX_TITLE_GRAPHEMES = 200;
export const MAX_BUTTON_TITLE_GRAPHEMES = 18;
/** Of quick replies, and of buttons in an element or an unfolded menu. */
export const MAX_SMALL_TITLE_GRAPHEMES = 10;
/** Of an element: its title, its description and the line beneath. */
export const MAX_ELEMENT_GRAPHEMES = 100;
/** UTF-16 units; the platform gives it back as it was. */
export const MAX_CODE_CHARS = 1_000;

export const MAX_BUTTONS = 10;
/** Stated nowhere; as many as a composite has buttons. */
export const MAX_QUICK_REPLIES = 10;
export const MAX_COMPOSITES = 10;
export const MAX_ELEMENTS = 3;
/** Of one message with `displayType: single`. */
export const MAX_PRODUCTS = 15;

/** On the button to a picture that TalkTalk cannot show. */
export const SEE_PICTURE_LABEL = '사진 보기';
