import Type from 'typebox';
import { CHANNEL_NAMES } from '../message.ts';
import { CLOVA_QUOTA_SETTINGS } from './clova-quota-settings.ts';
import { engineEntry } from './engine-entry.ts';
import {
  chatMenu,
  gateSecrets,
  httpUrl,
  imageHostList,
  jsonObject,
  kakaoBotIds,
  modelName,
  networkList,
  onOff,
  originList,
  pathSecrets,
  personButton,
  providerKey,
  text,
  wholeNumber,
} from './shapes.ts';

/** `KNOWLEDGE_FILE` values that are no paths. */
export const SAMPLE_KNOWLEDGE = 'sample';
export const NO_KNOWLEDGE = 'none';

export const ANSWER_SETTINGS = {
  name: text({
    maxLength: 40,
    description: 'Name of the bot, as customers see it on the chat page.',
    descriptionKo: '고객에게 보이는 봇 이름입니다.',
    defaultText: '말길상점 도우미 with the sample, else 상담 도우미',
    defaultTextKo: '예시 지식일 때 말길상점 도우미, 아니면 상담 도우미',
  }),
  channels: Type.Array(Type.Enum(CHANNEL_NAMES), {
    minItems: 1,
    uniqueItems: true,
    default: [...CHANNEL_NAMES],
    description: 'Channels that are open, separated by commas: test, kakao, naver, web.',
    descriptionKo: '사용할 채널입니다. test, kakao, naver, web을 쉼표로 구분해 적습니다.',
  }),
  knowledgeFile: text({
    default: SAMPLE_KNOWLEDGE,
    description:
      'CSV file with the columns question,answer[,image]; sample for the bundled example shop, none for no knowledge at all.',
    descriptionKo:
      '질문과 답변을 적은 CSV 파일입니다(열 이름: question,answer[,image]). sample이면 함께 제공되는 예시 상점을, none이면 지식 없이 사용합니다.',
  }),
  engine: Type.Array(engineEntry, {
    minItems: 1,
    uniqueItems: true,
    description:
      'What answers: clova (a model of CLOVA Studio), openai (any OpenAI-compatible service), clova-chatbot (dialogues of a CLOVA Chatbot domain), a2a (an agent of CLOVA Studio GOV, or any other that speaks A2A), socket (a chatbot engine of your own over TCP), faq (the knowledge alone). Several, separated by commas, are tried in this order, as far as the time allows; clova and openai may name their model: clova:HCX-007,clova:HCX-DASH-002,faq.',
    descriptionKo:
      '답변 엔진입니다. clova(CLOVA Studio 모델), openai(OpenAI 호환 서비스), clova-chatbot(CLOVA Chatbot 도메인의 대화), a2a(CLOVA Studio GOV 등의 A2A 에이전트), socket(직접 운영하는 TCP 챗봇 엔진), faq(지식만 사용)가 있으며, 쉼표로 여러 개를 적으면 남은 시간 안에서 차례로 시도합니다. clova와 openai에는 모델을 붙일 수 있습니다. 예: clova:HCX-007,clova:HCX-DASH-002,faq',
    defaultText: 'clova,faq with CLOVA_API_KEY, else faq',
    defaultTextKo: 'CLOVA_API_KEY가 있으면 clova,faq, 없으면 faq',
  }),
  engineTotalMs: wholeNumber({
    minimum: 100,
    maximum: 600_000,
    default: 120_000,
    description: 'Longest time one answer may take, all engines together; then the customer gets an apology.',
    descriptionKo: '답변 하나에 쓸 수 있는 최대 시간(밀리초)입니다. 넘으면 고객에게 사과 안내를 보냅니다.',
  }),
  answerMode: Type.Enum(['approved', 'grounded', 'free'], {
    default: 'free',
    description:
      'approved: only the wording of the knowledge goes out; grounded: the model rephrases the knowledge and says nothing else; free: the knowledge where it fits, general talk otherwise.',
    descriptionKo:
      'approved는 지식에 적힌 문장만 내보냅니다. grounded는 모델이 지식의 내용만 바꾸어 말합니다. free는 지식에 있으면 그대로 따르고, 없으면 일반적인 대화도 합니다.',
  }),
  systemPrompt: text({
    fromFile: true,
    default:
      '당신은 고객의 질문에 답하는 한국어 상담 도우미입니다. 공손한 존댓말을 쓰고, 답을 먼저 말한 뒤 필요한 설명만 짧게 덧붙이세요. 확실하지 않은 내용은 지어내지 말고, 모른다고 솔직하게 말씀드리세요.',
    defaultText: 'a polite Korean assistant',
    defaultTextKo: '공손한 한국어 상담 도우미',
    description: 'Who the model is and how it speaks; rules and knowledge are added to it.',
    descriptionKo: '모델의 역할과 말투를 정하는 글입니다. 규칙과 지식은 자동으로 덧붙습니다.',
  }),
  greeting: text({
    maxLength: 400,
    default: '안녕하세요! 궁금한 점을 편하게 물어보세요. AI 상담 도우미가 안내해 드릴게요.',
    description: 'First words to a customer. Korean law wants customers told that an AI answers: keep that in it.',
    descriptionKo:
      '고객에게 처음 건네는 인사말입니다. AI 기본법에 따라 AI가 답변한다는 사실을 알려야 하므로 그 내용은 남겨 두세요.',
  }),
  greetingEn: text({
    maxLength: 400,
    default: 'Hello! Ask me anything you would like to know. I am an AI assistant.',
    description: 'The same on the chat page for readers of English; empty: GREETING.',
    descriptionKo: '채팅 페이지를 영어로 보는 고객에게 건네는 인사말입니다. 비우면 GREETING을 보여 줍니다.',
  }),
  greetingCooldownMinutes: wholeNumber({
    minimum: 0,
    maximum: 43_200,
    default: 60,
    description:
      'A customer who comes back to a TalkTalk room within this time is not greeted again. The welcome block of Kakao greets every time.',
    descriptionKo:
      '톡톡 채팅방에 이 시간(분) 안에 다시 들어온 고객에게는 인사말을 반복하지 않습니다. 카카오의 웰컴 블록은 부를 때마다 인사합니다.',
  }),
  waitingText: text({
    maxLength: 200,
    default: '답변을 준비하고 있습니다. 잠시만 기다려 주세요.',
    description: 'What customers see while a slow answer is on its way.',
    descriptionKo: '답변이 늦어질 때 고객에게 먼저 보여 주는 안내입니다.',
  }),
  contact: text({
    maxLength: 200,
    default: '',
    description: 'Phone number and hours of your customer service; stands in apologies and where nothing was found.',
    descriptionKo: '고객센터 전화번호와 운영 시간입니다. 사과 안내와 답을 찾지 못했을 때 함께 보여 줍니다.',
    defaultText: "empty; the sample shop's own with the sample",
    defaultTextKo: '없음 (예시 지식일 때는 예시 상점의 연락처)',
  }),
  historyTokens: wholeNumber({
    minimum: 0,
    maximum: 100_000,
    default: 3_000,
    description: 'How much of the conversation goes to the model with a question, in estimated tokens.',
    descriptionKo: '질문과 함께 모델에 보내는 지난 대화의 양(추정 토큰 수)입니다.',
  }),
  historyTurns: wholeNumber({
    minimum: 0,
    maximum: 50,
    default: 20,
    description: 'The same in questions with their answers; whichever limit is reached first counts.',
    descriptionKo: '질문과 함께 모델에 보내는 지난 질문과 답변의 수입니다. 두 한도 중 먼저 닿는 쪽을 따릅니다.',
  }),
  historySummary: Type.Enum(['off', 'model', 'api'], {
    default: 'off',
    description:
      "What no longer fits into HISTORY_TOKENS or HISTORY_TURNS: off leaves it out; model has the bot's own model sum it up, api CLOVA Studio's summarisation. A call of its own now and then, after an answer.",
    descriptionKo:
      'HISTORY_TOKENS나 HISTORY_TURNS를 넘은 지난 대화를 어떻게 할지 정합니다. off는 보내지 않습니다. model은 봇의 모델로, api는 CLOVA Studio 요약 API로 요약해 함께 보냅니다. 요약은 답변이 나간 뒤 가끔 따로 호출합니다.',
  }),
  conversationIdleMinutes: wholeNumber({
    minimum: 1,
    maximum: 43_200,
    default: 30,
    description: 'A conversation silent for longer starts afresh.',
    descriptionKo: '이 시간(분) 동안 말이 없으면 이전 대화를 이어 가지 않습니다.',
  }),
  resetWords: Type.Array(Type.String(), {
    default: ['처음부터', '초기화'],
    description: 'Messages that make the bot forget the conversation, separated by commas.',
    descriptionKo: '고객이 이 말을 보내면 지금까지의 대화를 잊습니다. 쉼표로 구분해 적습니다.',
  }),
};

export const PHOTO_SETTINGS = {
  photos: onOff({
    default: true,
    description:
      'Let a model that can see (CLOVA_VISION_MODEL, CLOVA_MODEL=HCX-005, or that of OPENAI_VISION) look at photos that customers send; false: ask for words instead. Personal data in a photo cannot be masked.',
    descriptionKo:
      '고객이 보낸 사진을 볼 수 있는 모델(CLOVA_VISION_MODEL, CLOVA_MODEL=HCX-005, 또는 OPENAI_VISION을 켠 모델)이 확인합니다. false이면 글로 적어 달라고 안내합니다. 사진 속 개인정보는 가릴 수 없습니다.',
  }),
  photoHosts: imageHostList({
    default: [
      '.kakaocdn.net',
      'http://secure.kakaocdn.net',
      '.phinf.naver.net',
      'shop-phinf.pstatic.net',
      'talk-phinf.pstatic.net',
    ],
    description:
      'The only places that photos are fetched from, separated by commas: hosts, .suffixes, or whole origins for what is not https on port 443. Private addresses never, unless the origin names one by its number.',
    descriptionKo:
      '고객 사진을 내려받을 수 있는 곳입니다. 이곳 외에서는 받지 않습니다. 호스트, 점으로 시작하는 접미사, 또는 443번 포트의 https가 아닌 경우 전체 주소(origin)를 쉼표로 구분해 적습니다.',
  }),
  photoMaxBytes: wholeNumber({
    minimum: 10_000,
    maximum: 20_000_000,
    default: 5_000_000,
    description: 'Largest photo that is fetched, in bytes.',
    descriptionKo: '내려받는 사진 한 장의 최대 크기(바이트)입니다.',
  }),
};

// Of numbers that a model limits, only what is no number of that kind is refused here: the model's own range is judged with the model,
// about which CLOVA_MODELS may know better.
export const CLOVA_SETTINGS = {
  clovaApiKey: Type.Optional(
    providerKey({
      description: 'API key of CLOVA Studio.',
      descriptionKo: 'CLOVA Studio에서 발급받은 API 키입니다.',
    }),
  ),
  clovaModel: modelName({
    default: 'HCX-007',
    description:
      'Model name: HCX-007, HCX-005, HCX-DASH-002, HCX-003, HCX-DASH-001, or ft: and the task id of a model that you tuned.',
    descriptionKo:
      '모델 이름입니다. HCX-007, HCX-005, HCX-DASH-002, HCX-003, HCX-DASH-001 등을 쓸 수 있고, 직접 튜닝한 모델은 ft: 뒤에 작업 ID를 적습니다.',
  }),
  // No default: what is in a photo cannot be masked, so sending photos to a model is the operator's decision.
  clovaVisionModel: Type.Optional(
    modelName({
      description: 'Model that takes over when a customer sends a photo: HCX-005. Unset: CLOVA_MODEL, if that can see.',
      descriptionKo:
        '고객이 사진을 보냈을 때 대신 답하는 모델입니다(HCX-005). 없으면 CLOVA_MODEL이 사진을 볼 수 있을 때만 확인합니다.',
    }),
  ),
  clovaBaseUrl: httpUrl({
    default: 'https://clovastudio.stream.ntruss.com',
    description: 'Host of CLOVA Studio; change it for the public-sector cloud or a simulator.',
    descriptionKo: 'CLOVA Studio 주소입니다. 공공기관용 클라우드나 시뮬레이터를 쓸 때 바꿉니다.',
  }),
  clovaPathPrefix: Type.Enum(['', '/testapp', '/serviceapp'], {
    default: '',
    defaultText: 'empty',
    defaultTextKo: '없음',
    description: '/testapp or /serviceapp for keys made before mid-2025; otherwise empty.',
    descriptionKo: '2025년 중반 이전에 만든 앱이면 /testapp 또는 /serviceapp을 적고, 그 밖에는 비워 둡니다.',
  }),
  clovaApigwKey: Type.Optional(
    providerKey({
      description: 'Second key of the legacy header pair, for CLOVA_API_KEY values that do not begin with nv-.',
      descriptionKo: 'nv-로 시작하지 않는 예전 CLOVA_API_KEY와 함께 쓰는 API Gateway 키입니다.',
    }),
  ),
  clovaMaxTokens: wholeNumber({
    minimum: 1,
    maximum: 1_000_000,
    default: 1_024,
    description:
      'Longest answer in tokens. It counts against the quota as a whole, used or not. With CLOVA_THINKING low, medium or high, at least 5120, 10240 or 20480, because thinking is a part of it.',
    descriptionKo:
      '답변의 최대 길이(토큰)입니다. 실제 사용량과 관계없이 이 값만큼 한도에 계산됩니다. 추론도 여기에 들어가므로 CLOVA_THINKING이 low, medium, high이면 각각 5120, 10240, 20480보다 작게 적어도 그 값을 씁니다.',
  }),
  clovaThinking: Type.Enum(['none', 'low', 'medium', 'high'], {
    default: 'none',
    description: 'How long HCX-007 thinks before it answers: none, low, medium or high.',
    descriptionKo: 'HCX-007이 답하기 전에 추론하는 정도입니다. none, low, medium, high 중 하나입니다.',
  }),
  clovaTemperature: Type.Number({
    minimum: 0,
    maximum: 10,
    default: 0.3,
    description: '0 for the most predictable wording, 1 for the most varied.',
    descriptionKo: '0에 가까울수록 일정하게, 1에 가까울수록 다양하게 답합니다.',
  }),
  clovaTopP: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Chooses words among the likeliest that make up this share together; above 0. Unset: 0.8.',
      descriptionKo: '확률이 높은 순서로 이 비율까지의 후보에서 단어를 고릅니다. 0보다 커야 합니다. 없으면 0.8입니다.',
    }),
  ),
  clovaTopK: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: 'Chooses words among so many of the likeliest; 0 among all. Unset: 0.',
      descriptionKo:
        '확률이 높은 순서로 이 개수까지의 후보에서 단어를 고릅니다. 0이면 제한하지 않습니다. 없으면 0입니다.',
    }),
  ),
  clovaRepetitionPenalty: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 100,
      description:
        'How much repetition is avoided, above 0: up to 2 for v3 models (unset: 1.1), up to 10 for HCX-003 and HCX-DASH-001 (unset: 5).',
      descriptionKo:
        '같은 말의 반복을 줄이는 정도이며 0보다 커야 합니다. v3 모델은 2 이하(없으면 1.1), HCX-003과 HCX-DASH-001은 10 이하(없으면 5)입니다.',
    }),
  ),
  clovaStop: Type.Array(Type.String(), {
    default: [],
    description: 'An answer ends before any of these words, separated by commas. Not together with CLOVA_THINKING.',
    descriptionKo:
      '이 말이 나오면 그 앞에서 답변을 끝냅니다. 쉼표로 구분해 적습니다. CLOVA_THINKING과 함께 쓸 수 없습니다.',
  }),
  clovaAiFilter: Type.Enum(['off', 'likely', 'possible'], {
    default: 'likely',
    description:
      "Withholds answers that CLOVA Studio's own filter holds for insulting, discriminating or sexual: likely, the sure cases; possible, also the doubtful ones; off, none.",
    descriptionKo:
      'CLOVA Studio의 AI 필터가 비하, 차별, 성적 표현으로 판단한 답변을 내보내지 않습니다. likely는 가능성이 높은 경우만, possible은 의심되는 경우까지 막고, off는 막지 않습니다.',
  }),
  clovaModels: Type.Optional(
    jsonObject({
      description:
        'What models can do, where the built-in table does not know or is out of date: {"HCX-008": {"like": "HCX-007", "maxOutputTokens": 65536}}. Fields: like, apiVersion, maxTokensField, contextTokens, maxInputTokens, maxOutputTokens, defaultOutputTokens, requestsPerMinute, tokensPerMinute, thinking, tools, structuredOutput, images, ranges.',
      descriptionKo:
        '내장된 모델 표에 없거나 달라진 모델의 정보를 JSON으로 적습니다. 예: {"HCX-008": {"like": "HCX-007", "maxOutputTokens": 65536}}. like에는 비슷한 모델이나 튜닝의 바탕이 된 모델을 적습니다.',
    }),
  ),
  clovaTokenCalculator: onOff({
    default: false,
    description:
      "Ask CLOVA Studio's token calculator once at the start how the model counts your prompt and knowledge. Off: learned from the answers, a little later. Its quota is not published.",
    descriptionKo:
      '시작할 때 CLOVA Studio 토큰 계산기로 내 프롬프트와 지식의 토큰 수를 한 번 재어 둡니다. 끄면 답변의 사용량에서 조금 늦게 배웁니다. 계산기의 이용 한도는 공개되어 있지 않습니다.',
  }),
  ...CLOVA_QUOTA_SETTINGS,
  clovaFirstTokenMs: wholeNumber({
    minimum: 100,
    maximum: 300_000,
    default: 120_000,
    description:
      'Longest wait for the first words of an answer. While another engine of ENGINE has an answer, it is 10 to 30 seconds at most.',
    descriptionKo:
      '답변의 첫 부분을 기다리는 최대 시간(밀리초)입니다. ENGINE의 다른 엔진이 답할 수 있으면 길어야 10~30초만 기다립니다.',
  }),
};

export const KAKAO_SETTINGS = {
  kakaoSecret: pathSecrets({
    description:
      'What the skill must send as the header X-Malgil-Secret or as the last part of its URL; several, separated by commas, while you exchange it. Only what can stand in a URL: no ? # %. Unset: anybody may call.',
    descriptionKo:
      '카카오 스킬이 X-Malgil-Secret 헤더나 URL 마지막 부분으로 보내야 하는 비밀값입니다. ?, #, %처럼 URL에 그대로 쓸 수 없는 글자는 안 됩니다. 교체하는 동안에는 쉼표로 여러 개를 적을 수 있습니다. 없으면 누구나 호출할 수 있습니다.',
  }),
  kakaoBotId: kakaoBotIds({
    shared: false,
    description:
      'Ids by which Kakao may name this bot, separated by commas, with or without the ! of the development channel. Unset: any. The id in the address of the admin centre and the one that calls name were seen to differ; the log shows the latter.',
    descriptionKo:
      '카카오가 보내는 이 봇의 ID입니다. 쉼표로 여러 개를 적을 수 있고, 개발채널의 !는 있어도 없어도 됩니다. 없으면 확인하지 않습니다. 챗봇 관리자센터 주소의 ID와 실제로 오는 ID가 다를 수 있으며, 실제 ID는 로그에서 볼 수 있습니다.',
  }),
  kakaoBotIdCheck: Type.Enum(['warn', 'refuse'], {
    default: 'warn',
    description:
      'What happens when a call names another bot than KAKAO_BOT_ID: warn answers it and writes a warning, refuse answers with an apology.',
    descriptionKo:
      'KAKAO_BOT_ID에 없는 봇에서 호출했을 때의 동작입니다. warn이면 경고를 로그에 남기고 답변하며, refuse이면 답변하지 않고 안내 문구만 보냅니다.',
  }),
  kakaoSourceAddresses: networkList({
    default: [],
    description:
      'The only addresses that may call the skill, beside KAKAO_SECRET and never instead of it: IP addresses and networks such as 219.249.231.40/30, separated by commas. Empty: any. Kakao publishes no list, so look into the log first. Behind a reverse proxy set TRUST_PROXY as well.',
    descriptionKo:
      '스킬을 호출할 수 있는 주소입니다. IP 주소나 219.249.231.40/30 같은 대역을 쉼표로 구분해 적습니다. KAKAO_SECRET과 함께만 쓸 수 있습니다. 비워 두면 확인하지 않습니다. 카카오가 공식 목록을 공개하지 않으므로 실제 주소를 먼저 확인하세요. 리버스 프록시 뒤에서는 TRUST_PROXY도 설정해야 합니다.',
  }),
  kakaoCallbackOrigins: originList({
    default: ['https://bot-api.kakao.com'],
    description: 'The only places a callback may be sent to, separated by commas.',
    descriptionKo: '콜백을 보낼 수 있는 주소입니다. 이곳 외에는 보내지 않습니다. 쉼표로 구분해 적습니다.',
  }),
  kakaoInlineBudgetMs: wholeNumber({
    minimum: 50,
    maximum: 4_500,
    default: 4_000,
    description: 'How long an answer may take to go out in the skill response; Kakao hangs up after 5000.',
    descriptionKo: '스킬 응답에 답변을 바로 담기 위해 기다리는 시간(밀리초)입니다. 카카오는 5000에서 연결을 끊습니다.',
  }),
  kakaoCallbackBudgetMs: wholeNumber({
    minimum: 100,
    maximum: 55_000,
    default: 50_000,
    description: 'How long an answer may take to go out through the callback; Kakao closes it after 60000.',
    descriptionKo: '콜백으로 답변을 보내기 위해 기다리는 시간(밀리초)입니다. 카카오는 60000이 지나면 콜백을 닫습니다.',
  }),
  kakaoCallbackQuota: wholeNumber({
    minimum: 0,
    maximum: 1_000_000_000,
    default: 100_000,
    description:
      'Callbacks a calendar month (Korean time) that Kakao grants this bot; an alert is raised when they are used up. 0: do not watch.',
    descriptionKo:
      '카카오가 이 봇에 한 달(한국 시간 기준) 동안 허용하는 콜백 수입니다. 다 쓰면 알림을 남깁니다. 0이면 확인하지 않습니다.',
  }),
  kakaoCallbackQuotaWarnPercent: wholeNumber({
    minimum: 1,
    maximum: 100,
    default: 80,
    description: 'An alert is also raised when so much of KAKAO_CALLBACK_QUOTA is used.',
    descriptionKo: 'KAKAO_CALLBACK_QUOTA를 이 비율(%)만큼 쓰면 미리 알림을 남깁니다.',
  }),
  kakaoPersonButton: personButton({
    default: 'none',
    description:
      'What customers who ask for a person get beside the contact: none; operator, a button that opens the counselling of your channel (it needs the plug-in 상담 연결); or the id of a block that you made for it.',
    descriptionKo:
      '상담원을 찾는 고객에게 연락처와 함께 보여 줄 버튼입니다. none이면 버튼이 없고, operator이면 채널 상담으로 연결하며(상담 연결 플러그인 필요), 직접 만든 블록의 ID를 적으면 그 블록을 실행합니다.',
  }),
};

export const NAVER_SETTINGS = {
  naverAuthorization: Type.Optional(
    providerKey({
      exact: true,
      shared: false,
      description:
        'Authorization key of the TalkTalk send API, exactly as issued. It belongs to one account: with BOTS_FILE every bot names its own.',
      descriptionKo:
        '톡톡 보내기 API의 Authorization 키입니다. 발급받은 그대로 적습니다. 계정마다 다르므로 BOTS_FILE을 쓸 때는 봇마다 따로 적습니다.',
    }),
  ),
  naverSecret: pathSecrets({
    description:
      'Last part of the webhook URL that TalkTalk must call; several, separated by commas, while you exchange it. Only what can stand in a URL: no ? # %. Unset: anybody may call.',
    descriptionKo:
      '톡톡 웹훅 URL의 마지막 부분에 넣는 비밀값입니다. ?, #, %처럼 URL에 그대로 쓸 수 없는 글자는 안 됩니다. 교체하는 동안에는 쉼표로 여러 개를 적을 수 있습니다. 없으면 누구나 호출할 수 있습니다.',
  }),
  naverCheckAddress: onOff({
    default: false,
    description:
      "Take calls from TalkTalk's published networks only; everybody else gets 200 and nothing happens. Behind a proxy TRUST_PROXY must name it first.",
    descriptionKo:
      '네이버가 공개한 톡톡 서버 대역에서 온 호출만 처리합니다. 다른 곳에서 온 호출에는 200만 응답하고 무시합니다. 리버스 프록시 뒤에서는 TRUST_PROXY를 먼저 설정해야 합니다.',
  }),
  naverBaseUrl: httpUrl({
    default: 'https://gw.talk.naver.com',
    description: 'Host of the TalkTalk send API.',
    descriptionKo: '톡톡 보내기 API 주소입니다.',
  }),
  naverSendsPerSecond: wholeNumber({
    minimum: 1,
    maximum: 1_000,
    default: 5,
    description: 'Messages a second that this bot sends at most.',
    descriptionKo: '이 봇이 1초에 보내는 최대 메시지 수입니다.',
  }),
  naverQuietMs: wholeNumber({
    minimum: 0,
    maximum: 5_000,
    default: 1_200,
    description:
      'People send one question in several short messages: the bot answers them together once nothing has come for this long. Buttons and calls for a person never wait; 0: nothing does.',
    descriptionKo:
      '고객이 질문 하나를 여러 번에 나누어 보내는 일이 많아, 이 시간(밀리초) 동안 새 메시지가 없으면 모아서 한 번에 답합니다. 버튼이나 상담원 연결 요청은 기다리지 않습니다. 0이면 기다리지 않습니다.',
  }),
  naverQuietMaxMs: wholeNumber({
    minimum: 0,
    maximum: 5_000,
    default: 5_000,
    description: 'Longest wait for further messages, from the first one on.',
    descriptionKo: '이어지는 메시지를 기다리는 최대 시간(밀리초)입니다. 첫 메시지부터 셉니다.',
  }),
  naverTyping: onOff({
    default: true,
    description: 'Show "is typing" while an answer is being made.',
    descriptionKo: '답변을 준비하는 동안 입력 중 표시를 보여 줍니다.',
  }),
  naverMenu: Type.Optional(
    chatMenu({
      shared: false,
      description:
        'Menu that always stands in the TalkTalk room, as JSON: a list of up to 4 items, { "label" } with "text" (what is asked), "action" ("person" or "reset"), "url" (tel: too) or "menu" (a list again, 3 levels). Set at the start, removed when this is gone; needs NAVER_AUTHORIZATION.',
      descriptionKo:
        '톡톡 채팅방에 항상 떠 있는 고정 메뉴입니다. JSON 목록(최대 4개)으로 적으며, 항목마다 "label"과 함께 "text"(질문할 내용), "action"("person" 또는 "reset"), "url"(tel: 가능), "menu"(하위 목록, 최대 3단계) 중 하나를 쓸 수 있습니다. 시작할 때 등록하고 설정을 지우면 메뉴도 지웁니다. NAVER_AUTHORIZATION이 필요합니다.',
    }),
  ),
  naverSync: onOff({
    default: false,
    description:
      'Answer in the webhook response, instead of through the send API, where the answer is ready within a second; later ones still go through it. Without NAVER_AUTHORIZATION the response is the only way.',
    descriptionKo:
      '1초 안에 준비된 답변을 보내기 API 대신 웹훅 응답에 담습니다. 늦은 답변은 보내기 API로 갑니다. NAVER_AUTHORIZATION이 없으면 항상 웹훅 응답으로만 답합니다.',
  }),
};

export const TEST_SETTINGS = {
  testSecret: gateSecrets({
    description: 'Opens /query/TEST and /send to other machines; unset: this machine only.',
    descriptionKo:
      '다른 컴퓨터에서 /query/TEST와 /send를 쓰기 위한 비밀값입니다. 없으면 이 컴퓨터에서만 쓸 수 있습니다.',
  }),
};
