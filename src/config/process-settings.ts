import Type from 'typebox';
import { readSealKey } from '../privacy/seal.ts';
import { gateSecret, httpUrl, onOff, proxyList, text, webhookUrl, wholeNumber } from './shapes.ts';

export const SERVER_SETTINGS = {
  port: wholeNumber({
    minimum: 0,
    maximum: 65_535,
    default: 3_000,
    description: 'TCP port to listen on; 0 takes any free port.',
    descriptionKo: '서버가 사용할 포트입니다. 0으로 두면 비어 있는 포트를 씁니다.',
  }),
  host: text({
    default: '127.0.0.1',
    description: 'Address to listen on; 0.0.0.0 for every network interface (the container image does that).',
    descriptionKo:
      '서버가 사용할 주소입니다. 0.0.0.0이면 모든 네트워크에서 접속할 수 있습니다(컨테이너 이미지의 기본값).',
  }),
  logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'How much is logged: fatal, error, warn, info, debug, trace or silent.',
    descriptionKo:
      '로그를 얼마나 자세히 남길지 정합니다. fatal, error, warn, info, debug, trace, silent 중 하나입니다.',
  }),
  dataDir: text({
    default: './data',
    description: 'Folder of the embedded database. One process owns it at a time.',
    descriptionKo: '내장 데이터베이스를 두는 폴더입니다. 한 번에 한 프로세스만 사용할 수 있습니다.',
  }),
  publicUrl: Type.Optional(
    httpUrl({
      description:
        'Address under which the platforms reach this server. Pictures with a relative address in answers are looked for under it.',
      descriptionKo:
        '카카오와 네이버가 이 서버에 접속하는 주소입니다. 답변에 들어가는 그림의 상대 주소를 이 주소로 완성합니다.',
    }),
  ),
  trustProxy: proxyList({
    default: [],
    description:
      'Reverse proxies whose X-Forwarded-For is believed: IP addresses, networks such as 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by commas. Empty: nobody is believed.',
    descriptionKo:
      'X-Forwarded-For 헤더를 신뢰할 리버스 프록시입니다. IP 주소, 10.0.0.0/8 같은 대역, loopback, linklocal, uniquelocal을 쉼표로 구분해 적습니다. 비워 두면 아무도 신뢰하지 않습니다.',
  }),
  botsFile: Type.Optional(
    text({
      description:
        'JSON file with several bots. The settings below are then the defaults of every bot in it, and fields of a bot in camelCase (KAKAO_SECRET is kakaoSecret).',
      descriptionKo:
        '여러 봇을 적은 JSON 파일입니다. 이때 아래의 봇 설정은 모든 봇의 기본값이 되고, 봇마다 camelCase 이름으로 따로 적을 수 있습니다(KAKAO_SECRET은 kakaoSecret).',
    }),
  ),
};

export const OPERATION_SETTINGS = {
  operatorKey: Type.Optional(
    gateSecret({
      description: "Key for the operator's routes; without it they are off.",
      descriptionKo: '운영자용 기능에 접근할 때 쓰는 키입니다. 없으면 운영자용 기능이 꺼집니다.',
    }),
  ),
  alertWebhookUrl: Type.Optional(
    webhookUrl({
      secret: true,
      description: 'Alerts are POSTed here as JSON, beside the log and the metrics.',
      descriptionKo: '알림을 JSON으로 보낼 주소입니다. 로그와 지표에는 이 설정이 없어도 남습니다.',
    }),
  ),
  metrics: onOff({
    default: true,
    description: 'Prometheus metrics at /metrics.',
    descriptionKo: '/metrics 경로로 Prometheus 지표를 제공합니다.',
  }),
  dataKey: Type.Optional(
    Type.Refine(
      text({
        secret: true,
        description:
          'Seals personal data that customers agreed to hand over (AES-256-GCM): 32 random bytes in base64 or hex, as from openssl rand -base64 32. Without it none is collected. With another key, what is stored cannot be opened any more and is asked for again.',
        descriptionKo:
          '고객이 동의하고 제공한 개인정보를 암호화(AES-256-GCM)하는 키입니다. openssl rand -base64 32처럼 만든 32바이트를 base64나 16진수로 적습니다. 없으면 수집하지 않습니다. 키를 바꾸면 저장된 정보는 열 수 없게 되어 다시 동의를 받습니다.',
      }),
      (value) => readSealKey(value) !== undefined,
      () => 'must be 32 bytes in base64 or hex, as from openssl rand -base64 32',
    ),
  ),
  personalDataHours: wholeNumber({
    minimum: 1,
    maximum: 8_760,
    default: 24,
    description: 'How long such data is kept, sealed, before the customer is asked again.',
    descriptionKo: '동의받은 개인정보를 암호화해 보관하는 시간입니다. 지나면 지우고, 필요할 때 다시 동의를 받습니다.',
  }),
  retentionDays: wholeNumber({
    minimum: 1,
    maximum: 3_650,
    default: 180,
    description: 'Conversations older than this are deleted.',
    descriptionKo: '이 기간(일)이 지난 대화는 삭제합니다.',
  }),
  heldAnswerMinutes: wholeNumber({
    minimum: 1,
    maximum: 10_080,
    default: 1_440,
    description: 'How long an answer that came too late is kept for the customer to pick up.',
    descriptionKo: '늦게 완성된 답변을 고객이 찾아갈 때까지 보관하는 시간(분)입니다.',
  }),
  reloadCheckSeconds: wholeNumber({
    minimum: 0,
    maximum: 3_600,
    default: 5,
    description:
      'How often to look whether BOTS_FILE, KNOWLEDGE_FILE or a file of another setting was changed; words, rules and knowledge are then used without a restart. 0: only on SIGHUP.',
    descriptionKo:
      'BOTS_FILE, KNOWLEDGE_FILE 같은 설정 파일이 바뀌었는지 살피는 간격(초)입니다. 문구, 규칙, 지식은 바뀌면 다시 시작하지 않아도 적용됩니다. 0이면 SIGHUP 신호를 받을 때만 다시 읽습니다.',
  }),
  shutdownDrainMs: wholeNumber({
    minimum: 0,
    maximum: 60_000,
    default: 1_000,
    description:
      'How long to keep serving after /readyz says "not ready" on SIGTERM, so that load balancers notice (3000 in the image).',
    descriptionKo:
      '종료 신호를 받고 /readyz가 "준비 안 됨"으로 바뀐 뒤에도 요청을 계속 받는 시간(밀리초)입니다. 로드 밸런서가 알아차릴 시간을 줍니다(컨테이너 이미지에서는 3000).',
  }),
  shutdownLimitMs: wholeNumber({
    minimum: 0,
    maximum: 300_000,
    default: 10_000,
    description: 'How long running answers may take to finish after that; what is left resumes at the next start.',
    descriptionKo:
      '그 뒤 진행 중인 답변이 끝나기를 기다리는 시간(밀리초)입니다. 남은 답변은 다음에 시작할 때 이어집니다.',
  }),
};

export const LIMIT_SETTINGS = {
  maxBodyBytes: wholeNumber({
    minimum: 65_536,
    maximum: 104_857_600,
    default: 1_048_576,
    description: 'Largest request body.',
    descriptionKo: '요청 본문의 최대 크기(바이트)입니다.',
  }),
  rateLimitPerConversation: wholeNumber({
    minimum: 0,
    maximum: 100_000,
    default: 30,
    description: 'Messages a minute that one conversation may send; 0 for no limit.',
    descriptionKo: '대화 하나가 1분 동안 보낼 수 있는 메시지 수입니다. 0이면 제한하지 않습니다.',
  }),
  rateLimitPerAddress: wholeNumber({
    minimum: 0,
    maximum: 1_000_000,
    default: 300,
    description: 'Requests a minute that one address may make to TEST, WEB and /send; 0 for no limit.',
    descriptionKo: '주소 하나가 1분 동안 TEST, WEB, /send에 보낼 수 있는 요청 수입니다. 0이면 제한하지 않습니다.',
  }),
  maxConcurrentTurns: wholeNumber({
    minimum: 1,
    maximum: 10_000,
    default: 200,
    description: 'Questions that may be with a model at the same time; the others wait.',
    descriptionKo: '모델이 동시에 답변할 수 있는 질문 수입니다. 나머지는 차례를 기다립니다.',
  }),
  maxOpenTurns: wholeNumber({
    minimum: 1,
    maximum: 1_000_000,
    default: 5_000,
    description:
      'Unanswered questions above which new ones are turned away kindly. Those whose answers are sent afterwards (TalkTalk) are counted apart, up to four times as many.',
    descriptionKo:
      '답변을 기다리는 질문이 이 수를 넘으면 새 질문을 정중히 사양합니다. 답변을 나중에 따로 보내는 질문(톡톡)은 별도로 세며, 이 수의 네 배까지 받습니다.',
  }),
};
