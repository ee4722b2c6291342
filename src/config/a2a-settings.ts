import Type from 'typebox';
import { endpointUrl, onOff, providerKey, wholeNumber } from './shapes.ts';

/** An agent that speaks A2A, for ENGINE=a2a. */
export const A2A_SETTINGS = {
  a2aUrl: Type.Optional(
    endpointUrl({
      description:
        'Whole address of an A2A agent, for ENGINE=a2a: for an agent of CLOVA Studio GOV, https://HOST/api/v1/external/agents/v2/SLUG/a2a or as the console shows it.',
      descriptionKo:
        'A2A 에이전트의 전체 주소입니다. ENGINE=a2a일 때 사용합니다. CLOVA Studio GOV 에이전트는 https://호스트/api/v1/external/agents/v2/슬러그/a2a처럼 콘솔에서 안내하는 주소를 그대로 적습니다.',
    }),
  ),
  a2aApiKey: Type.Optional(
    providerKey({
      description: 'API key of the agent, sent as a bearer. Unset: it asks for none.',
      descriptionKo: '에이전트의 API 키입니다(Bearer). 키가 필요 없는 에이전트라면 비워 둡니다.',
    }),
  ),
  a2aDialect: Type.Enum(['auto', 'v0.3', 'v1.0', 'gov-v2'], {
    default: 'auto',
    description:
      'How the agent speaks: v0.3 (also GOV addresses without v2), v1.0, gov-v2. auto: by the address, then by what the agent refuses.',
    descriptionKo:
      '에이전트가 쓰는 A2A 규격입니다. v0.3(주소에 v2가 없는 GOV 에이전트 포함), v1.0, gov-v2가 있습니다. auto는 주소를 보고 정하며, 에이전트가 거절하면 다른 규격으로 다시 물어봅니다.',
  }),
  a2aStream: onOff({
    default: true,
    description: 'Ask the agent for a stream. An agent that offers none is asked for whole answers by itself.',
    descriptionKo:
      '에이전트에 스트리밍 답변을 요청합니다. 스트리밍을 제공하지 않는 에이전트에는 알아서 일반 답변을 요청합니다.',
  }),
  a2aSession: Type.Enum(['auto', 'server', 'history'], {
    default: 'auto',
    description:
      'Who remembers the conversation. server: the agent, by the id that it gave; history: the earlier messages go along with each question; auto: history for gov-v2, else server.',
    descriptionKo:
      '지난 대화를 누가 기억하는지 정합니다. server는 에이전트가 준 대화 ID를 돌려보내고, history는 질문마다 지난 대화를 함께 보냅니다. auto는 gov-v2면 history, 나머지는 server입니다.',
  }),
  a2aTimeoutMs: wholeNumber({
    minimum: 100,
    maximum: 600_000,
    default: 100_000,
    description: 'Longest wait for the whole answer of the agent; the task is cancelled then.',
    descriptionKo: '에이전트의 답변을 기다리는 최대 시간(밀리초)입니다. 넘으면 작업을 취소합니다.',
  }),
  a2aIdleMs: wholeNumber({
    minimum: 100,
    maximum: 600_000,
    default: 30_000,
    description: 'Longest silence inside a stream of the agent; then its task is looked after by polling.',
    descriptionKo: '스트리밍 답변이 이 시간(밀리초)보다 오래 멈추면 작업 상태를 직접 조회합니다.',
  }),
};
