import type { MessageReceived } from '../../message.ts';
import { remember } from '../../platform/remember.ts';
import type { Bot } from '../bot.ts';

export type Intent = 'question' | 'reset' | 'person';

/** Calls for a human being. Whole utterances or clear requests only: "상담원 연결 시간은?" is a question. */
const PERSON_WORDS = /^(상담[원사]?|사람|직원|매니저|담당자)(님)?(연결|상담|통화|하기|신청)?$/;
const PERSON_REQUEST =
  /(상담[원사]?|사람|직원|매니저|담당자)(님)?(이랑|하고|과|와|에게|한테|께|을|를|으로|로)?(직접)?(좀)?(연결|통화|바꿔|대화|불러|얘기|이야기)(좀)?(해|할래|하고싶|시켜|부탁|원해|요청|주세요|줘)/;

/** Comparison form: NFKC, lower case, no spaces, no closing punctuation. */
function bare(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s.!?~…]+/gu, '');
}

const MAX_REMEMBERED_WORDS = 1_000;
/** The words of a bot come back with every message. */
const bareWord = remember(bare, MAX_REMEMBERED_WORDS);

/** What the customer wants of the gateway itself, before any knowledge or model is asked. */
export function detectIntent(event: MessageReceived, bot: Pick<Bot, 'resetWords'>): Intent {
  if (event.action?.kind === 'reset') return 'reset';
  if (event.action?.kind === 'person') return 'person';
  // Whatever is written on a button of an engine, its engine knows what it means.
  if (event.action?.kind === 'engine') return 'question';
  // Long texts are stories that may mention a person; only short ones are calls.
  if (event.text.length > 40) return 'question';
  const text = bare(event.text);
  if (bot.resetWords.some((word) => bareWord(word) === text)) return 'reset';
  if (PERSON_WORDS.test(text) || (PERSON_REQUEST.test(text) && !/(시간|언제|어떻게|방법)/.test(text))) return 'person';
  return 'question';
}
