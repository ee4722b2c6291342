/** What the FAQ engine says in its own name. Each list holds wordings of one message, so that none is said twice in a row. */
import type { ForeignLanguage } from './language.ts';
import type { SmallTalk } from './small-talk.ts';

export const SMALL_TALK_TEXTS: Readonly<Record<SmallTalk, readonly [string, ...string[]]>> = {
  greeting: ['안녕하세요! 무엇을 도와드릴까요?', '네, 안녕하세요. 궁금한 점을 편하게 말씀해 주세요.'],
  thanks: [
    '도움이 되었다니 기뻐요. 더 궁금한 점이 있으면 언제든 말씀해 주세요.',
    '천만에요. 필요하실 때 또 찾아 주세요.',
  ],
  farewell: ['찾아 주셔서 고맙습니다. 좋은 하루 보내세요!', '고맙습니다. 다음에 또 뵐게요!'],
  agreement: ['네, 더 궁금한 점이 있으면 편하게 말씀해 주세요.', '네, 무엇을 더 도와드릴까요?'],
  refusal: [
    '알겠습니다. 찾으시는 내용을 다른 말로 한 번만 더 적어 주시겠어요?',
    '그러셨군요. 궁금한 점을 한 문장으로 적어 주시면 다시 찾아볼게요.',
  ],
  call: ['네, 말씀해 주세요. 무엇이 궁금하세요?', '네, 듣고 있어요. 궁금한 점을 한 문장으로 적어 주세요.'],
  sadness: [
    '무슨 일이 있으셨나요? 어떤 점이 불편하신지 적어 주시면 도와드릴게요.',
    '속상한 일이 있으셨군요. 어떤 일인지 말씀해 주시면 바로 찾아볼게요.',
  ],
  mood: ['네, 여기 있어요. 궁금한 점이 있으면 말씀해 주세요.', '네, 무엇이든 편하게 물어봐 주세요.'],
  identity: [
    '저는 등록된 안내를 찾아서 자동으로 답해 드리는 챗봇이에요. 제가 모르는 내용은 상담원에게 물어보실 수 있어요.',
    '사람이 아니라 자동으로 답하는 챗봇이에요. 상담원이 필요하시면 말씀해 주세요.',
  ],
  upset: [
    '불편을 드려 정말 죄송합니다. 어떤 점이 불편하셨는지 말씀해 주시면 다시 찾아볼게요.',
    '답답하게 해 드려 죄송합니다. 상담원에게 바로 물어보시는 편이 빠를 수 있어요.',
  ],
};

export const CHOOSE_TEXTS: readonly [string, ...string[]] = [
  '혹시 이런 내용이 궁금하세요? 아래에서 골라 주세요.',
  '비슷한 안내를 찾았어요. 원하시는 내용을 눌러 주세요.',
  '이 중에 찾으시는 내용이 있나요? 없으면 조금 더 자세히 적어 주세요.',
];

export const REPHRASE_TEXTS: readonly [string, ...string[]] = [
  '죄송하지만 준비된 안내에서 답을 찾지 못했어요. 궁금한 점을 조금만 바꿔서 다시 적어 주시겠어요?',
  '아직 제가 답을 가지고 있지 않은 내용 같아요. 다른 말로 한 번 더 물어봐 주시겠어요?',
];

export const HAND_OVER_TEXTS: readonly [string, ...string[]] = [
  '이번에도 맞는 안내를 찾지 못했어요. 아래에서 고르시거나 상담원에게 물어봐 주세요.',
  '제가 답해 드리기 어려운 내용 같아요. 상담원이 직접 확인해 드리는 편이 빠르겠어요.',
];

/** While the engines that know more cannot be asked: other words would not help. */
export const LATER_TEXTS: readonly [string, ...string[]] = [
  '죄송합니다. 지금은 이 질문에 답변을 드리기 어려워요. 잠시 후 다시 질문해 주세요.',
  '죄송합니다. 아직 답변이 원활하지 않아요. 조금 뒤에 다시 질문해 주시거나, 급하시면 상담원에게 문의해 주세요.',
];

export const FOREIGN_TEXTS: Readonly<Record<ForeignLanguage, readonly [string, ...string[]]>> = {
  en: [
    'Sorry, I can only answer in Korean for now. Please contact us and our staff will be happy to help you.',
    'I am afraid I cannot help you in English yet. Our staff will be glad to assist you.',
  ],
  ja: [
    '申し訳ございません。こちらのチャットは韓国語のみの対応となっております。お手数ですが、お問い合わせ窓口までご連絡ください。',
    '恐れ入りますが、日本語での自動応答にはまだ対応しておりません。担当者がご案内いたしますので、お問い合わせ窓口までご連絡ください。',
  ],
  zh: [
    '很抱歉，目前本聊天仅支持韩语回答。请联系我们的客服，我们将竭诚为您服务。',
    '抱歉，我暂时无法用中文回答您的问题。请联系客服人员为您提供帮助。',
  ],
};

/** Label of the button that calls a person. */
export const FOREIGN_PERSON_LABELS: Readonly<Record<ForeignLanguage, string>> = {
  en: 'Contact staff',
  ja: '担当者に連絡',
  zh: '联系客服',
};

/** Examples of how to ask, for operators who name no topics: every house has opening hours. */
export const EXAMPLE_HINT = '‘영업시간’, ‘전화번호’, ‘이용 방법’처럼 한 가지씩 짧게 적어 주시면 더 잘 찾을 수 있어요.';

export function topicsHint(topics: readonly string[]): string {
  return `${topics.map((topic) => `‘${topic}’`).join(', ')} 같은 내용을 물어보실 수 있어요.`;
}

/** The wording after the one that was said last; else the `turn`-th. */
export function pickWording(wordings: readonly [string, ...string[]], turn: number, saidLast: string): string {
  const start = turn % wordings.length;
  for (let step = 0; step < wordings.length; step += 1) {
    const wording = wordings[(start + step) % wordings.length] ?? wordings[0];
    if (!saidLast.startsWith(wording)) return wording;
  }
  return wordings[0];
}
