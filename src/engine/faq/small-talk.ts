/** Greetings, thanks and the like: messages that ask for nothing, so that no search should answer them. */

export type SmallTalk =
  | 'upset'
  | 'identity'
  | 'thanks'
  | 'farewell'
  | 'greeting'
  | 'refusal'
  | 'call'
  | 'agreement'
  | 'sadness'
  | 'mood';

/** Longer messages are never small talk alone. */
const MAX_CHARS = 60;

/** A message is small talk only when it consists of these and nothing else, whatever the spaces: "안녕하세요 반품 배송비 얼마예요?" leaves
 *  a question over. Written as {@link bare} sees them. When several kinds meet, the first of this list names the message. */
const PHRASES: readonly (readonly [SmallTalk, string])[] = [
  [
    'upset',
    '짜증나 짜증나요 짜증나네 짜증 답답해 답답해요 답답하네요 답답하네 답답 화나 화나요 화나네요 열받아 열받네 어이없네 어이없네요 바보 멍청이 멍청해 장난하냐 장난해 시발 씨발 ㅅㅂ 개같네 미치겠네 최악이네 최악이네요 최악 못알아듣네 못알아들어 왜못알아들어 말이안통하네 말귀를못알아듣네',
  ],
  [
    'identity',
    '누구야 누구세요 누구예요 누구에요 누구니 너누구야 넌누구야 넌누구니 너는누구야 사람이야 사람이에요 사람이세요 사람인가요 사람맞아 사람맞아요 사람맞나요 로봇이야 로봇이에요 로봇인가요 로봇이니 봇이야 봇이에요 봇인가요 챗봇이야 챗봇이에요 챗봇인가요 챗봇이니 챗봇이죠 챗봇이세요 챗봇인가 봇이세요 로봇이세요 ai세요 기계야 기계인가요 ai야 ai예요 ai에요 ai인가요 인공지능이야 인공지능이에요 인공지능인가요 이름이뭐야 이름이뭐예요 너이름뭐야 너뭐야 뭐할수있어 뭐할수있어요 무엇을할수있나요 뭘할수있어요',
  ],
  [
    'thanks',
    '감사합니다 감사합니당 답변감사합니다 답변감사해요 안내감사합니다 설명감사합니다 상담감사합니다 감사해요 감사 감사드려요 감사드립니다 감사했습니다 고맙습니다 고맙습니당 고마워요 고마워 고마웠어요 고맙네요 땡큐 땡스 쌩유 ㄱㅅ ㄳ ㄱㅅㄱㅅ 도움됐어요 도움이됐어요 도움되었어요 도움이되었어요 최고예요 최고에요 최고 친절하시네요 친절하네요 굿 굿굿 good 잘됐네요 다행이네요 해결됐어요 해결되었습니다 해결했어요 thx',
  ],
  [
    'farewell',
    '수고하세요 수고하셔요 수고하십시오 수고 수고하셨습니다 수고많으셨습니다 수고많으세요 수고요 안녕히계세요 안녕히계십시오 안녕히 잘있어 잘있어요 바이 바이바이 bye 빠이 ㅂㅂ ㅂㅇ ㅃㅃ ㅃㅇ 다음에올게요 다음에또올게요 또올게요 나중에올게요 끝 그만할게요 이만 들어가세요 좋은하루되세요 좋은하루보내세요 좋은하루 좋은밤되세요 즐거운하루되세요',
  ],
  [
    'greeting',
    '안녕하세요 안녕하세여 안녕하세용 안녕하셔요 안녕하십니까 안녕 안뇽 안녕요 안냐세요 안냐세여 안뇽하세요 하이 하이요 하이루 헬로 헬로우 ㅎㅇ ㅎㅇㅎㅇ ㅎㅇㄹ ㅎㅇ요 방가 방가워요 반갑습니다 반가워요 반가워 좋은아침 좋은아침이에요 좋은아침입니다 굿모닝 좋은저녁이에요 처음뵙겠습니다 오랜만이에요 오랜만이네요 새해복많이받으세요 메리크리스마스',
  ],
  [
    'refusal',
    '아니요 아뇨 아니오 아니 아닌데 아닌데요 아닙니다 아니에요 괜찮아요 괜찮습니다 괜찮아 됐어요 됐어 됐습니다 됐고 필요없어요 필요없어 필요없습니다 싫어 싫어요 노노 ㄴㄴ ㄴ 없어요 없습니다 없어 없는데요 그거아니에요 그게아니라 그거말고 이거아닌데 이거아니에요',
  ],
  [
    'call',
    '저기요 저기여 저기 여기요 여보세요 계세요 계신가요 계십니까 누구없나요 누구없어요 문의드립니다 문의드려요 문의합니다 문의요 문의있어요 문의있습니다 문의좀요 문의드릴게있어요 문의드릴게있는데요 문의할게있어요 문의할게있는데요 질문있어요 질문있습니다 질문이요 질문이있어요 질문이있는데요 질문할게있어요 물어볼게있어요 물어볼게있는데요 물어볼거있어요 궁금한게있어요 궁금한게있는데요 궁금한게있습니다 궁금한점이있어요 궁금한점이있습니다 도와주세요 도와줘 도와줘요 뭐좀물어볼게요 시작 시작하기 대화시작 처음으로 실례합니다 말걸기 응답해주세요 대답해주세요 대답좀 왜답이없어요 듣고있어요',
  ],
  [
    'agreement',
    '네 넵 넹 넴 넷 넵넵 네네 네에 예 예예 옙 옛 응 응응 웅 ㅇㅇ ㅇ ㅇㅋ ㅇㅋㅇㅋ ㅇㅋ요 오케이 오케 오키 오키요 오키오키 ok okay 알겠습니다 알겠어요 알겠어 알겠네요 알겠음 알았어요 알았어 알았습니다 알았음 그래 그래요 그렇군요 그렇구나 그렇네요 그렇네 그랬군요 맞아 맞아요 맞습니다 좋아 좋아요 좋습니다 좋네요 확인했습니다 확인했어요 확인 확인요 이해했어요 이해했습니다 이해됐어요 아하 아항 그럴게요 그렇게할게요 해볼게요 해보겠습니다 기다릴게요 기다리겠습니다 ㄱㄱ ㅇㅎ 아그렇군요 그쵸 그죠 yes',
  ],
  [
    'sadness',
    'ㅠ ㅜ ㅠㅜ ㅜㅠ ㅠㅠ ㅜㅜ tt ㅠㅡㅠ ㅜㅡㅜ 흑 흑흑 훌쩍 힝 히잉 엉엉 슬퍼 슬퍼요 슬프다 속상해 속상해요 속상하네요 속상하네 우울해 우울해요 울고싶어 울고싶어요 힘들어 힘들어요 어떡해 어떡해요 어떡하죠 어쩌죠 어쩌지 큰일났어요 큰일이에요',
  ],
  [
    'mood',
    '아 오 어 음 저 ㅋ ㅎ ㅡ ㅋㅎ 하하 호호 흐흐 히히 헐 헉 흠 엥 잉 오호 와 와우 대박 우와 심심해 심심해요 ㄷㄷ ㅇㅅㅇ 기뻐 배고파 배고파요 졸려 피곤해 사랑해 사랑해요 테스트 test 테스트입니다 테스트중 ㅎ요',
  ],
];

/** Say nothing alone, and nothing more beside the others: "아 네 정말 감사합니다". */
const FILLERS =
  '아 오 어 음 저 요 예요 정말 정말로 너무 진짜 진짜로 참 항상 늘 매번 오늘도 다 잘 또 그냥 일단 친절한 빠른 친절하게 친절히 해주셔서 주셔서 도와주셔서 알려주셔서 답변해주셔서 안내해주셔서 설명해주셔서 덕분에 많이 대단히 근데 그럼 그러면 혹시 죄송하지만 죄송한데 좀 챗봇아 님 야 답변 설명 너 넌 너는 당신 당신은';

const KINDS: readonly SmallTalk[] = PHRASES.map(([kind]) => kind);
/** Phrases by their first character: most questions stop at the first look. */
const BY_FIRST_CHAR = indexPhrases();

/** The kind of a message that is nothing but small talk, else `undefined`. */
export function detectSmallTalk(text: string): SmallTalk | undefined {
  if (text.length > MAX_CHARS * 2) return undefined;
  const chars = bare(text);
  if (chars.length > MAX_CHARS) return undefined;
  if (chars === '') return 'call'; // "?", "…", an emoji
  return readAsSmallTalk(chars);
}

/** Which kinds can be met on the way to each position; a position that nothing reaches is not small talk. */
function readAsSmallTalk(chars: string): SmallTalk | undefined {
  const kindsAt: (ReadonlySet<number> | undefined)[] = [new Set()];
  for (let start = 0; start < chars.length; start += 1) {
    const met = kindsAt[start];
    if (met === undefined) continue;
    for (const { phrase, kind } of BY_FIRST_CHAR.get(chars.charAt(start)) ?? []) {
      if (!chars.startsWith(phrase, start)) continue;
      const end = start + phrase.length;
      kindsAt[end] = new Set([...(kindsAt[end] ?? []), ...met, ...(kind === undefined ? [] : [kind])]);
    }
  }
  const met = kindsAt[chars.length];
  return met === undefined || met.size === 0 ? undefined : KINDS[Math.min(...met)];
}

/** Letters and digits only; a character that is held down counts once ("ㅋㅋㅋㅋ"), two are left alone ("진짜 짜증"). */
function bare(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .replace(/(.)\1{2,}/gu, '$1');
}

function indexPhrases(): ReadonlyMap<string, readonly { phrase: string; kind: number | undefined }[]> {
  const index = new Map<string, { phrase: string; kind: number | undefined }[]>();
  const add = (words: string, kind: number | undefined) => {
    for (const phrase of new Set(words.split(' ').map(bare))) {
      const first = phrase.charAt(0);
      index.set(first, [...(index.get(first) ?? []), { phrase, kind }]);
    }
  };
  for (const [kind, [, phrases]] of PHRASES.entries()) add(phrases, kind);
  add(FILLERS, undefined);
  return index;
}
