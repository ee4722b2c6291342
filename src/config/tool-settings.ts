import Type from 'typebox';
import { isPublicAddress } from '../platform/public-address.ts';
import { toolPlaces, toolProblems } from '../tools/declaration.ts';
import { originList, wholeNumber } from './shapes.ts';

/** What a model may call, and where that may lead. */
export const TOOL_SETTINGS = {
  tools: Type.Unsafe<readonly unknown[]>(
    Type.Refine(
      Type.Unknown({
        default: [],
        json: true,
        secret: true,
        defaultText: 'none',
        defaultTextKo: '없음',
        description:
          'HTTP functions of your own that the model may call, as a JSON list: name, description, parameters (JSON Schema), url with {arguments} in its path, method, secretHeader, timeoutMs, waitingText, identifiesCustomer. See the README. For HCX-005, HCX-DASH-002 and HCX-007 without thinking, and for models of ENGINE=openai that can call functions.',
        descriptionKo:
          '모델이 호출할 수 있는 내 HTTP 기능의 JSON 목록입니다. name, description, parameters(JSON Schema), 경로에 {인자}를 넣은 url, method, secretHeader, timeoutMs, waitingText, identifiesCustomer를 적습니다. 자세한 내용은 README에 있습니다. HCX-005, HCX-DASH-002와 추론을 끈 HCX-007, 그리고 함수를 호출할 수 있는 ENGINE=openai의 모델에서 쓸 수 있습니다.',
      }),
      (value) => toolProblems(value).length === 0,
      (value) => toolProblems(value).join('; '),
    ),
  ),
  toolOrigins: originList({
    minItems: 0,
    default: [],
    description:
      'The only places that TOOLS may lead to, separated by commas: origins that begin with https://. They are reached on the public internet only.',
    descriptionKo:
      'TOOLS가 호출할 수 있는 주소(origin)입니다. https://로 시작하며 쉼표로 구분해 적습니다. 공인 IP로만 연결합니다.',
  }),
  toolPrivateOrigins: originList({
    minItems: 0,
    default: [],
    description:
      'The same for services of your own network or this machine, such as http://orders.internal:8080: here private addresses and http:// are allowed.',
    descriptionKo:
      '내부망이나 같은 컴퓨터에 있는 서비스의 주소입니다(예: http://orders.internal:8080). 이곳에 적은 주소만 사설 IP와 http://를 허용합니다.',
  }),
  toolRounds: wholeNumber({
    minimum: 1,
    maximum: 10,
    default: 3,
    description: 'How often in a row the model may call TOOLS before it has to answer.',
    descriptionKo: '답하기 전에 모델이 TOOLS를 연달아 호출할 수 있는 횟수입니다.',
  }),
};

/** Where tools may lead. */
interface ToolOrigins {
  readonly toolOrigins: readonly string[];
  readonly toolPrivateOrigins: readonly string[];
}

/** Right in everything: whether a bot can call tools at all does not depend on which ones. */
const STAND_IN = {
  name: 'tool',
  description: 'tool',
  parameters: { type: 'object', properties: {} },
  url: 'https://tool.invalid/',
};

/** What other settings are judged with: the tools, or one in the place of those that are wrong. Such settings are never used.
 *  @param written as it was read, right or wrong */
export function toolsToJudgeWith(written: unknown): readonly unknown[] {
  if (!Array.isArray(written)) return [];
  return toolProblems(written).length === 0 ? written : [STAND_IN];
}

/** Tools whose addresses are not on a list; one reason each, without values.
 *  @param written as it was read, right or wrong */
export function foreignToolProblems(
  written: unknown,
  { toolOrigins, toolPrivateOrigins }: ToolOrigins,
  nameOf: (field: string) => string,
): readonly string[] {
  const listed = [...toolOrigins, ...toolPrivateOrigins];
  return toolPlaces(written)
    .filter(({ origin }) => !listed.includes(origin))
    .map(
      ({ label }) =>
        `${nameOf('tools')}: ${label} leads to a place that is not in TOOL_ORIGINS or TOOL_PRIVATE_ORIGINS`,
    );
}

/** Lists that would not keep what they promise; one reason each, without values. */
export function toolOriginProblems(
  { toolOrigins, toolPrivateOrigins }: ToolOrigins,
  nameOf: (field: string) => string,
): readonly string[] {
  const unsafe = toolOrigins.flatMap((origin, index) => {
    const { protocol, hostname } = new URL(origin);
    if (hostname.includes('*')) {
      return [`${nameOf('toolOrigins')}: item ${index + 1} has a wildcard; write down each origin`];
    }
    if (hostname === 'localhost' || hostname.endsWith('.localhost')) {
      return [`${nameOf('toolOrigins')}: item ${index + 1} is this machine, which belongs into TOOL_PRIVATE_ORIGINS`];
    }
    if (protocol !== 'https:') return [`${nameOf('toolOrigins')}: item ${index + 1} must begin with https://`];
    return isNumericHost(hostname) && !isPublicAddress(hostname.replace(/^\[|\]$/g, ''))
      ? [`${nameOf('toolOrigins')}: item ${index + 1} is a private address, which belongs into TOOL_PRIVATE_ORIGINS`]
      : [];
  });
  const wildcards = toolPrivateOrigins.flatMap((origin, index) =>
    new URL(origin).hostname.includes('*')
      ? [`${nameOf('toolPrivateOrigins')}: item ${index + 1} has a wildcard; write down each origin`]
      : [],
  );
  return [...unsafe, ...wildcards];
}

/** A socket asks for no lookup when the host is a number, so nothing else would see it. */
function isNumericHost(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
}
