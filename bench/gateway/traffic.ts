/** What customers ask, in the bodies of each route. */

/** Half of them are in the sample knowledge, half are not; one holds personal data, one is long. Their number shares no divisor
 *  with {@link OPEN_CONVERSATIONS}: nobody asks the same question again and again. */
const QUESTIONS = [
  '제주도는 배송이 며칠 걸리나요?',
  '안녕하세요',
  '어제 산 니트를 다른 색으로 교환하고 싶은데 며칠 안에 보내야 하나요?',
  '비 오는 날 입기 좋은 외투 추천해 주세요',
  '배송비 얼마예요?',
  '그럼 그건 얼마예요?',
  '주문을 취소하고 싶어요',
  '제 번호는 010-1234-5678이고 이름은 김말길입니다. 입고되면 연락 주실 수 있나요?',
  '세탁기에 돌려도 줄어들지 않을까요?',
  '고마워요 잘 알겠습니다',
  '선물하려고 하는데 포장도 되나요? 받는 분이 다음 주 화요일이 생일이라 그 전에는 꼭 도착했으면 좋겠고, 영수증은 빼고 보내 주셨으면 합니다. 가능하면 손글씨 카드도 넣고 싶어요.',
  '고객센터 몇 시까지 해요?',
  '해외로도 보내 주나요?',
];

/** Conversations that are open at the same time: so many that nobody's turn comes again before the last answer is there. */
const OPEN_CONVERSATIONS = 1_200;

export interface Request {
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** The next request, of one customer after the other. */
export type Traffic = () => Request;

export function bareTraffic(): Traffic {
  let count = 0;
  return () => {
    const query = questionOf(count++);
    return { path: '/query', headers: JSON_HEADERS, body: JSON.stringify({ query }) };
  };
}

export function testTraffic(turnsPerConversation: number): Traffic {
  const nextConversation = conversations(turnsPerConversation);
  let count = 0;
  return () => {
    const body = { query: questionOf(count++), conversation: nextConversation() };
    return { path: '/query/TEST', headers: JSON_HEADERS, body: JSON.stringify(body) };
  };
}

/** A SkillPayload as Kakao sends it: bytes that nobody reads are part of the work. */
export function kakaoTraffic(turnsPerConversation: number): Traffic {
  const nextConversation = conversations(turnsPerConversation);
  let count = 0;
  return () => {
    const user = nextConversation().padEnd(66, 'x');
    const utterance = questionOf(count++);
    const block = { id: '667e0123456789abcdef0456', name: '폴백 블록' };
    const body = {
      bot: { id: '667e0123456789abcdef0123', name: '말길 상담' },
      intent: { ...block, extra: { reason: { code: 1, message: 'OK' } } },
      action: { id: '667e0123456789abcdef0789', name: '말길', params: {}, detailParams: {}, clientExtra: {} },
      userRequest: {
        block,
        user: {
          id: user,
          type: 'botUserKey',
          properties: {
            botUserKey: user,
            bot_user_key: user,
            plusfriendUserKey: 'Ab3_d-Ef9hIj',
            plusfriend_user_key: 'Ab3_d-Ef9hIj',
            isFriend: true,
          },
        },
        utterance,
        params: { surface: 'Kakaotalk.plusfriend' },
        lang: 'ko',
        timezone: 'Asia/Seoul',
        callbackUrl: `https://bot-api.kakao.com/v1/bots/667e0123456789abcdef0123/callback/${user}`,
      },
      contexts: [],
      flow: { trigger: { type: 'TEXT_INPUT' }, lastBlock: block },
    };
    const headers = [...JSON_HEADERS, 'x-request-id', `${user.slice(0, 20)}-${count}`];
    return { path: '/query/KAKAO', headers, body: JSON.stringify(body) };
  };
}

/** A question on TalkTalk, each from another customer. */
export function talktalkTraffic(): Traffic {
  let count = 0;
  return () => {
    const user = `customer-${process.pid}-${count}`.padEnd(24, 'x');
    const textContent = { text: questionOf(count), inputType: 'typing' };
    count += 1;
    const body = { event: 'send', user, textContent, options: { mobile: true } };
    return { path: '/query/NAVER', headers: JSON_HEADERS, body: JSON.stringify(body) };
  };
}

const JSON_HEADERS = ['content-type', 'application/json'];

function questionOf(count: number): string {
  return QUESTIONS[count % QUESTIONS.length] ?? '';
}

/** Every customer asks `turns` questions, then another one comes. They start at different points, so that each moment has
 *  conversations of every length. */
function conversations(turns: number): () => string {
  const open = Array.from({ length: OPEN_CONVERSATIONS }, (_, index) => ({ name: '', left: index % turns }));
  let born = 0;
  let turn = 0;
  return () => {
    const conversation = open[turn++ % open.length] ?? { name: '', left: 0 };
    if (conversation.left === 0 || conversation.name === '') {
      born += 1;
      conversation.name = `customer-${process.pid}-${born}`;
      if (conversation.left === 0) conversation.left = turns;
    }
    conversation.left -= 1;
    return conversation.name;
  };
}
