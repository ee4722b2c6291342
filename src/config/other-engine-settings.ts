import Type from 'typebox';
import { onOff, text, wholeNumber } from './shapes.ts';

/** Engines beside CLOVA Studio and the knowledge. */
export const OTHER_ENGINE_SETTINGS = {
  socketEngine: Type.Refine(
    text({
      default: '127.0.0.1:5050',
      description: 'Host and port of a chatbot engine that answers over TCP, for ENGINE=socket.',
      descriptionKo: 'TCP로 답하는 챗봇 엔진의 호스트와 포트입니다. ENGINE=socket일 때 사용합니다.',
    }),
    (value) => readHostAndPort(value) !== undefined,
    () => 'must be a host and a port such as 127.0.0.1:5050',
  ),
  socketEngineTimeoutMs: wholeNumber({
    minimum: 100,
    maximum: 600_000,
    default: 20_000,
    description: 'Longest wait for the whole answer of that engine.',
    descriptionKo: 'TCP 챗봇 엔진의 답변을 기다리는 최대 시간(밀리초)입니다.',
  }),
  socketEngineMarkdown: onOff({
    default: false,
    description:
      'Its answers are the words of a model: Markdown becomes clean text. Off, they are shown as they are written, with every * and < of theirs.',
    descriptionKo:
      'TCP 챗봇 엔진이 모델의 글을 그대로 보낼 때 켜면 마크다운을 깔끔한 글로 다듬습니다. 끄면 `*`, `<주문번호>` 같은 글자까지 적은 그대로 보여 드립니다.',
  }),
};

/** `host:port`, the host a name, an IPv4 address or an IPv6 address in brackets. */
export function readHostAndPort(value: string): { readonly host: string; readonly port: number } | undefined {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)):(\d{1,5})$/i.exec(value);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
