/** Every sentence that the core itself says to a customer. */

import {
  type AskedProduct,
  type Choice,
  type MessageReceived,
  type ProfileField,
  type Reply,
  type TapAction,
  textReply,
} from '../message.ts';
import type { PhotoProblem } from './answering/photos.ts';

function withContact(text: string, contact: string): string {
  return contact === '' ? text : `${text}\n\n${contact}`;
}

export function apologyReply(contact: string): Reply {
  return textReply(
    withContact(
      '죄송합니다. 지금은 답변을 드리기 어려워요. 잠시 후 다시 질문해 주시거나 고객센터로 문의해 주세요.',
      contact,
    ),
  );
}

/** The provider's policy, or its filter, withheld what the model had to say. */
export function refusalReply(contact: string): Reply {
  return textReply(
    withContact(
      '죄송합니다. 이 내용에는 답변을 드리기 어려워요. 다른 말로 질문해 주시거나 고객센터로 문의해 주세요.',
      contact,
    ),
  );
}

export function lateReply(contact: string): Reply {
  return textReply(
    withContact(
      '죄송합니다. 시스템 문제로 질문에 제때 답변드리지 못했어요. 번거로우시겠지만 다시 질문해 주세요.',
      contact,
    ),
  );
}

export function resetReply(): Reply {
  return textReply('대화를 처음부터 다시 시작할게요. 무엇을 도와드릴까요?');
}

export function cancelledReply(): Reply {
  return textReply('대화를 새로 시작하셔서 이 질문에는 답변드리지 않았어요.');
}

/** With the platform's own way to a human, where it has one; the contact stays, because nobody may be there. */
export function personReply(contact: string): Reply {
  const text =
    contact === ''
      ? '상담원과의 연결을 원하시는군요. 이 채팅방에 남겨 주시면 담당자가 확인하는 대로 답변드릴게요.'
      : `상담원과의 연결을 원하시는군요. 아래 연락처로 문의해 주시면 바로 도와드릴게요.\n\n${contact}`;
  return textReply(text, [{ type: 'person', label: '상담원 연결하기' }]);
}

/** Instead of an agent, while nobody is at work. `hours` may be empty: agents are never away then. */
export function awayReply(awayText: string, hours: string, contact: string): Reply {
  return textReply(withContact(hours === '' ? awayText : `${awayText}\n\n상담 시간: ${hours}`, contact));
}

/** An agent is being called. */
export function handoverReply(waitingText: string): Reply {
  return textReply(waitingText);
}

/** The platform did not take the call for an agent that was announced. */
export function passRefusedReply(contact: string): Reply {
  return textReply(
    withContact(
      '죄송합니다. 지금은 상담원에게 연결하지 못했어요. 궁금하신 내용을 남겨 주시면 제가 먼저 도와드릴게요.',
      contact,
    ),
  );
}

/** Instead of a second call for an agent, behind a wait in which nobody came. `hours` may be empty. */
export function nobodyCameReply(hours: string, contact: string): Reply {
  const text =
    '기다리게 해 드려 죄송합니다. 아직 상담원과 연결되지 못했어요. 궁금하신 내용을 남겨 주시면 그동안 제가 도와드릴게요.';
  return textReply(withContact(hours === '' ? text : `${text}\n\n상담 시간: ${hours}`, contact));
}

/** Before an answer to what a customer wrote while waiting for an agent who did not come. */
export function agentsLateNotice(): string {
  return '상담원 연결이 늦어지고 있어 제가 먼저 답변드릴게요.';
}

/** @param tapped the button that was tapped too early. One that reads on keeps its name: nobody looks for it under another */
export function waitingReply(waitingText: string, turnId: string, tapped?: TapAction): Reply {
  const again = tapped?.kind === 'continue' ? continueChoice(tapped.turnId, tapped.position) : pickupChoice(turnId);
  return textReply(waitingText, [again]);
}

const PICKUP_LABEL = '답변 보기';
const CONTINUE_LABEL = '이어서 보기';

/** The label of a button that brings more of an answer, which was typed instead of tapped; `undefined` for other words. */
export function typedWayLabel(text: string): string | undefined {
  const bare = (words: string) => words.replace(/[\s.!~]/g, '');
  return [PICKUP_LABEL, CONTINUE_LABEL].find((label) => bare(label) === bare(text));
}

export function pickupChoice(turnId: string): Choice {
  return { type: 'message', label: PICKUP_LABEL, action: { kind: 'pickup', turnId } };
}

export function againChoice(turnId: string, position: number): Choice {
  const action: TapAction = position === 0 ? { kind: 'again', turnId } : { kind: 'continue', turnId, position };
  return { type: 'message', label: '답변 다시 보기', action };
}

export function continueChoice(turnId: string, position: number): Choice {
  return { type: 'message', label: CONTINUE_LABEL, action: { kind: 'continue', turnId, position } };
}

/** Behind an answer that the model had no room to finish. */
export function cutNotice(): string {
  return '답변이 길어 여기까지만 안내해 드렸어요. 이어서 들으시려면 ‘이어서 알려 주세요’라고 말씀해 주세요.';
}

/** Of an answer that failed behind what was shown of it: an apology for having none would be wrong.
 *  @param shown Markdown; it is the first part, the notice the second one */
export function cutShortReply(shown: string): Reply {
  return {
    parts: [
      { type: 'text', text: shown, format: 'markdown' },
      { type: 'text', text: cutNotice(), format: 'plain' },
    ],
    quickReplies: [goOnChoice()],
  };
}

/** The model goes on from what the conversation remembers. */
export function goOnChoice(): Choice {
  return { type: 'message', label: '이어서 알려 주세요' };
}

export function answerGoneReply(): Reply {
  return textReply('요청하신 답변을 찾지 못했어요. 번거로우시겠지만 다시 질문해 주세요.');
}

export function unsupportedInputReply(input: MessageReceived['input']): Reply {
  switch (input) {
    case 'image':
      return photoProblemReply('cannot-see', '');
    case 'video':
      return textReply(
        '동영상을 보내 주셨네요. 동영상은 확인할 수 없어요. 궁금하신 내용을 글로 적어 주시면 바로 답변드릴게요.',
      );
    case 'sticker':
      return textReply('스티커 감사합니다! 궁금하신 점이 있으면 글로 적어 주세요.');
    default:
      return textReply('보내 주신 내용을 확인할 수 없어요. 궁금하신 내용을 글로 적어 주시면 바로 답변드릴게요.');
  }
}

/** To a product that was shown without a question. */
export function productReply(product: AskedProduct | undefined): Reply {
  return textReply(
    product?.name === undefined
      ? '상품을 보고 문의해 주셨네요. 어떤 점이 궁금하신가요? 상품 이름과 함께 적어 주시면 바로 안내해 드릴게요.'
      : `‘${product.name}’ 상품을 보고 계시네요. 어떤 점이 궁금하신가요?`,
  );
}

const FIELD_NAMES: Readonly<Record<ProfileField, string>> = {
  nickname: '이름(별명)을',
  phone: '휴대전화 번호를',
  address: '주소를',
};

/** @param isFurther something else was handed over just now */
export function consentNeededReply(field: ProfileField, isFurther: boolean): Reply {
  return textReply(
    isFurther
      ? `감사합니다. 이어서 ${FIELD_NAMES[field]} 확인할게요. 동의 창에서 선택해 주세요.`
      : `고객님의 주문을 찾으려면 ${FIELD_NAMES[field]} 확인해야 해요. 곧 나타나는 동의 창에서 동의해 주시면 바로 조회해 드릴게요.`,
  );
}

export function consentDeclinedReply(contact: string): Reply {
  return textReply(
    withContact(
      '동의하지 않으셔서 주문을 조회하지 않았어요. 다른 궁금한 점은 그대로 물어보셔도 되고, 주문은 고객센터에서도 확인하실 수 있어요.',
      contact,
    ),
  );
}

/** The store was not there when the data came. */
export function consentLostReply(): Reply {
  return textReply('죄송합니다. 동의해 주신 정보를 제때 확인하지 못했어요. 번거로우시겠지만 한 번 더 요청해 주세요.');
}

/** Korean law wants a guardian's consent first. */
export function tooYoungReply(contact: string): Reply {
  return textReply(
    withContact(
      '만 14세 미만 고객님의 개인정보는 보호자의 동의 없이 확인할 수 없어 여기서는 주문을 조회해 드릴 수 없어요. 보호자분과 함께 고객센터로 문의해 주세요.',
      contact,
    ),
  );
}

/** @param found what the operator's systems say, masked; empty for nothing */
export function lookUpReply(found: string, contact: string): Reply {
  return textReply(found === '' ? withContact('확인되는 주문이 없어요. 고객센터로 문의해 주세요.', contact) : found);
}

export function lookUpFailedReply(contact: string): Reply {
  return textReply(
    withContact(
      '죄송합니다. 지금은 주문을 조회할 수 없어요. 잠시 후 다시 요청해 주시거나 고객센터로 문의해 주세요.',
      contact,
    ),
  );
}

/** What happened, and what the customer can do about the photo. */
const PHOTO_PROBLEMS: Readonly<Record<PhotoProblem, string>> = {
  'cannot-see': '사진을 보내 주셨네요. 아직 사진은 확인할 수 없어요.',
  'not-allowed': '보내 주신 사진을 불러올 수 없었어요.',
  expired: '보내 주신 사진의 보관 시간이 지나 확인하지 못했어요. 사진을 한 번 더 보내 주세요.',
  'too-large': '보내 주신 사진이 너무 커서 확인하지 못했어요. 화질을 낮추거나 화면을 캡처해서 다시 보내 주세요.',
  'too-long': '보내 주신 사진이 너무 길어서 확인하지 못했어요. 필요한 부분만 잘라서 다시 보내 주세요.',
  'wrong-kind': '보내 주신 파일을 사진으로 열 수 없었어요. JPG나 PNG 사진으로 다시 보내 주세요.',
  unreachable: '보내 주신 사진을 불러오지 못했어요. 잠시 후 다시 보내 주세요.',
  'too-slow': '보내 주신 사진을 불러오지 못했어요. 잠시 후 다시 보내 주세요.',
  lost: '보내 주신 사진을 불러오지 못했어요. 번거로우시겠지만 한 번 더 보내 주세요.',
  'no-answer': '보내 주신 사진을 확인하는 중에 문제가 생겼어요. 잠시 후 다시 보내 주세요.',
};

/** Instead of an answer to a photo without words. */
export function photoProblemReply(problem: PhotoProblem, contact: string): Reply {
  const text = `${PHOTO_PROBLEMS[problem]} 궁금하신 내용을 글로 적어 주시면 바로 답변드릴게요.`;
  return textReply(problem === 'no-answer' ? withContact(text, contact) : text);
}

/** Before an answer to the words that came with a photo. */
export function photoNotice(problem: PhotoProblem): string {
  return `${PHOTO_PROBLEMS[problem]} 우선 글로 적어 주신 내용에 답변드릴게요.`;
}

/** Before an answer that rests on some of the photos. */
export function somePhotosNotice(seen: number, sent: number): string {
  return `보내 주신 사진 ${sent}장 가운데 ${seen}장만 확인했어요.`;
}

/** What the model hears with a photo that came without words. */
export function photoQuestion(lastWords: string | undefined): string {
  return lastWords === undefined
    ? '사진을 보냈어요. 사진을 보고 도와주세요.'
    : `사진을 보냈어요. 앞에서 드린 말씀(“${lastWords}”)과 함께 봐 주세요.`;
}

/** The admin centre's own test request: whoever presses the button should see that it works. */
export function connectionTestReply(botName: string): Reply {
  return textReply(`연결 성공! ${botName} 서버가 요청을 잘 받았습니다. 이제 실제 채팅방에서 질문해 보세요.`);
}

const QUOTED_CHARACTERS = 40;

function shortened(question: string): string {
  const oneLine = question.replace(/\s+/g, ' ').trim();
  const characters = [...oneLine];
  if (characters.length <= QUOTED_CHARACTERS) return oneLine;
  return `${characters.slice(0, QUOTED_CHARACTERS - 1).join('')}…`;
}

/** Put before an answer that overtakes a slower one, so that nobody mistakes what it answers. */
export function quoteQuestion(question: string): string {
  return `“${shortened(question)}” 질문에 먼저 답변드릴게요.`;
}

/** Put before an answer that comes with another tap or message than its own. */
export function quoteHeldQuestion(question: string): string {
  return question.trim() === '' ? '앞서 보내 주신 내용의 답변이에요.' : `“${shortened(question)}” 질문의 답변이에요.`;
}
