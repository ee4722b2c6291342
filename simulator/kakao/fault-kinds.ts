import { InvalidArgumentError } from 'commander';
import type { FaultSwitch } from '../fault-switch.ts';
import { countingNumber, httpStatus } from '../switch-values.ts';
import type { CallbackFault } from './callback-desk.ts';

export const KAKAO_FAULT_KINDS_HELP = `콜백이 실패하는 종류 (--fault)
  refuse[=메시지]  FAIL로 거절합니다. 콜백 URL은 그대로 쓸 수 있습니다
  error[=메시지]   ERROR로 거절합니다
  http[=상태]      이 HTTP 상태로 거절합니다 (기본 500)
  delay=밀리초     그만큼 늦게 받습니다
  cut              받지 않고 연결을 끊습니다
  cut-accepted     받고 나서 아무 말 없이 연결을 끊습니다`;

const REFUSAL = 'Internal server error occured. Please contact technical support.';

/** @throws InvalidArgumentError */
export function readCallbackFault({ kind, value }: FaultSwitch): CallbackFault {
  switch (kind) {
    case 'refuse':
      return { kind: 'refuse', message: value ?? REFUSAL };
    case 'error':
      return { kind: 'refuse', status: 'ERROR', message: value ?? REFUSAL };
    case 'http':
      return { kind: 'refuse', message: REFUSAL, httpStatus: httpStatus(value ?? '500') };
    case 'delay':
      return { kind: 'delay', delayMs: countingNumber(value ?? '') };
    case 'cut':
    case 'cut-accepted':
      if (value !== undefined) throw new InvalidArgumentError(`${kind}에는 값이 없습니다.`);
      return { kind: 'cut', accepted: kind === 'cut-accepted' };
    default:
      throw new InvalidArgumentError(`없는 종류입니다: ${kind}`);
  }
}
