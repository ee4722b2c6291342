import Type from 'typebox';
import { onOff, providerKey, text, webhookUrl, wholeNumber } from './shapes.ts';

/** CLOVA Chatbot: dialogues that an operator has built at NAVER Cloud. */
export const CLOVA_CHATBOT_SETTINGS = {
  clovaChatbotUrl: Type.Optional(
    webhookUrl({
      secret: true,
      description:
        'Invoke URL of a CLOVA Chatbot domain, for ENGINE=clova-chatbot: in the builder under 챗봇 설정 → 메신저 연동 → Custom.',
      descriptionKo:
        'CLOVA Chatbot 도메인의 Invoke URL입니다. ENGINE=clova-chatbot일 때 사용합니다. 챗봇 빌더의 챗봇 설정 → 메신저 연동 → Custom에 있습니다.',
    }),
  ),
  clovaChatbotSecret: Type.Optional(
    providerKey({
      description: 'Secret Key of the same page, as it is: it looks like base64 and must not be decoded.',
      descriptionKo: '같은 화면의 Secret Key입니다. base64처럼 보여도 풀지 말고 그대로 적습니다.',
    }),
  ),
  clovaChatbotTimeoutMs: wholeNumber({
    minimum: 100,
    maximum: 600_000,
    default: 3_000,
    description:
      'Longest wait for an answer of the chatbot. With 3 s the next engine still answers within the 5 s of KakaoTalk; raise it if action methods of the chatbot take longer.',
    descriptionKo:
      '챗봇의 답변을 기다리는 최대 시간(밀리초)입니다. 3초면 다음 엔진이 카카오톡의 5초 안에 대신 답할 수 있습니다. 챗봇의 액션 메소드가 오래 걸리면 늘려 주세요.',
  }),
  clovaChatbotWelcome: onOff({
    default: true,
    description:
      'Greets with the welcome message of the domain, when clova-chatbot is the first engine; off, or without such a message: GREETING.',
    descriptionKo:
      'clova-chatbot이 첫 번째 엔진이면 도메인의 웰컴 메시지로 인사합니다. 끄거나 웰컴 메시지가 없으면 GREETING으로 인사합니다.',
  }),
  clovaChatbotMenuWords: Type.Array(Type.String(), {
    default: ['전체 메뉴'],
    description:
      'Messages that show the persistent menu of the domain as a card, where it has one. Spaces do not count; separated by commas.',
    descriptionKo:
      '고객이 이 말을 보내면 도메인의 고정 메뉴를 카드로 보여 드립니다(고정 메뉴가 있을 때). 띄어쓰기는 구분하지 않으며, 쉼표로 구분해 적습니다.',
  }),
  clovaChatbotFallback: Type.Enum(['guess', 'texts', 'never'], {
    default: 'guess',
    description:
      'When the next engine answers in place of a failure message: guess (by the metadata of the answer and by CLOVA_CHATBOT_FAILURE_TEXTS), texts (by those alone), never.',
    descriptionKo:
      '챗봇의 실패 메시지 대신 다음 엔진이 답하게 하는 기준입니다. guess는 답변의 부가 정보와 CLOVA_CHATBOT_FAILURE_TEXTS로 판단하고, texts는 그 문구로만 판단하며, never는 항상 챗봇의 답을 그대로 보냅니다.',
  }),
  clovaChatbotFailureTexts: Type.Array(Type.String(), {
    json: true,
    default: [],
    description:
      'Failure messages of the domain (공통 메시지 → 실패 메시지), as a JSON list such as ["죄송합니다, 잘 모르겠어요."].',
    descriptionKo:
      '도메인의 실패 메시지(공통 메시지 → 실패 메시지)입니다. ["죄송합니다, 잘 모르겠어요."]처럼 JSON 목록으로 적습니다.',
  }),
  clovaChatbotMaxChars: wholeNumber({
    minimum: 1,
    maximum: 10_000,
    default: 1_000,
    description: 'Questions are cut to this many characters; the service publishes no limit.',
    descriptionKo:
      '챗봇에 보내는 질문의 최대 글자 수입니다. 서비스가 한도를 공개하지 않아 넉넉한 값을 기본으로 합니다.',
  }),
  clovaChatbotContentType: Type.Refine(
    text({
      default: 'application/json; charset=utf-8',
      description: 'Content-Type of the requests; the documents write application/json;UTF-8.',
      descriptionKo: '요청의 Content-Type입니다. 문서에는 application/json;UTF-8로 적혀 있습니다.',
    }),
    (value) => /^application\/json(?:; ?[\w=-]+)?$/i.test(value),
    () => 'must be application/json, with or without a character set',
  ),
};
