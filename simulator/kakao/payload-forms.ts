/** One payload of every form in which a skill is called: for tests that mutate them, and for measurements. */
import { createSeededIds } from '../seeded-ids.ts';
import {
  botTestPayload,
  channelPayload,
  parameterValidationPayload,
  type SkillCall,
  type SkillPayload,
  secureImageParam,
  skillTestPayload,
} from './payload.ts';

export interface PayloadForm {
  readonly name: string;
  readonly payload: SkillPayload;
}

/** The same seed gives the same ids. */
export function skillPayloadForms(seed: string | number): readonly PayloadForm[] {
  const ids = createSeededIds(`kakao payload forms ${seed}`);
  const botId = ids.hex(24);
  const photo = (name: string) =>
    `https://talk.kakaocdn.net/dn/${ids.base64url(6)}/${name}?credential=k&expires=1790000000&signature=s%3D`;
  const [firstPhoto, secondPhoto, video] = [photo('i_1.jpg'), photo('i_2.jpg'), photo('v_1.mp4')] as const;
  const secureImages = secureImageParam(
    [1, 2].map((n) => `http://secure.kakaocdn.net/dna/${n}/img.jpg?expires=1790000000&signature=s%3D`),
    new Date(1_790_000_000_000),
  );
  const typed: SkillCall = {
    bot: { id: botId, name: '말길 상담봇' },
    block: { id: ids.hex(24), name: '폴백 블록 ' },
    skill: { id: ids.hex(24), name: '말길 스킬' },
    speaker: { botUserKey: ids.hex(66), plusfriendUserKey: ids.base64url(12), isFriend: true },
    utterance: '반품 배송비는 얼마예요?',
    clientExtra: {},
    flow: { trigger: { type: 'TEXT_INPUT' }, lastBlock: { id: ids.hex(24), name: '웰컴 블록' } },
  };
  const callbackUrl = `https://bot-api.kakao.com/v1/bots/${botId}/callback/cbtoken:${ids.hex(32)}`;
  const upload = { flow: { trigger: { type: 'IMAGE_UPLOAD' } } };
  const matched = [
    {
      question: '반품 배송비',
      answer: '편도 3,000원입니다.',
      categories: ['반품'],
      landingUrl: 'https://shop.example/return',
    },
  ];
  const parameters: Partial<SkillCall> = {
    params: { amount: '{"amount":3,"unit":null}', when: 'sys.date', item: '신발' },
    detailParams: { amount: { origin: '세 개', value: '{"amount":3,"unit":null}', groupName: '' } },
    contexts: [{ name: 'order', lifespan: 4, ttl: 580, params: { id: { value: '첫 번째', resolvedValue: 'A-1' } } }],
  };

  const channel = (call: Partial<SkillCall>) => channelPayload({ ...typed, ...call });
  const tap = (extra: unknown, type: string) =>
    channel({ utterance: '이어서 보기', clientExtra: extra, flow: { trigger: { type, referrerBlock: typed.block } } });
  const forms: Readonly<Record<string, SkillPayload>> = {
    typed: channel({}),
    'typed with callback': channel({ callbackUrl }),
    'typed, as older tools write it': channel({ clientExtra: 'null' }),
    'development channel': channel({
      bot: { id: `${botId}!`, name: '말길 상담봇' },
      callbackUrl: callbackUrl.replace('/callback', '!/callback'),
    }),
    welcome: channel({ utterance: '' }),
    'welcome by a button': channel({ block: { id: ids.hex(24), name: '웰컴 블록' }, utterance: '처음으로' }),
    'group room': channel({ roomId: ids.hex(24), utterance: '@말길 상담봇 반품 배송비는?', callbackUrl }),
    photo: channel({ ...upload, utterance: firstPhoto, requestParams: { media: { type: 'image', url: firstPhoto } } }),
    'photo by its address alone': channel({ ...upload, utterance: firstPhoto }),
    photos: channel({
      ...upload,
      utterance: `${firstPhoto}\n${secondPhoto}`,
      requestParams: {
        media: [
          { type: 'image', url: firstPhoto },
          { type: 'image', url: secondPhoto },
        ],
      },
    }),
    video: channel({ ...upload, utterance: video, requestParams: { media: { type: 'video', url: video } } }),
    'secure images': channel({
      utterance: '사진 보내기',
      params: { secureimage: secureImages.value },
      detailParams: { secureimage: secureImages },
    }),
    parameters: channel(parameters),
    knowledge: channel({ knowledge: { key: 'knowledge', matched } }),
    knowledges: channel({ knowledge: { key: 'knowledges', matched } }),
    'event of the operator': channel({ utterance: '', requestParams: { orderId: 'A-1' } }),
    'tap on a quick reply': tap({ malgil: 'malgil:continue:turn-1:1' }, 'QUICKREPLY_BUTTON_MESSAGE'),
    'tap on a card': tap({ malgil: 'malgil:pickup:turn-1' }, 'CARD_BUTTON_MESSAGE'),
    'tap on a row': tap({ malgil: 'malgil:ask:return-fee' }, 'LIST_ITEM_MESSAGE'),
    'tap on a block button': tap({ coupon: 7 }, 'CARD_BUTTON_BLOCK'),
    'tap whose extra was wrapped': tap({ extra: { malgil: 'malgil:again:turn-1' } }, 'LISTMENU_BLOCK'),
    'tap for a person': tap({ malgil: 'malgil:person' }, 'QUICKREPLY_BUTTON_BLOCK'),
    'tap for a fresh start': tap({ malgil: 'malgil:reset' }, 'LISTMENU_MESSAGE'),
    봇테스트: botTestPayload({ ...typed, callbackUrl }),
    '스킬 테스트': skillTestPayload(ids, { item: '신발' }),
    'parameter validation': parameterValidationPayload(typed, { origin: '세 개', resolved: '3' }),
  };
  return Object.entries(forms).map(([name, payload]) => ({ name, payload }));
}
