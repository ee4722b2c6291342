/** TalkTalk's limits, in UTF-16 units and counts. Source: README of navertalk/chatbot-api, sections on message types. */

export const MAX_TEXT_CHARS = 10_000;
export const MAX_DESCRIPTION_CHARS = 1_000;
export const MAX_QUICK_TITLE_CHARS = 10;
export const MAX_BUTTONS = 10;
/** Stated nowhere; as many as a composite has buttons. */
export const MAX_QUICK_REPLIES = 10;
export const MAX_COMPOSITES = 10;

/** For a card that would otherwise hold buttons and nothing to read, which TalkTalk refuses. */
export const CHOOSE_TEXT = '아래에서 선택해 주세요.';
