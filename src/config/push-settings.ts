import Type from 'typebox';
import { httpUrl, providerKey } from './shapes.ts';

/** The Event API: the bot speaks first. Off unless the key and the bot's id are there. */
export const KAKAO_PUSH_SETTINGS = {
  kakaoRestApiKey: Type.Optional(
    providerKey({
      shared: false,
      description:
        'REST API key of the Kakao Developers app that the channel is linked to; opens POST /push/kakao (with OPERATOR_KEY). Every delivered message costs 15 KRW plus VAT. It belongs to one account: with BOTS_FILE every bot names its own.',
      descriptionKo:
        '채널과 연결한 카카오 디벨로퍼스 앱의 REST API 키입니다. OPERATOR_KEY와 함께 있으면 POST /push/kakao로 고객에게 먼저 메시지를 보낼 수 있습니다. 전달된 메시지마다 15원(부가세 별도)이 부과됩니다. 계정마다 다르므로 BOTS_FILE을 쓸 때는 봇마다 따로 적습니다.',
    }),
  ),
  kakaoKeyKind: Type.Enum(['app', 'group-bot'], {
    default: 'app',
    description:
      'What KAKAO_REST_API_KEY is: app is the REST API key of an app (KakaoAK), group-bot the one that Kakao sends by mail to individuals for their group bots (KakaoBK), good for group rooms alone.',
    descriptionKo:
      'KAKAO_REST_API_KEY에 적은 키의 종류입니다. app은 앱의 REST API 키(KakaoAK), group-bot은 개인의 그룹 챗봇에 카카오가 메일로 발급한 키(KakaoBK)입니다. group-bot으로는 그룹 채팅방에만 보낼 수 있습니다.',
  }),
  kakaoEventBotId: Type.Optional(
    Type.Refine(
      Type.String({
        shared: false,
        description:
          "Kakao's id of the bot that sends these messages, as the admin centre shows it; with ! at its end for the development channel, whose messages are billed too.",
        descriptionKo:
          '메시지를 보낼 봇의 카카오 봇 ID입니다. 챗봇 관리자센터에 보이는 그대로 적습니다. 개발 채널이면 끝에 !를 붙이며, 개발 채널의 메시지에도 요금이 부과됩니다.',
      }),
      (value) => /^[A-Za-z0-9_-]{1,100}!?$/.test(value),
      () => 'must be the id of a Kakao bot: letters and digits, with ! at its end for the development channel',
    ),
  ),
  kakaoBaseUrl: httpUrl({
    default: 'https://bot-api.kakao.com',
    description: 'Host of the Event API; change it for a simulator.',
    descriptionKo: '이벤트 API 주소입니다. 시뮬레이터를 쓸 때 바꿉니다.',
  }),
};
