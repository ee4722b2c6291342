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
  topP: '--top-p',
  topK: '--top-k',
  repetitionPenalty: '--repetition-penalty',
  repeatPenalty: '--repetition-penalty',
  stop: '--stop',
  seed: '--seed',
  tools: '--tools',
  toolChoice: '--tool-choice',
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
  trainEpochs: '--epochs',
  learningRate: '--learning-rate',
  validationSplitRatio: '--validation-split',
  loraR: '--lora-r',
  loraAlpha: '--lora-alpha',
  trainingDatasetFilePath: '--path',
  apiKey: 'CLOVA_API_KEY',
  apigwKey: 'CLOVA_APIGW_KEY',
  baseUrl: 'CLOVA_BASE_URL',
  pathPrefix: 'CLOVA_PATH_PREFIX',
  models: 'CLOVA_MODELS',
};

/** In Korean: a line for each setting that is wrong, else one. */
export function describeRefusal({ message, details }: GatewayError): string {
  const { field, reason, parameters } = details;
  const name = String(field ?? parameters ?? '');
  if (name !== '') return `${OPTIONS[name] ?? name}: ${inKorean(String(reason ?? message))}`;
  const settings = [...message.matchAll(/^(\.env|[A-Z][A-Z0-9_]+): (.+)$/gm)];
  if (settings.length === 0) return inKorean(message);
  return settings.map(([, setting, said = '']) => `${setting}: ${inKorean(said)}`).join('\n');
}

/** What nobody has foreseen stays readable all the same. */
function inKorean(reason: string): string {
  return koreanReason(reason, (word) => OPTIONS[word] ?? word) ?? `쓸 수 없는 값입니다. (${reason})`;
}
