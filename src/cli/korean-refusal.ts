/** What our own checks refuse before anything is sent, with the option that the person wrote instead of a field of ours. */
import type { GatewayError } from '../errors.ts';

/** Fields of the clients, and fields of the APIs where a command has an option for them. */
const OPTIONS: Readonly<Record<string, string>> = {
  model: '--model',
  maxOutputTokens: '--max-tokens',
  maxTokens: '--max-tokens',
  thinkingEffort: '--thinking',
  temperature: '--temperature',
  seed: '--seed',
  schema: '--schema',
  images: '--image',
  messages: '--messages',
  documents: '--documents',
  alpha: '--alpha',
  segCnt: '--count',
  segCount: '--count',
  segMaxSize: '--max-size',
  segMinSize: '--min-size',
  postProcessMaxSize: '--max-size',
  postProcessMinSize: '--min-size',
  speed: '--speed',
  apiKey: 'CLOVA_API_KEY',
  apigwKey: 'CLOVA_APIGW_KEY',
  baseUrl: 'CLOVA_BASE_URL',
  pathPrefix: 'CLOVA_PATH_PREFIX',
  models: 'CLOVA_MODELS',
};

const REASONS: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/whole number from (\S+) to (\S+?)(?: |$)/, (low, high) => `${low}부터 ${high}까지의 정수여야 합니다.`],
  [/number from (\S+) to (\S+?)(?: |$)/, (low, high) => `${low}부터 ${high}까지의 수여야 합니다.`],
  [/number above (\S+) and at most (\S+?)(?: |$)/, (low, high) => `${low}보다 크고 ${high} 이하인 수여야 합니다.`],
  [/did you mean (\S+)\?/, (model) => `없는 모델입니다. 혹시 ${model}인가요? 대문자와 소문자를 구분합니다.`],
  [/must be a model name/, () => '모델 이름이 아닙니다.'],
  [/must be none for this model|cannot be used with this/, () => '이 모델에는 쓸 수 없습니다.'],
  [/share the (\d+) tokens/, (context) => `질문과 답이 ${context}토큰을 나누어 쓰므로 질문이 들어갈 자리가 없습니다.`],
  [/cannot be combined with (\w+)/, (field) => `${OPTIONS[field] ?? field}와(과) 함께 쓸 수 없습니다.`],
  [/up to (\d+) characters/, (most) => `${most}자 이하여야 합니다.`],
  [/a text that is not empty/, () => '비어 있으면 안 됩니다.'],
];

/** One line in Korean; in the words of the error where there are none for it. */
export function describeRefusal({ message, details }: GatewayError): string {
  const { field, reason, parameters } = details;
  const name = String(field ?? parameters ?? '');
  const option = OPTIONS[name] ?? name;
  const said = String(reason ?? message);
  for (const [pattern, korean] of REASONS) {
    const found = pattern.exec(said);
    if (found !== null) return `${option === '' ? '' : `${option}: `}${korean(...found.slice(1))}`;
  }
  return option === '' ? message : `${option}: ${said}`;
}
