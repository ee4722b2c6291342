/** Every setting, once: its type, its range, its default and what it is for. */
import Type, { type Static, type TSchema } from 'typebox';
import { A2A_SETTINGS } from './a2a-settings.ts';
import {
  ANSWER_SETTINGS,
  CLOVA_SETTINGS,
  KAKAO_SETTINGS,
  NAVER_SETTINGS,
  PHOTO_SETTINGS,
  TEST_SETTINGS,
} from './bot-settings.ts';
import { CLOVA_CHATBOT_SETTINGS } from './clova-chatbot-settings.ts';
import { DATABASE_SETTINGS } from './database-settings.ts';
import { GOV_SETTINGS } from './gov-settings.ts';
import { HANDOVER_SETTINGS } from './handover-settings.ts';
import { OPENAI_SETTINGS } from './openai-settings.ts';
import { OPERATOR_HOOK_SETTINGS } from './operator-hook-settings.ts';
import { OTHER_ENGINE_SETTINGS } from './other-engine-settings.ts';
import { LIMIT_SETTINGS, OPERATION_SETTINGS, SERVER_SETTINGS } from './process-settings.ts';
import { KAKAO_PUSH_SETTINGS } from './push-settings.ts';
import { SPENDING_SETTINGS } from './spending-settings.ts';
import { TOOL_SETTINGS } from './tool-settings.ts';
import { TUNING_SETTINGS } from './tuning-settings.ts';

export type Properties = Readonly<Record<string, TSchema>>;

/** In the order in which people read them. `bot`: also a field of a bot in BOTS_FILE. */
export const SETTING_GROUPS: readonly {
  readonly title: string;
  readonly titleKo: string;
  readonly scope: 'process' | 'bot';
  readonly settings: Properties;
}[] = [
  { title: 'Server', titleKo: '서버', scope: 'process', settings: SERVER_SETTINGS },
  { title: 'PostgreSQL', titleKo: 'PostgreSQL', scope: 'process', settings: DATABASE_SETTINGS },
  { title: 'Operation', titleKo: '운영', scope: 'process', settings: OPERATION_SETTINGS },
  { title: 'Limits', titleKo: '한도', scope: 'process', settings: LIMIT_SETTINGS },
  { title: 'Answers', titleKo: '답변', scope: 'bot', settings: ANSWER_SETTINGS },
  { title: 'CLOVA Studio', titleKo: 'CLOVA Studio', scope: 'bot', settings: CLOVA_SETTINGS },
  { title: 'CLOVA Chatbot', titleKo: 'CLOVA Chatbot', scope: 'bot', settings: CLOVA_CHATBOT_SETTINGS },
  { title: 'OpenAI-compatible', titleKo: 'OpenAI 호환', scope: 'bot', settings: OPENAI_SETTINGS },
  { title: 'Other engines', titleKo: '다른 답변 엔진', scope: 'bot', settings: OTHER_ENGINE_SETTINGS },
  { title: 'Costs', titleKo: '비용', scope: 'bot', settings: SPENDING_SETTINGS },
  { title: 'Tools', titleKo: '도구(함수 호출)', scope: 'bot', settings: TOOL_SETTINGS },
  { title: 'A2A agent', titleKo: 'A2A 에이전트', scope: 'bot', settings: A2A_SETTINGS },
  { title: 'Photos', titleKo: '사진', scope: 'bot', settings: PHOTO_SETTINGS },
  { title: 'KakaoTalk', titleKo: '카카오톡', scope: 'bot', settings: KAKAO_SETTINGS },
  { title: 'KakaoTalk push', titleKo: '카카오톡 먼저 보내기', scope: 'bot', settings: KAKAO_PUSH_SETTINGS },
  { title: 'Naver TalkTalk', titleKo: '네이버 톡톡', scope: 'bot', settings: NAVER_SETTINGS },
  { title: 'Human agents', titleKo: '상담원 연결', scope: 'bot', settings: HANDOVER_SETTINGS },
  { title: 'Operator hook', titleKo: '운영 시스템 연동', scope: 'bot', settings: OPERATOR_HOOK_SETTINGS },
  { title: 'TEST', titleKo: 'TEST', scope: 'bot', settings: TEST_SETTINGS },
  { title: 'Command line: tuning', titleKo: '명령줄: 튜닝', scope: 'process', settings: TUNING_SETTINGS },
  {
    title: 'Command line: CLOVA Studio GOV',
    titleKo: '명령줄: CLOVA Studio GOV',
    scope: 'process',
    settings: GOV_SETTINGS,
  },
];

export const ProcessSchema = Type.Object({
  ...SERVER_SETTINGS,
  ...DATABASE_SETTINGS,
  ...OPERATION_SETTINGS,
  ...LIMIT_SETTINGS,
  ...TUNING_SETTINGS,
  ...GOV_SETTINGS,
});

/** Travels in paths, cookie names and metric labels. */
export const BotIdSchema = Type.Refine(
  Type.String(),
  (id) => /^[a-z0-9][a-z0-9-]{0,49}$/.test(id),
  () => 'must be 1 to 50 lower-case letters, digits and dashes, and begin with a letter or digit',
);

export const BotSchema = Type.Object({
  id: BotIdSchema,
  ...ANSWER_SETTINGS,
  ...CLOVA_SETTINGS,
  ...CLOVA_CHATBOT_SETTINGS,
  ...OPENAI_SETTINGS,
  ...OTHER_ENGINE_SETTINGS,
  ...SPENDING_SETTINGS,
  ...TOOL_SETTINGS,
  ...A2A_SETTINGS,
  ...PHOTO_SETTINGS,
  ...KAKAO_SETTINGS,
  ...KAKAO_PUSH_SETTINGS,
  ...NAVER_SETTINGS,
  ...HANDOVER_SETTINGS,
  ...OPERATOR_HOOK_SETTINGS,
  ...TEST_SETTINGS,
});

type Fixed<Value> = Value extends readonly (infer Item)[] ? readonly Item[] : Value;
type FixedFields<Fields> = { readonly [Key in keyof Fields]: Fixed<Fields[Key]> };

/** One bot, complete: what its file does not say comes from the environment, then from the defaults. */
export type BotSettings = FixedFields<Static<typeof BotSchema>>;
export type ProcessSettings = FixedFields<Static<typeof ProcessSchema>>;

/** `kakaoInlineBudgetMs` is `KAKAO_INLINE_BUDGET_MS` in the environment. */
export function environmentName(field: string): string {
  return field.replace(/[A-Z]/g, '_$&').toUpperCase();
}
