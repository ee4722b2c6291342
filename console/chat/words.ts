/** Every word that the page itself says. What the bot says, the operator and the model write. */

export const LANGUAGES = ['ko', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const ko = {
  untitled: '상담',
  badge: 'AI 상담',
  conversation: '대화 내용',
  you: '나',
  // header
  switchLanguage: 'English',
  switchLanguageHint: 'Switch to English',
  useDark: '어두운 화면으로 바꾸기',
  useLight: '밝은 화면으로 바꾸기',
  reset: '처음부터',
  // notices
  generalAiNotice: '',
  sampleNotice: '지금은 예시 자료로 답하고 있어요. 실제 안내와 다를 수 있어요.',
  contact: '직접 문의',
  // conversation
  typing: '답변을 작성하고 있어요',
  unanswered: '답변을 받지 못했어요.',
  askAgain: '다시 물어보기',
  copy: '답변 복사',
  copied: '복사했어요',
  copyFailed: '복사하지 못했어요',
  source: '자료',
  sourceMore: (count: number) => `외 ${count}건`,
  suggestions: '추천 질문',
  image: '답변에 포함된 이미지',
  imageFailed: '이미지를 불러오지 못했어요',
  newTab: '새 창',
  toLatest: '최근 대화로 이동',
  // outgoing
  sending: '보내는 중',
  unsent: '보내지 못했어요',
  refusedMessage: '보낼 수 없는 메시지예요',
  resend: '다시 보내기',
  discard: '지우기',
  // composer
  message: '메시지',
  placeholder: '궁금한 점을 적어 주세요',
  send: '보내기',
  sendHint: 'Enter로 보내고 Shift+Enter로 줄을 바꿔요.',
  length: (length: string, limit: string) => `${length} / ${limit}자`,
  tooLong: (excess: string) => `${excess}자를 줄여 주세요.`,
  // connection
  connecting: '상담을 준비하고 있어요',
  away: '연결이 끊겼어요.',
  awayFirst: '지금은 상담에 연결할 수 없어요.',
  retryIn: (seconds: number) => `${seconds}초 뒤에 다시 연결해요.`,
  retrying: '다시 연결하고 있어요.',
  retryNow: '지금 연결',
  back: '다시 연결됐어요.',
  refused: '이 상담 페이지를 열 수 없어요.',
  refusedHint: '주소가 맞는지 확인해 주세요.',
  limited: (seconds: number) => `메시지가 잠시 많았어요. ${seconds}초 뒤에 다시 보낼 수 있어요.`,
  limitedShort: '메시지가 잠시 많았어요. 조금 뒤에 다시 보내 주세요.',
  // reset
  resetTitle: '처음부터 다시 시작할까요?',
  resetBody: '지금까지 나눈 대화가 화면에서 사라지고, 챗봇도 앞의 내용을 잊어요.',
  resetConfirm: '처음부터 시작',
  cancel: '취소',
  resetDone: '대화를 처음부터 시작해요.',
  resetFailed: '아직 처음부터 시작하지 못했어요. 잠시 뒤에 다시 눌러 주세요.',
};

export type Words = typeof ko;

const en: Words = {
  untitled: 'Support',
  badge: 'AI assistant',
  conversation: 'Conversation',
  you: 'You',
  switchLanguage: '한국어',
  switchLanguageHint: '한국어로 바꾸기',
  useDark: 'Switch to dark mode',
  useLight: 'Switch to light mode',
  reset: 'Start over',
  generalAiNotice: 'Answers are written by AI and may contain mistakes.',
  sampleNotice: 'Answers come from sample data and may differ from the real information.',
  contact: 'Contact',
  typing: 'Writing an answer',
  unanswered: 'No answer arrived.',
  askAgain: 'Ask again',
  copy: 'Copy answer',
  copied: 'Copied',
  copyFailed: 'Could not copy',
  source: 'Source',
  sourceMore: (count) => `and ${count} more`,
  suggestions: 'Suggestions',
  image: 'Image in the answer',
  imageFailed: 'The image could not be loaded',
  newTab: 'new window',
  toLatest: 'Go to the latest message',
  sending: 'Sending',
  unsent: 'Not sent',
  refusedMessage: 'This message cannot be sent',
  resend: 'Send again',
  discard: 'Delete',
  message: 'Message',
  placeholder: 'Type your question',
  send: 'Send',
  sendHint: 'Enter sends, Shift+Enter starts a new line.',
  length: (length, limit) => `${length} / ${limit}`,
  tooLong: (excess) => `Please shorten it by ${excess} characters.`,
  connecting: 'Connecting',
  away: 'The connection was lost.',
  awayFirst: 'We cannot connect right now.',
  retryIn: (seconds) => `Trying again in ${seconds} s.`,
  retrying: 'Reconnecting.',
  retryNow: 'Connect now',
  back: 'Connected again.',
  refused: 'This page cannot be opened.',
  refusedHint: 'Please check the address.',
  limited: (seconds) => `Too many messages for a moment. You can send again in ${seconds} s.`,
  limitedShort: 'Too many messages for a moment. Please try again a little later.',
  resetTitle: 'Start over?',
  resetBody: 'The conversation disappears from the screen, and the assistant forgets what was said.',
  resetConfirm: 'Start over',
  cancel: 'Cancel',
  resetDone: 'A new conversation begins.',
  resetFailed: 'Could not start over yet. Please try again in a moment.',
};

export const WORDS: Readonly<Record<Language, Words>> = { ko, en };

/** For `lang` on what the bot or the customer wrote, so that a screen reader takes the right voice. */
export function languageOf(text: string): Language | undefined {
  if (/[가-힣]/.test(text)) return 'ko';
  return /[A-Za-z]{3}/.test(text) ? 'en' : undefined;
}
