/** What Kakao takes, in UTF-16 units and counts; bytes where bytes are meant. Source: the guide to answer JSON,
 *  https://kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format. "Ours" is what the guide leaves open. */

export const MAX_OUTPUTS = 3;
export const MAX_QUICK_REPLIES = 10;

export const MAX_TEXT_CHARS = 1_000;
/** Above it the bubble is folded behind "전체 보기". */
export const PREFERRED_TEXT_CHARS = 500;
/** Title and description of a textCard together. */
export const MAX_TEXT_CARD_CHARS = 400;
export const MAX_ALT_TEXT_CHARS = 50;

export const MAX_LABEL_CHARS = 14;
/** Of two buttons side by side. */
export const MAX_NARROW_LABEL_CHARS = 8;
export const MAX_BUTTONS = 3;
export const MAX_BUTTONS_SIDE_BY_SIDE = 2;
export const MAX_GROUP_BUTTONS = 5;

/** Ours: what is spoken for the customer must stay readable. */
export const MAX_MESSAGE_TEXT_CHARS = 200;

/** Above 30 KB the customer gets no answer at all, and a K may mean 1,000. These stay below it together: three bubbles,
 *  each with a button to the next page, the quick replies, and `context` with `data`. */
export const MAX_RESPONSE_BYTES = 30_000;
export const MAX_BUBBLE_BYTES = 7_400;
export const MAX_CONTINUE_BUTTON_BYTES = 300;
export const MAX_QUICK_REPLIES_BYTES = 4_000;
export const MAX_VALUES_BYTES = 2_500;
