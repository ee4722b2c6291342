/** What our own checks refuse before anything is sent, with the option that the person wrote instead of a field of ours. */
import type { GatewayError } from '../errors.ts';
import { koreanReason } from './korean-reason.ts';

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

/** One line in Korean. */
export function describeRefusal({ message, details }: GatewayError): string {
  const { field, reason, parameters } = details;
  const name = String(field ?? parameters ?? '');
  const option = OPTIONS[name] ?? name;
  const said = String(reason ?? message);
  // What nobody has foreseen stays readable all the same.
  const korean = koreanReason(said, (word) => OPTIONS[word] ?? word) ?? `쓸 수 없는 값입니다. (${said})`;
  return option === '' ? korean : `${option}: ${korean}`;
}
