/** What each failure means and what to do about it: for the terminal, and for the READMEs, whose table is printed from here.
 *  Source: NAVER Cloud API guide, CLOVA Studio troubleshooting (2026-08). */
import type { ErrorCode, GatewayError } from '../errors.ts';

interface Wording {
  readonly ko: string;
  readonly en: string;
}

export interface Advice {
  /** Codes of the service, five digits each. */
  readonly codes: readonly string[];
  readonly meaning: Wording;
  readonly remedy: Wording;
}

export const ADVICE: readonly Advice[] = [
  {
    codes: ['40100', '40101', '40102', '40103', '40104'],
    meaning: { ko: 'API 키를 받아들이지 않습니다', en: 'The API key is not accepted' },
    remedy: {
      ko: 'CLOVA_API_KEY가 발급받은 그대로인지, 지워진 키가 아닌지 확인하세요. nv-로 시작하지 않는 예전 키에는 CLOVA_APIGW_KEY도 필요합니다.',
      en: 'Check CLOVA_API_KEY against the console. A key from before 2025, without nv-, also needs CLOVA_APIGW_KEY.',
    },
  },
  {
    codes: ['40170'],
    meaning: {
      ko: 'CLOVA Studio 이용 신청을 하지 않은 계정입니다',
      en: 'The account has not subscribed to CLOVA Studio',
    },
    remedy: { ko: '네이버 클라우드 콘솔에서 이용을 신청하세요.', en: 'Subscribe in the NAVER Cloud console.' },
  },
  {
    codes: ['40300', '40301'],
    meaning: { ko: '권한이 없습니다', en: 'Not permitted' },
    remedy: {
      ko: '키를 만든 계정과 앱의 주인이 같은지 확인하세요.',
      en: 'Check that the key and the app belong to one account.',
    },
  },
  {
    codes: ['40000', '40001', '40002', '40009', '40055'],
    meaning: {
      ko: '요청이 올바르지 않습니다. 범위를 벗어난 값이거나 함께 쓸 수 없는 기능입니다',
      en: 'The request is wrong: a value out of range, or features that exclude each other',
    },
    remedy: {
      ko: '값과 범위를 확인하고, 항목이 함께 표시되면 그 항목을 고치세요. HCX-007의 추론은 함수 호출이나 구조화된 출력과 함께 쓸 수 없습니다.',
      en: 'Check values and ranges; mend the parameter where one is named. Thinking of HCX-007 goes neither with function calls nor with structured outputs.',
    },
  },
  {
    codes: ['40003', '64400', '65400'],
    meaning: { ko: '글이 너무 깁니다', en: 'The text is too long' },
    remedy: {
      ko: '글이나 지난 대화를 줄이거나 최대 출력 토큰을 낮추세요. tokens 명령으로 길이를 잴 수 있습니다.',
      en: 'Shorten the text or the history, or ask for fewer output tokens; the command tokens counts them.',
    },
  },
  {
    codes: ['40004', '61002'],
    meaning: { ko: '글이 비어 있습니다', en: 'The text is empty' },
    remedy: { ko: '질문이나 글을 넣으세요.', en: 'Give a question or a text.' },
  },
  {
    codes: ['40005', '40006'],
    meaning: { ko: '정책에 따라 답을 내주지 않습니다', en: 'No answer, by policy' },
    remedy: {
      ko: '표현을 바꾸어 물어보세요. 같은 요청은 다시 거절됩니다.',
      en: 'Ask in other words; the same request is refused again.',
    },
  },
  {
    codes: ['40060', '40061', '40063'],
    meaning: { ko: '그림을 읽을 수 없습니다', en: 'The picture cannot be read' },
    remedy: {
      ko: 'JPEG, PNG, WEBP, BMP이고 20MB 이하, 긴 변 2,240픽셀 이하, 비율 1:5 이하인지 확인하세요.',
      en: 'JPEG, PNG, WEBP or BMP, up to 20 MB, long side up to 2,240 px, ratio up to 1:5.',
    },
  },
  {
    codes: ['40080'],
    meaning: { ko: '없는 모델입니다', en: 'There is no such model' },
    remedy: {
      ko: '모델 이름의 대소문자까지 확인하세요. models 명령에 목록이 있습니다.',
      en: 'Check the name, capitals included; the command models lists them.',
    },
  },
  {
    codes: ['40082'],
    meaning: { ko: '서비스가 끝난 모델입니다', en: 'The model was withdrawn' },
    remedy: {
      ko: 'HCX-007, HCX-005, HCX-DASH-002 같은 지금의 모델로 바꾸세요.',
      en: 'Use a present one: HCX-007, HCX-005, HCX-DASH-002.',
    },
  },
  {
    codes: ['40083'],
    meaning: { ko: '이 모델을 쓸 자원이 배정되지 않았습니다', en: 'No resources are allotted for this model' },
    remedy: { ko: '네이버 클라우드에 문의하세요.', en: 'Ask NAVER Cloud.' },
  },
  {
    codes: ['40084'],
    meaning: { ko: '이 API에서 쓸 수 없는 모델입니다', en: 'The API does not take this model' },
    remedy: {
      ko: '모델과 API의 짝을 확인하세요. 예를 들어 슬라이딩 윈도우는 HCX-003과 HCX-DASH-001만 받습니다.',
      en: 'Check the pair: the sliding window, for one, takes HCX-003 and HCX-DASH-001 only.',
    },
  },
  {
    codes: ['40400'],
    meaning: { ko: '없는 주소나 ID입니다', en: 'No such address or id' },
    remedy: {
      ko: '작업, 라우터, 스킬셋의 ID와 버전, CLOVA_BASE_URL과 CLOVA_PATH_PREFIX를 확인하세요.',
      en: 'Check the id and version of the task, router or skillset, CLOVA_BASE_URL and CLOVA_PATH_PREFIX.',
    },
  },
  {
    codes: ['40800', '50400'],
    meaning: { ko: '서비스가 제때 답하지 못했습니다', en: 'The service did not answer in time' },
    remedy: {
      ko: '잠시 뒤 다시 시도하세요. 오래 걸리는 일은 --timeout-seconds를 늘리세요.',
      en: 'Try again; for long work raise --timeout-seconds.',
    },
  },
  {
    codes: ['41300'],
    meaning: { ko: '요청이 50MB를 넘습니다', en: 'The request is larger than 50 MB' },
    remedy: { ko: '글이나 그림을 줄이세요.', en: 'Send less.' },
  },
  {
    codes: ['42400'],
    meaning: { ko: '일부를 처리하지 못했습니다', en: 'Some part failed' },
    remedy: { ko: '요청을 확인하고 한 번 더 시도하세요.', en: 'Check the request and try once more.' },
  },
  {
    codes: ['42900', '42901', '64429'],
    meaning: { ko: '분당 요청 수나 토큰 수를 다 썼습니다', en: 'The requests or tokens of this minute are used up' },
    remedy: {
      ko: '잠시 기다리세요. 최대 출력 토큰을 줄이면 한도가 덜 줄고, 서비스 키의 한도가 테스트 키보다 큽니다.',
      en: 'Wait. Fewer requested output tokens spare the quota; service keys have a larger one than test keys.',
    },
  },
  {
    codes: ['42902', '42903', '64000'],
    meaning: { ko: '서비스가 붐빕니다', en: 'The service is overloaded' },
    remedy: { ko: '한도와 관계없는 일이니 잠시 뒤 다시 시도하세요.', en: 'Not your quota: try again later.' },
  },
  {
    codes: ['50000', '64424', '64500', '65002'],
    meaning: { ko: '서비스 안에서 오류가 났습니다', en: 'The service failed' },
    remedy: { ko: '잠시 뒤 다시 시도하세요.', en: 'Try again later.' },
  },
  {
    codes: ['61004'],
    meaning: {
      ko: '스킬이 부른 API가 실패했거나 30초를 넘겼습니다',
      en: 'The API behind a skill failed, or took more than 30 s',
    },
    remedy: { ko: '스킬에 등록한 API를 확인하세요.', en: 'Look at the API that the skill calls.' },
  },
  {
    codes: ['61005', '62001', '63001', '63002'],
    meaning: { ko: '스킬셋이 질문을 처리하지 못했습니다', en: 'The skillset could not handle the question' },
    remedy: {
      ko: '질문을 바꾸거나 스킬의 설명과 호출 단계를 고치세요.',
      en: "Ask otherwise, or mend the skill's description and steps.",
    },
  },
  {
    codes: ['65001'],
    meaning: { ko: '라우터가 없는 도메인을 골랐습니다', en: 'The router chose a label that does not exist' },
    remedy: {
      ko: '도메인과 필터의 이름을 서로 다르게 고치세요.',
      en: 'Give domains and filters names that differ more.',
    },
  },
];

/** Where the service has not spoken, or in words that are not in the table. */
const BY_ERROR: Readonly<Partial<Record<ErrorCode, Explanation>>> = {
  ENGINE_UNAUTHORIZED: { meaning: 'API 키를 받아들이지 않습니다', remedy: '키와 그 권한을 확인하세요.' },
  ENGINE_BAD_REQUEST: {
    meaning: '요청이 올바르지 않습니다',
    remedy: '적은 값과 파일을 확인하세요. 무엇이 잘못인지는 서비스가 알려 주지 않았습니다.',
  },
  ENGINE_MODEL_UNAVAILABLE: { meaning: '없는 모델이나 ID입니다', remedy: '이름과 ID를 확인하세요.' },
  ENGINE_RATE_LIMITED: { meaning: '한도를 다 썼습니다', remedy: '잠시 기다렸다가 다시 시도하세요.' },
  ENGINE_OVERLOADED: { meaning: '서비스가 붐빕니다', remedy: '잠시 뒤 다시 시도하세요.' },
  ENGINE_FILTERED: { meaning: '정책에 따라 답을 내주지 않습니다', remedy: '표현을 바꾸어 물어보세요.' },
  ENGINE_UNREACHABLE: {
    meaning: '서비스에 연결하지 못했습니다',
    remedy: '인터넷 연결, 방화벽, 주소(CLOVA_BASE_URL)를 확인하세요.',
  },
  ENGINE_TIMEOUT: {
    meaning: '정한 시간 안에 끝나지 않았습니다',
    remedy: '잠시 뒤 다시 시도하거나 --timeout-seconds를 늘리세요.',
  },
  ENGINE_STREAM_BROKEN: {
    meaning: '답변이 중간에 끊기거나 알아볼 수 없었습니다',
    remedy: '다시 시도하세요. 주소가 다른 곳을 가리키지 않는지도 확인하세요.',
  },
  TURN_CANCELLED: { meaning: '그만두었습니다', remedy: '' },
};

export interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
}

/** Whom a command asks. */
export type Service = 'studio' | 'gov';

/** The government's platform has keys, addresses and codes of its own. */
const BY_ERROR_OF_GOV: Readonly<Partial<Record<ErrorCode, Explanation>>> = {
  ENGINE_UNAUTHORIZED: {
    meaning: 'API 키를 받아들이지 않습니다',
    remedy: 'GOV_API_KEY가 발급받은 그대로인지, 그 키의 권한과 GOV_TENANT가 맞는지 확인하세요.',
  },
  ENGINE_MODEL_UNAVAILABLE: {
    meaning: '없는 주소나 ID입니다',
    remedy: 'GOV_BASE_URL과 함께 적은 ID, 모델 이름을 확인하세요.',
  },
  ENGINE_UNREACHABLE: {
    meaning: '서비스에 연결하지 못했습니다',
    remedy: '행정망 연결, 방화벽, 주소(GOV_BASE_URL)와 인증서(GOV_CA_FILE)를 확인하세요.',
  },
  ENGINE_STREAM_BROKEN: {
    meaning: '답변이 중간에 끊기거나 알아볼 수 없었습니다',
    remedy: '다시 시도하세요. GOV_BASE_URL이 다른 곳을 가리키지 않는지도 확인하세요.',
  },
};

const ADDRESS_SETTING: Readonly<Record<Service, string>> = { studio: 'CLOVA_BASE_URL', gov: 'GOV_BASE_URL' };

/** In Korean. */
export function explain({ code, details }: GatewayError, service: Service): Explanation {
  const { httpStatus } = details;
  if (typeof httpStatus === 'number' && httpStatus >= 300 && httpStatus < 400) {
    return {
      meaning: '다른 주소로 넘기는 응답을 받았습니다',
      remedy: `따라가지 않습니다. ${ADDRESS_SETTING[service]}이 서비스의 주소 그대로인지, 프록시나 로그인 페이지를 거치지 않는지 확인하세요.`,
    };
  }
  const ofGov = service === 'gov' ? (BY_ERROR_OF_GOV[code] ?? BY_ERROR[code]) : undefined;
  if (ofGov !== undefined) return ofGov;
  const known = ADVICE.find(({ codes }) => codes.some((one) => one === details.upstreamCode));
  if (known !== undefined) return { meaning: known.meaning.ko, remedy: known.remedy.ko };
  return BY_ERROR[code] ?? { meaning: '서비스에서 오류가 났습니다', remedy: '잠시 뒤 다시 시도하세요.' };
}
