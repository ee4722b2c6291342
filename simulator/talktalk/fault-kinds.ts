import { InvalidArgumentError } from 'commander';
import type { FaultSwitch } from '../fault-switch.ts';
import { countingNumber, httpStatus } from '../switch-values.ts';
import type { RateBlock, SendFault } from './send-api.ts';

export const TALKTALK_FAULT_KINDS_HELP = `보내기 API가 실패하는 종류 (--fault)
  result=코드[,메시지]  HTTP 200과 이 결과 코드로 거절합니다 (예: result=99)
  http[=상태]           점검 중처럼 이 HTTP 상태로 거절합니다 (기본 503)
  delay=밀리초          그만큼 늦게 받습니다
  cut                   읽기만 하고 받지 않은 채 연결을 끊습니다
  cut-accepted          받고 나서 아무 말 없이 연결을 끊습니다
  메시지(send)에서 일어납니다. 다른 요청이면 앞에 이름을 붙입니다: action/delay=500, imageUpload/result=IMG-99
  이름: send, product, action, handover, persistentMenu, profile, imageUpload`;

const REQUEST_NAMES = ['send', 'product', 'action', 'handover', 'persistentMenu', 'profile', 'imageUpload'];

/** `[request/]kind`. @throws InvalidArgumentError */
export function readSendFault({ kind: typed, value }: FaultSwitch): SendFault {
  const [kind = '', of = 'send', ...rest] = typed.split('/').reverse();
  if (!REQUEST_NAMES.includes(of) || rest.length > 0) throw new InvalidArgumentError(`없는 요청입니다: ${typed}`);
  switch (kind) {
    case 'result': {
      const [resultCode = '', ...message] = (value ?? '').split(',');
      if (resultCode === '') throw new InvalidArgumentError('결과 코드를 적어 주세요. 예: result=99');
      return { of, kind, resultCode, ...(message.length > 0 && { resultMessage: message.join(',') }) };
    }
    case 'http':
      return { of, kind: 'result', resultCode: '99', httpStatus: httpStatus(value ?? '503') };
    case 'delay':
      return { of, kind, delayMs: countingNumber(value ?? '') };
    case 'cut':
    case 'cut-accepted':
      if (value !== undefined) throw new InvalidArgumentError(`${kind}에는 값이 없습니다.`);
      return { of, kind: 'cut', accepted: kind === 'cut-accepted' };
    default:
      throw new InvalidArgumentError(`없는 종류입니다: ${kind}`);
  }
}

/** `requests[/windowMs[/blockedForMs]]`. @throws InvalidArgumentError */
export function readRateBlock(text: string): RateBlock {
  const [requests = 30, windowMs = 3_000, blockedForMs = windowMs, ...rest] = text.split('/').map(countingNumber);
  if (rest.length > 0) throw new InvalidArgumentError('횟수[/기간[/차단]] 모양으로 적어 주세요. 예: 30/3000/3000');
  return { requests, windowMs, blockedForMs };
}
