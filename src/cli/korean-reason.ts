/** Why the clients refuse something before it is sent, in Korean. Their reasons are English half-sentences; what stands in them apart from
 *  numbers and names is matched here. The more special ones go first. */

type Korean = (found: readonly string[], optionOf: (field: string) => string) => string;

const REASONS: readonly (readonly [RegExp, Korean])[] = [
  [/did you mean (\S+)\?/, ([model]) => `없는 모델입니다. 혹시 ${model}인가요? 대문자와 소문자를 구분합니다.`],
  [/names an LK model/, () => 'LK 모델은 Completions API와 함께 서비스가 끝났습니다. HCX 모델을 쓰세요.'],
  [/must be a model name/, () => '모델 이름이 아닙니다. 예: HCX-007'],
  [
    /must name a model such as .* in (entry \d+)/,
    ([entry]) => `${place(entry)}의 이름이 모델 이름이 아닙니다. 예: HCX-008`,
  ],
  [/HCX-003, HCX-DASH-001 and other v1 models/, () => 'HCX-003, HCX-DASH-001 같은 v1 모델만 쓸 수 있습니다.'],
  [/must be a model that can see/, () => 'HCX-005처럼 사진을 볼 수 있는 모델이어야 합니다.'],
  [/none for this model|cannot be used with this/, () => '이 모델에는 쓸 수 없습니다.'],
  [
    /share the (\d+) tokens/,
    ([context]) => `질문과 답이 ${context}토큰을 나누어 쓰므로 질문이 들어갈 자리가 없습니다.`,
  ],
  [/cannot be combined with (\w+)/, ([field = ''], optionOf) => `${optionOf(field)} 옵션과 함께 쓸 수 없습니다.`],
  [/takes no images/, () => '이렇게 부르는 이 모델에는 사진을 보낼 수 없습니다.'],
  [/takes at most (\d+) images/, ([most]) => `사진은 ${most}장까지 보낼 수 있습니다.`],
  [/takes no results of tools/, () => '이 모델에는 도구의 결과를 보낼 수 없습니다.'],

  [/whole number from (\S+) to (\S+?)(?: |$)/, ([low, high]) => `${low}부터 ${high}까지의 정수여야 합니다.`],
  [/number from (\S+) to (\S+?)(?: |$)/, ([low, high]) => `${low}부터 ${high}까지의 수여야 합니다.`],
  [/number above (\S+) and at most (\S+?)(?: |$)/, ([low, high]) => `${low}보다 크고 ${high} 이하인 수여야 합니다.`],
  [/number of milliseconds above 0/, () => '0보다 큰 밀리초여야 합니다.'],
  [/up to (\d+) characters altogether/, ([most]) => `모두 합해 ${most}자 이하여야 합니다.`],
  [/up to (\d+) characters/, ([most]) => `${most}자 이하여야 합니다.`],
  [/up to (\d+) names/, ([most]) => `이름을 ${most}개까지 적을 수 있습니다.`],

  [/text that is not empty|must hold no empty text/, () => '비어 있으면 안 됩니다.'],
  [/at least one/, () => '하나 이상 있어야 합니다.'],
  [/documents with an id and a text/, () => '문서마다 id와 내용이 있어야 합니다.'],
  [/letters, digits, dots, dashes and underscores/, () => '영문, 숫자, 점, 하이픈, 밑줄로 된 값이어야 합니다.'],
  [/the id of an operation/, () => '작업(operation)의 id여야 합니다.'],
  [/a path with its bucket/, () => '버킷을 포함한 경로와 Object Storage의 키를 함께 적어야 합니다.'],
  [/a new title or a new content/, () => '새 제목이나 새 내용이 있어야 합니다.'],
  [
    /does not begin with nv-.* needs (\w+) beside it/,
    ([other = ''], optionOf) =>
      `nv-로 시작하지 않는 키는 2025년 이전에 발급된 것이라 ${optionOf(other)}도 함께 적어야 합니다.`,
  ],
  [
    /certificates in PEM form/,
    () => '-----BEGIN CERTIFICATE-----로 시작하는 온전한 PEM 인증서여야 합니다. 파일 경로는 GOV_CA_FILE에 적으세요.',
  ],
  [/printable ASCII without blanks/, () => '공백 없는 영문, 숫자, 기호여야 합니다.'],

  [/is the legacy host/, () => '스트리밍이 안 되는 예전 주소입니다. https://clovastudio.stream.ntruss.com을 쓰세요.'],
  [/must end before \/v1\/openai/, () => '/v1/openai 앞까지만 적으세요. 이 명령은 CLOVA Studio의 고유 API를 부릅니다.'],
  [/must be a URL/, () => '주소(URL)가 아닙니다.'],
  [/must start with https/, () => 'https:// 또는 http://로 시작해야 합니다.'],
  [/nothing but scheme, host, port and path/, () => '주소에는 프로토콜, 호스트, 포트, 경로만 적을 수 있습니다.'],
  [/must be empty, (.+)/, ([others]) => `비워 두거나 ${others?.replace(' or ', ', ')} 중 하나여야 합니다.`],

  [/functions with properties and required/, () => '함수마다 parameters에 properties와 required가 있어야 합니다.'],
  [/must not have a name twice/, () => '같은 이름이 두 번 있으면 안 됩니다.'],
  [/must have names of letters/, () => '이름은 영문, 숫자, 밑줄, 하이픈이어야 합니다.'],
  [/must each have a description/, () => '도구마다 설명(description)이 있어야 합니다.'],
  [/must have parameters of the type object/, () => 'parameters의 type은 object여야 합니다.'],
  [/must name one of the tools/, () => '등록한 도구의 이름이어야 합니다.'],
  [/needs tools/, () => '도구가 있을 때만 쓸 수 있습니다.'],

  [/must be a JSON Schema/, () => 'JSON Schema가 아닙니다.'],
  [/a schema wherever one can stand/, () => '스키마가 올 자리에 스키마가 아닌 값이 있습니다.'],
  [/an object as properties/, () => 'properties는 객체여야 합니다.'],
  [/list schemas under anyOf/, () => 'anyOf에는 스키마의 목록이 와야 합니다.'],
  [/refer only to parts of itself/, () => '$ref는 같은 스키마의 부분(#/…)만 가리킬 수 있습니다.'],
  [
    /not refer to itself, nor be deeper than (\d+)/,
    ([most]) => `자신을 다시 가리키거나 ${most}단계보다 깊으면 안 됩니다.`,
  ],
  [/one of (.+) as every (format|type)/, ([choices, keyword]) => `${keyword}은 ${choices} 중 하나여야 합니다.`],
  [
    /uses (\S+), which structured outputs do not know/,
    ([keyword]) => `구조화된 출력이 지원하지 않는 키워드가 있습니다: ${keyword}`,
  ],

  [/must be an object with a model in every field/, () => '모델 이름을 키로 하는 JSON 객체여야 합니다.'],
  [/must have an object as (entry \d+)/, ([entry]) => `${place(entry)}은 객체여야 합니다.`],
  [
    /has a field in (entry \d+) that is none of (.+)/,
    ([entry, known]) => `${place(entry)}에 모르는 필드가 있습니다. 쓸 수 있는 필드: ${known}`,
  ],
  [/must have .+ as (\S+) of (entry \d+)/, ([field, entry]) => `${place(entry)}의 ${field} 값이 올바르지 않습니다.`],
  [/must be the key alone, without the quotation marks/, () => '키를 둘러싼 따옴표를 빼고 적으세요.'],
  [/must be the key as it was issued/, () => '발급받은 그대로 적으세요. 공백, 줄바꿈, 한글은 들어갈 수 없습니다.'],
  [/is not valid JSON \((.+)\)/, ([fault]) => `JSON이 아닙니다(${fault}).`],
  [/must be a JSON object/, () => 'JSON 객체여야 합니다.'],
  [/is set together with (\w+)/, ([other]) => `${other} 설정과 함께 적혀 있습니다. 하나만 남기세요.`],
  [/the file that it names is empty/, () => '적힌 파일이 비어 있습니다.'],
  [/must be on or off/, () => 'on 또는 off여야 합니다.'],
  [/the file that it names cannot be read/, () => '적힌 파일을 읽을 수 없습니다.'],
  [/the file that it names is no text/, () => '적힌 파일에 깨진 글자가 있습니다. UTF-8로 저장해 주세요.'],
  [
    /lines (.+) set nothing/,
    ([lines]) => `이름=값 모양이 아닌 줄이 있습니다: ${lines?.replace(/ and (\d+) more/, ' 외 $1줄')}`,
  ],
  [/line (\d+)( of \.env)? sets nothing/, (found) => `${lineOfDotEnv(found)}이 이름=값 모양이 아닙니다.`],
  [
    /line (\d+)( of \.env)? holds broken characters/,
    (found) => `${lineOfDotEnv(found)}에 깨진 글자가 있습니다. 파일을 UTF-8로 저장해 주세요.`,
  ],
  [
    /line (\d+)( of \.env)? goes on behind its closing/,
    (found) => `${lineOfDotEnv(found)}에서 닫는 따옴표 뒤에 글자가 더 있습니다.`,
  ],
  [/is a folder/, () => '파일이 아니라 폴더입니다.'],
  [/is a pipe or a device/, () => '파이프나 장치가 아니라 보통 파일이어야 합니다.'],
  [/is larger than (.+)/, ([most]) => `${most}보다 큽니다.`],
  [/must be one of (.+)/, ([choices]) => `${choices} 중 하나여야 합니다.`],
];

function place(entry = ''): string {
  return `${entry.replace('entry ', '')}번째 항목`;
}

/** The line, and the file where the name before it is not the file's. */
function lineOfDotEnv([line, ofDotEnv]: readonly string[]): string {
  return `${ofDotEnv === undefined ? '' : '.env '}${line}번째 줄`;
}

/** @param optionOf what a person writes instead of a field of ours
 *  @returns a sentence; `undefined` for a reason that nobody has foreseen */
export function koreanReason(reason: string, optionOf: (field: string) => string): string | undefined {
  for (const [pattern, korean] of REASONS) {
    const found = pattern.exec(reason);
    if (found !== null) return korean(found.slice(1), optionOf);
  }
  return undefined;
}
