import Type from 'typebox';
import { isDayOffText, readSpan, readWeeklyHours } from '../platform/business-hours.ts';
import { onOff, text, wholeNumber } from './shapes.ts';

const hours = {
  default: '',
  defaultText: 'empty: always',
  defaultTextKo: '없음 (항상)',
  description:
    'When agents are at work, Korean time, days in Korean: 평일 09:00-18:00, 토 10:00-15:00. Outside of it nobody is handed over, and customers who want a person hear these hours. Empty: always.',
  descriptionKo:
    '상담원이 상담하는 시간(한국 시간)입니다. 예: 평일 09:00-18:00, 토 10:00-15:00. 이 시간이 아니면 상담원에게 넘기지 않고 상담 시간을 안내합니다. 비워 두면 항상 상담 시간으로 봅니다.',
};

const lunch = {
  default: '',
  defaultText: 'none',
  defaultTextKo: '없음',
  description: 'Lunch break of the agents, on every day: 12:00-13:00.',
  descriptionKo: '상담원의 점심시간입니다. 예: 12:00-13:00',
};

const dayOff = Type.Refine(
  Type.String(),
  isDayOffText,
  () => 'must be a day such as 2026-12-24, or 05-01 for every year',
);

export const HANDOVER_SETTINGS = {
  handoverOn: Type.Array(Type.Enum(['never', 'request', 'failures', 'low-confidence']), {
    minItems: 1,
    uniqueItems: true,
    default: ['request'],
    description:
      'When TalkTalk customers are handed over to agents: request (they ask for a person), failures (two questions in a row without an answer), low-confidence (nothing in the knowledge fits), separated by commas; never.',
    descriptionKo:
      '톡톡 고객을 상담원에게 넘기는 때입니다. request(상담원을 찾을 때), failures(연속 두 번 답하지 못했을 때), low-confidence(지식에 맞는 내용이 없을 때)를 쉼표로 구분해 적습니다. 넘기지 않으려면 never를 적습니다.',
  }),
  businessHours: Type.Refine(
    Type.String(hours),
    (value) => value.trim() === '' || readWeeklyHours(value) !== undefined,
    () => 'must be days and hours such as 평일 09:00-18:00, 토 10:00-15:00',
  ),
  lunchBreak: Type.Refine(
    Type.String(lunch),
    (value) => value.trim() === '' || readSpan(value.trim()) !== undefined,
    () => 'must be a time span such as 12:00-13:00',
  ),
  closedOnHolidays: onOff({
    default: true,
    description:
      'Agents do not work on Korean public holidays and their substitutes. Election days and one-off holidays go to DAYS_OFF.',
    descriptionKo:
      '공휴일과 대체공휴일에는 상담하지 않습니다. 선거일과 임시공휴일은 미리 알 수 없으므로 DAYS_OFF에 적어 주세요.',
  }),
  daysOff: Type.Array(dayOff, {
    default: [],
    description: 'Further days without agents, separated by commas: 2026-12-24, or 05-01 for every year.',
    descriptionKo:
      '그 밖의 상담 휴무일입니다. 2026-12-24처럼 적고, 해마다 쉬는 날은 05-01처럼 적습니다. 쉼표로 구분합니다.',
  }),
  awayText: text({
    maxLength: 300,
    default: '지금은 상담원이 자리에 없는 시간이에요. 궁금하신 점은 제가 먼저 도와드릴게요.',
    description: 'What customers hear who want a person outside business hours; the hours are added.',
    descriptionKo: '상담 시간이 아닐 때 상담원을 찾는 고객에게 보내는 안내입니다. 상담 시간은 자동으로 덧붙습니다.',
  }),
  handoverText: text({
    maxLength: 300,
    default: '상담원에게 연결해 드릴게요. 순서대로 답변드리니 잠시만 기다려 주세요.',
    description: 'What customers hear when an agent is called.',
    descriptionKo: '상담원에게 넘길 때 고객에게 보내는 안내입니다.',
  }),
  agentWaitMinutes: wholeNumber({
    minimum: 1,
    maximum: 10_080,
    default: 30,
    description: 'How long customers wait for an agent before the bot answers what they wrote meanwhile.',
    descriptionKo: '상담원을 기다리는 시간(분)입니다. 그동안 상담원이 답하지 않으면 고객이 남긴 말에 봇이 답합니다.',
  }),
  agentIdleMinutes: wholeNumber({
    minimum: 1,
    maximum: 10_080,
    default: 60,
    description:
      'How long after the last words of an agent a customer who writes is answered by the bot again, although nobody finished the consultation. So is what the customer wrote shortly before (within AGENT_WAIT_MINUTES), unless an agent answers.',
    descriptionKo:
      '상담원의 마지막 말 이후 이 시간(분)이 지나면, 상담 완료를 누르지 않았더라도 고객의 새 메시지에 봇이 다시 답합니다. 그 직전(AGENT_WAIT_MINUTES 안)에 남긴 말에도 상담원의 답이 없으면 봇이 답합니다.',
  }),
  agentsFirstSeconds: wholeNumber({
    minimum: 0,
    maximum: 3_600,
    default: 0,
    description: 'During business hours the bot answers only if no agent did within this time; 0: at once.',
    descriptionKo: '상담 시간에는 이 시간(초) 동안 상담원이 답하지 않을 때만 봇이 답합니다. 0이면 봇이 바로 답합니다.',
  }),
  answerOldButtons: onOff({
    default: false,
    description:
      'Answer taps on buttons that the bot sent earlier while an agent talks. TalkTalk advises it; it talks over the agent.',
    descriptionKo:
      '상담원이 상담하는 동안에도 고객이 누른 예전 버튼에 봇이 답합니다. 톡톡 문서의 권장 방식이지만 상담원의 말과 겹칠 수 있습니다.',
  }),
};
