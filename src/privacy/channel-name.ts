/** Names under which somebody is found in a messenger: "카카오톡에서 이블샵 검색", "카카오톡 채널 '이블샵'", "플러스친구 @이블샵". A name is a word
 *  like any other; that it is searched for there, added, or written to, tells. What says only what it is ("저희 채널", "주문번호") names nobody. */
import { matchesOf } from './matches-of.ts';

export interface ChannelNameMatch {
  /** Quotes belong to it. */
  readonly start: number;
  readonly end: number;
  /** Without quotes and the sign. */
  readonly name: string;
}

const KAKAO = '(?:카카오\\s?톡|카톡)(?:\\s?(?:앱|어플))?';
const CHANNEL = '(?:(?:카카오\\s?톡?|카톡)\\s?채널|플러스\\s?친구|플친|오픈\\s?채팅방?)';
const ELSEWHERE = '(?:텔레그램|위챗|왓츠\\s?앱|디스코드|스카이프|(?<![가-힣])라인)';
const OPENING = '["\'“”‘’「『《<\\[*]';
const CLOSING = '["\'“”‘’」』》>\\]*]';
const QUOTED = `${OPENING}{1,3}\\s?[^"'“”‘’「」『』《》<>\\[\\]*\\n]{1,30}?\\s?${CLOSING}{1,3}`;
const WORD = '[가-힣A-Za-z0-9][가-힣A-Za-z0-9_.&-]{0,19}?';
const SIGNED = '@[가-힣A-Za-z0-9][가-힣A-Za-z0-9_.-]{1,29}?';
/** Nobody takes it for words of the sentence. */
const MARKED = `(?:${QUOTED}|${SIGNED})`;
const NAME = `(?<name>${QUOTED}|@?${WORD}(?: ${WORD}){0,2}?)`;
/** Behind a name: what it is, and that it is an object, a means, or quoted by "-라고". */
const OBJECT = '(?:\\s?(?:채널|계정|친구|오픈\\s?채팅방?))?(?:\\s?(?:을|를|이라고|라고|으로|로))? ?';
const SEARCHED = '(?:검색|친구\\s?추가|친추|(?:찾아|골라)\\s?(?:추가|친구|문의|연락|상담|톡|메시지))';
const LOOKED_UP = `(?:${SEARCHED}|추가|입력|등록|구독)`;
const WRITTEN_TO = '(?:문의|연락|상담|톡|메시지|말씀|신청|접수|들어)';
/** A thing on the screen is no name: "'채널 추가' 버튼". */
const NO_CONTROL = '(?!\\s?(?:버튼|메뉴|탭|아이콘|배너|화면|링크|기능|이벤트|쿠폰|창))';
const PARTICLE = '(?:으로|로|을|를|은|는|이|가|에서|에게|에|와|과|도|의|입니다|이에요|예요|이고|이며|이라는|라는)';
const END_OF_NAME = `(?=${PARTICLE}?(?:[\\s.,)!?"'”’|]|$))`;
/** Where one looks for friends, channels and rooms. */
const SEARCH_FIELD =
  '(?:\\s?(?:채널|친구|플러스\\s?친구|오픈\\s?채팅))?(?:\\s?(?:검색창?|목록|찾기|탭))?에(?:서)?(?:는|도)? ?';

const EXPRESSIONS = [
  // "카카오톡에서 이블샵을 검색", "카카오톡 친구 검색에서 '이블샵'을 추가"
  `${KAKAO}${SEARCH_FIELD}${NAME}${OBJECT}${SEARCHED}`,
  `(?:${KAKAO}|${ELSEWHERE})${SEARCH_FIELD}(?<name>${MARKED})${OBJECT}${LOOKED_UP}`,
  `${KAKAO}\\s?검색창에(?:서)? ?${NAME}${OBJECT}(?:입력|쓰|치)`,
  `${ELSEWHERE}에서 ?(?<name>@?[A-Za-z][A-Za-z0-9_.]{3,29})${OBJECT}${LOOKED_UP}`,
  // "카카오톡 채널 이블샵을 추가", "플러스친구 이블샵으로 문의", "카톡 아이디 이블샵으로 연락"
  `(?:${CHANNEL}(?:인)?|${KAKAO}\\s?(?:아이디|ID))[ :(]{1,2}${NAME}(?:${OBJECT}(?:${SEARCHED}|추가|구독)|(?:으로|로) ?${WRITTEN_TO})`,
  // "카카오톡 채널 '이블샵'", "채널명은 이블샵", "카카오톡 채널: 이블샵", "카카오톡 채널(이블샵)"
  `(?:${CHANNEL}|${ELSEWHERE}\\s?(?:채널|서버))(?:명|\\s?이름)?(?:은|는)?[ :(]{0,2}(?<name>${QUOTED})${NO_CONTROL}`,
  `${CHANNEL}(?:명|\\s?이름)(?:은|는|:)? ?${NAME}${END_OF_NAME}`,
  `(?:${CHANNEL}|${KAKAO})\\s?[:|] ?(?<name>@?${WORD})(?=\\s?(?:[.,)|\\n]|$))`,
  `${CHANNEL}\\((?<name>${WORD})(?=\\))`,
  // "플러스친구 @이블샵", "카카오톡 상담(@이블샵)"
  `(?:${CHANNEL}|${KAKAO})(?:\\s?(?:상담|문의|공식))?(?:은|는|이|가)?[ :("'“‘]{0,3}(?<name>${SIGNED})${END_OF_NAME}`,
  // "이블샵을 카카오톡에서 검색"
  `(?<![가-힣A-Za-z0-9@])(?<name>${QUOTED}|@?${WORD})(?:\\s?(?:채널|계정))?(?:을|를) (?:${KAKAO}|${CHANNEL})(?:\\s?(?:채널|친구))?(?:에서|으로|로|에)? ?(?:${SEARCHED}|추가)`,
].map((source) => new RegExp(source, 'dgi'));

/** Some piece of every expression above: quicker to look for than they are. */
const PIECE_OF_PLACE = /카카오|카톡|플러스|플친|오픈\s?채팅|텔레|위챗|왓츠|디스코|스카이|라인/;
const QUOTES = /^[\s"'“”‘’「」『』《》<>[\]*@]+|[\s"'“”‘’「」『』《》<>[\]*]+$/g;

function wordsOf(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}

/** What a shop, its things and its messenger are called by anybody. */
const COMMON_WORDS = wordsOf(
  '저희 우리 본사 당사 자사 해당 이 그 각 본인 고객님 원하는 원하시는 필요한 궁금한 관련 아래 위 다음 먼저 바로 직접 다시 새 새로 함께 실시간',
  '매장 상호 업체 브랜드 쇼핑몰 회사 가게 스토어 지점 대리점 이름 공식 전용 정식 공식몰 채널 카카오 카카오톡 카톡 톡 톡채널 플러스친구 플친 친구',
  '프로필 계정 아이디 검색 검색창 검색어 돋보기 추가 친구추가 버튼 메뉴 탭 링크 QR QR코드 코드 상품 제품 주문 배송 송장 운송장 결제 영수증 쿠폰 쿠폰함',
  '할인 이벤트 혜택 리뷰 후기 대화 대화방 채팅 채팅방 채팅하기 단톡방 오픈채팅 오픈채팅방 메시지 메세지 쪽지 알림 알림톡 안내 공지 소식 문의 상담 상담톡',
  '톡상담 일대일 고객센터 고객 상담사 상담원 담당자 직원 관리자 챗봇 챗봇상담 봇 선물 선물함 교환권 이모티콘 사진 파일 지도 위치 전화 번호 연락처 키워드',
  '단어 문구 날짜 이메일 주소 평일 주말 매일 오전 오후 언제 언제든 언제든지 가능 준비 중 준비중 없음 미운영 무료 홈 설정 차단 인증 인증서 지갑 뉴스 쇼핑',
  '문자 동영상 영상 이미지 기록 톡방 이모지 스티커 연락 전화하기 배송지 결제수단 카드 비밀번호',
  'ID PC iOS android DM 추천 권장 빠름 유료 필수 선택 친구로 채널로 정보 내용으로',
);
/** "주문번호", "배송조회", "채팅하기", "간편하게", "눌러서": a word that ends so is no name. */
const COMMON_END =
  /(?:번호|내역|내용|명|코드|하기|보기|방법|시간|조회|서비스|기능|버튼|메뉴|목록|하게|쉽게|하고|해서|하면|하시면|시면|하는|하신|한|된|되는|듯이|눌러|후|뒤|때)$/;
const COUNTED = /^[\d:~.-]+(?:시|분|일|개|건|명|차|번|월|년|원|%)?(?:[~-][\d:]+(?:시|분)?)?$/;

function isCommon(word: string): boolean {
  const bare = word.replace(/(?<=[가-힣]{2})(?:을|를|은|는|이|가|의|에|로|으로|도)$/, '');
  return [word, bare].some((one) => COMMON_WORDS.has(one)) || COMMON_END.test(word) || COUNTED.test(word);
}

/** Before a last word: "받은 문자", "로그인하고 이블샵". */
const LEADS_ON = /[가-힣](?:은|는|던|한|할|된|될|고|서|면|게|히|을|를|에)$/;

function namesNobody(name: string): boolean {
  const words = name.split(' ');
  return name.length < 2 || words.every((word, i) => isCommon(word) || (i < words.length - 1 && LEADS_ON.test(word)));
}

/** Whether `text` speaks of a place where names are looked up. */
export function mayHoldChannelName(text: string): boolean {
  return PIECE_OF_PLACE.test(text);
}

const NOTHING: readonly ChannelNameMatch[] = [];

/** Overlaps are possible: one name may be told twice.
 *  @param text normalised */
export function findChannelNames(text: string): readonly ChannelNameMatch[] {
  return EXPRESSIONS.flatMap((expression) =>
    matchesOf(expression, text).flatMap((match): readonly ChannelNameMatch[] => {
      const [start, end] = match.indices?.groups?.name ?? [];
      const name = match.groups?.name?.replace(QUOTES, '') ?? '';
      return start === undefined || end === undefined || namesNobody(name) ? NOTHING : [{ start, end, name }];
    }),
  );
}
