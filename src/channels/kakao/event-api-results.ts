/** What Kakao's Event API says, and what the operator can do about it. Few of its texts are published: the group chatbot guide (1.11.1)
 *  names the one of the skill's HTTP error, the callback guide those that both APIs share. */
import type { EventFailure, EventReceipt, EventRecipient, EventTask, TaskLookUp } from '../event-sender.ts';
import { findJsonObject, isJsonObject, type JsonObject, objectOrEmpty } from '../json-body.ts';
import type { PostResult } from '../post-json.ts';

const MAX_MESSAGE_CHARS = 200;

type Refusal = Pick<EventReceipt, 'code' | 'retryable' | 'advice'>;

const KEY_REFUSED: Refusal = {
  code: 'KEY_REFUSED',
  retryable: false,
  advice:
    'KAKAO_REST_API_KEY를 카카오가 받아들이지 않았습니다. 채널과 연결된 카카오 디벨로퍼스 앱의 REST API 키인지, 비즈 앱 전환과 월렛 연결이 되어 있는지 확인해 주세요. 개인의 그룹 챗봇에 발급된 키라면 KAKAO_KEY_KIND를 group-bot으로 두고 그룹 채팅방에만 보내 주세요.',
};

const BOT_REFUSED: Refusal = {
  code: 'BOT_REFUSED',
  retryable: false,
  advice: 'KAKAO_EVENT_BOT_ID에 해당하는 봇을 찾을 수 없습니다. 개발 채널로 보낼 때는 끝에 !를 붙여 주세요.',
};

const EVENT_REFUSED: Refusal = {
  code: 'EVENT_REFUSED',
  retryable: false,
  advice: '이벤트 이름을 확인해 주세요. 챗봇 관리자센터에서 이벤트가 설정된 블록이 배포되어 있어야 합니다.',
};

const REQUEST_REFUSED: Refusal = {
  code: 'REQUEST_REFUSED',
  retryable: false,
  advice:
    '카카오가 요청을 거절했습니다. 이벤트 이름과 수신자 키의 종류(botUserKey, plusfriendUserKey, appUserId, botGroupKey)를 확인해 주세요.',
};

const RATE_LIMITED: Refusal = {
  code: 'RATE_LIMITED',
  retryable: true,
  advice: '짧은 시간에 너무 많이 보냈습니다. 잠시 뒤 같은 Idempotency-Key로 다시 요청해 주세요.',
};

/** Not tried again: whether it happened before or after the messages were taken is documented nowhere, and each is billed. */
const KAKAO_FAILED: Refusal = {
  code: 'KAKAO_INTERNAL_SERVER_ERROR',
  retryable: false,
  advice:
    '카카오 서버의 오류입니다. 고객에게 전달되었는지 확인한 뒤 다시 보내 주세요. 계속되면 카카오 챗봇 고객센터에 문의해 주세요.',
};

const NOT_CONNECTED: Refusal = {
  code: 'NOT_CONNECTED',
  retryable: true,
  advice: '카카오 서버에 연결하지 못했습니다. 이 서버에서 인터넷으로 나가는 연결(방화벽, 프록시, DNS)을 확인해 주세요.',
};

const FATE_UNKNOWN_ADVICE =
  '전달되었는지 알 수 없습니다. 요금과 중복 전송을 막기 위해 자동으로 다시 보내지 않습니다. 고객에게 전달되었는지 확인한 뒤 새로 요청해 주세요.';

/** Matched by their beginning, because capitals and endings vary. */
const KNOWN_MESSAGES: readonly (readonly [startsWith: string, refusal: Refusal])[] = [
  ['invalid bot id', BOT_REFUSED],
  ['invalid event', EVENT_REFUSED],
  ['internal server error', KAKAO_FAILED],
];

/** Kakao judges in the body. Without a verdict there, only a 4xx says for sure that nothing was accepted. */
export function readSendResult(result: PostResult, retryAfterMs: number | undefined): EventReceipt {
  if (result.kind === 'not-written') return { outcome: 'refused', ...NOT_CONNECTED };
  if (result.kind === 'cut') return unknown('CUT');
  const body = findJsonObject(result.text);
  const ok = result.status >= 200 && result.status < 300;
  const told = messageOf(body);
  const task = taskIdOf(body);
  const status = typeof body?.status === 'string' ? body.status.toUpperCase() : undefined;
  if (status === 'SUCCESS') {
    return ok ? { outcome: 'accepted', code: 'SUCCESS', retryable: false, ...task } : unknown(`HTTP_${result.status}`);
  }
  const byStatus = refusalOfHttpStatus(result.status);
  if (byStatus === RATE_LIMITED) {
    return { outcome: 'refused', ...RATE_LIMITED, ...told, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (status === undefined && byStatus === undefined) return { ...unknown(`HTTP_${result.status}`), ...told };
  const text = told.message?.trim().toLowerCase() ?? '';
  const known = KNOWN_MESSAGES.find(([startsWith]) => text.startsWith(startsWith))?.[1];
  return { outcome: 'refused', ...(known ?? byStatus ?? REQUEST_REFUSED), ...told, ...task };
}

function unknown(code: string): EventReceipt {
  return { outcome: 'unknown', code, retryable: false, advice: FATE_UNKNOWN_ADVICE };
}

function refusalOfHttpStatus(status: number): Refusal | undefined {
  if (status === 401 || status === 403) return KEY_REFUSED;
  if (status === 404) return BOT_REFUSED;
  if (status === 429) return RATE_LIMITED;
  return status >= 300 && status < 500 ? REQUEST_REFUSED : undefined;
}

/** Kakao's bot API says `message`, its gateway for keys `msg`. */
function messageOf(body: JsonObject | undefined): { readonly message?: string } {
  const message = body?.message ?? body?.msg;
  return typeof message === 'string' && message !== '' ? { message: message.slice(0, MAX_MESSAGE_CHARS) } : {};
}

function taskIdOf(body: JsonObject | undefined): { readonly taskId?: string } {
  const taskId = body?.taskId;
  return typeof taskId === 'string' || typeof taskId === 'number' ? { taskId: String(taskId) } : {};
}

/** @param status HTTP status of the look-up; 0 when there was no answer */
export function readTaskResult(taskId: string, status: number, text: string): TaskLookUp {
  const body = findJsonObject(text);
  const ok = status >= 200 && status < 300;
  if (ok && body !== undefined && typeof body.allRequestCount === 'number') {
    return { outcome: 'found', task: toTask(taskId, body, body.allRequestCount) };
  }
  if (status === 404 || status === 400) {
    const advice =
      '이 taskId의 전송을 찾을 수 없습니다. 값을 확인해 주세요. 오래된 결과는 카카오에서 지워졌을 수 있습니다.';
    return { outcome: 'not-found', code: `HTTP_${status}`, advice };
  }
  if (status === 401 || status === 403) {
    return { outcome: 'failed', code: KEY_REFUSED.code, advice: KEY_REFUSED.advice ?? '' };
  }
  if (ok && typeof body?.status === 'string' && /^(?:fail|error)$/i.test(body.status)) {
    const advice = '카카오가 결과를 알려 주지 않았습니다. taskId를 확인하고 잠시 뒤 다시 조회해 주세요.';
    return { outcome: 'not-found', code: body.status.toUpperCase(), advice };
  }
  const advice = '지금은 결과를 조회할 수 없습니다. 잠시 뒤 다시 조회해 주세요.';
  return { outcome: 'failed', code: status === 0 ? 'NOT_REACHED' : `HTTP_${status}`, advice };
}

function toTask(taskId: string, body: JsonObject, recipients: number): EventTask {
  const fail = objectOrEmpty(body.fail);
  const delivered = countOf(body.successCount);
  const unresolved = countOf(body.userKeyResolvingFailCount);
  const failed = countOf(fail.count);
  const list = Array.isArray(fail.list) ? fail.list.filter(isJsonObject) : [];
  // While messages are on their way the numbers do not add up; people whose key was not resolved are in `fail` or beside it.
  const isFinal = delivered + failed + unresolved >= recipients;
  return { taskId, recipients, delivered, unresolved, failed, isFinal, failures: list.map(toFailure) };
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
}

function toFailure(entry: JsonObject): EventFailure {
  const error = objectOrEmpty(entry.errorMsg);
  const code = String(error.errorType ?? 'UNRECOGNISED').slice(0, 40);
  const message = typeof error.msg === 'string' ? error.msg.slice(0, MAX_MESSAGE_CHARS) : '';
  const recipient: EventRecipient = { type: String(entry.reqUserType ?? ''), id: String(entry.userId ?? '') };
  return { recipient, code, message, advice: adviceForFailure(code) };
}

/** Source of 201: group chatbot guide 1.11.1, "Bot skill server responded with an HTTP error." */
function adviceForFailure(code: string): string {
  return code === '201'
    ? '이벤트 블록의 스킬 서버가 HTTP 오류로 응답했습니다. 블록에 연결한 스킬의 주소와 비밀값을 확인하고, 5초 안에 200으로 응답하는지 확인해 주세요.'
    : '고객에게 전달하지 못했습니다. 고객이 채널을 추가하고 차단하지 않았는지 확인해 주세요.';
}
