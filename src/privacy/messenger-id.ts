/** Ids of messengers, by which anybody can be written to: "카톡 ID: shop123", "텔레그램 @shop". By itself such an id is a word like any
 *  other; the name of the messenger beside it tells. */
import { MAIL_PROVIDERS } from './email.ts';
import { matchesOf } from './matches-of.ts';

export interface MessengerIdMatch {
  readonly start: number;
  readonly end: number;
}

/** Named for nothing else. */
const MESSENGER = [
  '카카오\\s?톡|카톡|오픈\\s?채팅|플러스\\s?친구|플친|텔레그램|위챗|왓츠\\s?앱|디스코드|스카이프|바이버',
  '(?<![a-z])(?:kakao\\s?talk|telegram|we\\s?chat|whats\\s?app|discord|skype|viber)',
].join('|');
/** Also a line of products, a company, the end of "온라인"; so only before the word for an id. */
const AMBIGUOUS = '(?<![가-힣])라인|(?<![a-z])line|카카오|(?<![a-z])kakao';
/** Where a shop has a page, and reads what is written to it. */
const NETWORK =
  '인스타(?:그램)?|페이스\\s?북|페북|트위터|유튜브|틱톡|스레드(?!\\s?수)|톡톡|(?<![a-z])(?:instagram|facebook|twitter|tiktok|youtube|threads)';
const PURPOSE = '(?:\\s?(?:친구\\s?추가|친추|친구|채널|검색용?|상담용?|문의용?|공식|개인|전용|디엠|DM))';
const ID_WORD = '(?:아이디|계정|ID(?![a-z])|account)';
/** Brackets, quotes, marks of emphasis, a colon. */
const MARK = '[\\s"\'“”‘’「『(\\[<*`:=>-]';
/** "…는 shop123", "… is shop123" */
const TIE = `(?:\\s?(?:은|는|이|가)(?![가-힣])|\\sis(?=\\s))?${MARK}{0,5}`;
const ID = '[a-z0-9][a-z0-9_.-]{1,38}[a-z0-9_](?:#\\d{4})?';
/** Nobody writes a word so: letters with digits behind them. */
const TELLING_ID = '[a-z]{2,}[a-z_.-]{0,30}\\d{2,}[a-z0-9_]{0,20}';
/** Or with a mark for a blank. */
const JOINED_ID = '[a-z][a-z0-9.]{1,20}_[a-z0-9_.]{1,20}[a-z0-9]';

const NAMED = new RegExp(
  `(?:${MESSENGER}|${AMBIGUOUS}|${NETWORK})${PURPOSE}{0,2}\\s?[([]?${ID_WORD}(?<tie>${TIE})(?<id>@?${ID})`,
  'dgi',
);
const SIGNED = new RegExp(`(?:${MESSENGER}|${AMBIGUOUS}|${NETWORK})${PURPOSE}{0,2}${TIE}(?<id>@${ID})`, 'dgi');
const JOINED = new RegExp(`(?:${MESSENGER}|${NETWORK})${PURPOSE}{0,2}${TIE}(?<id>${JOINED_ID})`, 'dgi');
const FOLLOWED = new RegExp(`(?:${NETWORK})에서 ?(?<id>@${ID})(?:을|를)? ?(?:검색|팔로우|추가|구독)`, 'dgi');
const TELLING = new RegExp(
  `(?:${MESSENGER})${PURPOSE}{0,2}${TIE}(?<id>(?!(?:ios|android|windows|win|mac|ver|galaxy)\\d)${TELLING_ID}|${ID}#\\d{4})`,
  'dgi',
);
const CALLED = new RegExp(`(?:${MESSENGER}|${NETWORK})\\s?:${MARK}{0,3}(?<id>(?!ios|android|https?)[a-z]${ID})`, 'dg');
/** "shop123(카톡)", "shop123으로 카톡 주세요"; a coupon or an order is sent by messenger, not written to. */
const BEFORE_NAME = new RegExp(
  `(?<![\\w@.-]|(?:번호|코드|쿠폰)(?:은|는|:)?\\s?)(?<id>${TELLING_ID})(?:\\s?\\(\\s?(?:${MESSENGER}|라인)|(?:으로|로)\\s(?:${MESSENGER}|라인))`,
  'dgi',
);
/** "DM: evil_shop" */
const WRITTEN_TO = new RegExp(`(?<![a-z])(?:DM|디엠)(?:은|는)?${MARK}{0,4}:${MARK}{0,3}(?<id>${JOINED_ID})`, 'dgi');
/** By itself, where its spelling tells: "@evil_shop", "@evil.com". Less what is behind many people's addresses, and what code is made of. */
const BARE = new RegExp(
  `(?<![\\w.+@/&;-] ?)(?<id>@(?!(?:${MAIL_PROVIDERS})\\.)(?=[a-z0-9.]*[_\\d]|[a-z0-9.-]+\\.(?:com|net|org|kr|io|me|co|shop|store|site|top|xyz|link)(?![\\w.-]))[a-z][a-z0-9_.-]{1,38}[a-z0-9_])(?![\\w@/(-]|\\.\\w)`,
  'dgi',
);

/** Behind an id, what is to be done with it: then any word is one, "왓츠앱 evil로 연락 주세요". */
const BEFRIENDED = '(?:친구\\s?추가|친추)';
const ADDED = `(?:${BEFRIENDED}|(?:추가|검색|등록)\\s?(?:해|하|후|부탁)|찾아)`;
const WRITTEN = '(?:연락|메시지|메세지|쪽지|톡\\s?(?:주|보내|하)|DM|디엠)';
const ASKED = '(?:문의|상담|말씀)';
const CLOSING = '["\'”’」』)\\]*`]{0,3}';
const AS_OBJECT = `${CLOSING}(?:\\s?(?:계정|아이디|ID))?(?:을|를)?\\s?(?:친구로\\s?)?`;
const AS_MEANS = `${CLOSING}\\s?(?:으로|로|에게|에)\\s?`;
const BY = '(?:으로|로|에서|에)?';
const ANY_ID = '[a-z][a-z0-9_.-]{2,38}[a-z0-9_]';
const USED = new RegExp(
  `(?:${MESSENGER})${PURPOSE}{0,2}${BY}${TIE}(?<id>${ANY_ID})(?:${AS_OBJECT}${ADDED}|${AS_MEANS}(?:${WRITTEN}|${ASKED}))`,
  'dgi',
);
const USED_ON_NETWORK = new RegExp(
  `(?:${NETWORK})${PURPOSE}{0,2}${TIE}(?<id>${ANY_ID})${AS_MEANS}(?:${WRITTEN}|${ASKED})`,
  'dgi',
);
/** A line of products has names and models, which nobody befriends or writes to; most of them begin with a capital. */
const LINE = `(?<![가-힣A-Za-z])(?:라인|LINE|Line)${PURPOSE}{0,2}`;
const BEFRIENDED_ON_LINE = new RegExp(`${LINE}${BY}${TIE}(?<id>${ANY_ID})${AS_OBJECT}${BEFRIENDED}`, 'dgi');
const USED_ON_LINE = new RegExp(
  `${LINE}${BY}${TIE}(?<id>${ANY_ID})(?:${AS_OBJECT}${ADDED}|${AS_MEANS}${WRITTEN})`,
  'dg',
);
const TELLING_ON_LINE = new RegExp(
  `${LINE}(?:${BY}${TIE}(?=\\S+?${AS_MEANS}${ASKED})|\\s?[:(]${MARK}{0,3})(?<id>${TELLING_ID}|${JOINED_ID})`,
  'dg',
);
const EXPRESSIONS = [
  ...[NAMED, SIGNED, TELLING, JOINED, FOLLOWED, CALLED, BEFORE_NAME, WRITTEN_TO, BARE],
  ...[USED, USED_ON_NETWORK, BEFRIENDED_ON_LINE, USED_ON_LINE, TELLING_ON_LINE],
];

/** Some piece of every expression above: quicker to look for than the names. */
const PIECE_OF_NAME =
  /카카|카톡|오픈|플러스|플친|텔레|위챗|왓츠|디스|스카이|바이버|라인|인스타|톡톡|페이스|페북|트위터|유튜브|틱톡|스레드|kakao|tele|chat|what|disc|skyp|vibe|line|insta|face|twitt|tikt|youtu|threads|@|dm|디엠/i;
const LETTER = /[A-Za-z]/;
/** Behind "ID" and a blank an English sentence goes on. */
const ENGLISH_WORD =
  /^(?:and|for|from|has|here|into|login|name|number|of|on|or|that|the|then|this|to|used|when|where|will|with|you|your)$/i;
/** What messengers and networks call themselves and their own things, and what they are used on and in. */
const SERVICE_WORDS: ReadonlySet<string> = new Set(
  [
    'account bot business channel chat chatbot customer desktop direct feed friend friends gift group help image live login message messages messenger mobile',
    'official open page photo premium profile reel reels room server service shop shopping shorts story support talk team video wallet web plus',
    'vlog kakao naver wechat whatsapp telegram discord skype viber instagram facebook youtube tiktok android iphone windows english korean japanese chinese',
  ].flatMap((list) => list.split(' ')),
);
const MIN_ID_CHARS = 4;

/** Whether `text` speaks of a messenger and may hold an id. */
export function mayHoldMessengerId(text: string): boolean {
  return LETTER.test(text) && PIECE_OF_NAME.test(text);
}

function isId(id: string, tie: string | undefined): boolean {
  if (id.startsWith('@')) return true;
  if (id.length < MIN_ID_CHARS) return false;
  if (tie === undefined && SERVICE_WORDS.has(id.toLowerCase())) return false;
  const isPlainWord = tie !== undefined && tie.trim() === '' && /^[a-z]+$/i.test(id);
  return !(isPlainWord && ENGLISH_WORD.test(id));
}

const NOTHING: readonly MessengerIdMatch[] = [];

/** Overlaps are possible: one id may be named twice.
 *  @param text normalised */
export function findMessengerIds(text: string): readonly MessengerIdMatch[] {
  if (!mayHoldMessengerId(text)) return NOTHING;
  return EXPRESSIONS.flatMap((expression) =>
    matchesOf(expression, text).flatMap((match): readonly MessengerIdMatch[] => {
      const { id = '', tie } = match.groups ?? {};
      const [start, end] = match.indices?.groups?.id ?? [];
      return start === undefined || end === undefined || !isId(id, tie) ? NOTHING : [{ start, end }];
    }),
  );
}
