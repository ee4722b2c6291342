import { InvalidArgumentError } from 'commander';
import type { FaultSwitch } from '../fault-switch.ts';
import { countingNumber, httpStatus, wholeNumber } from '../switch-values.ts';
import type { ScriptedFault } from './faults.ts';

export const CLOVA_FAULT_KINDS_HELP = `실패의 종류 (--fault)
  cut[=토큰]             연결을 끊습니다. 값이 없으면 헤더 전에, 0이면 첫 토큰 전에, 3이면 토큰 3개 뒤에
  hang[=토큰]            연결은 둔 채 아무 말도 하지 않습니다. 값은 cut과 같습니다
  error-frame[=코드[,토큰]]
                         HTTP 200으로 시작해 토큰 몇 개 뒤에 error 프레임을 보냅니다 (기본 50000,0)
  no-result              result 프레임 없이 스트림을 끝냅니다
  malformed-frame        첫 토큰 뒤에 JSON이 아닌 프레임을 넣습니다
  html-page[=상태]       앞단 서버의 HTML 페이지를 보냅니다 (기본 502)
  empty-body[=상태]      빈 본문을 보냅니다 (기본 503)
  refusal-in-200[=코드]  HTTP 200인데 본문의 코드는 오류입니다 (기본 42901)
  rate-limit[=초]        429와 함께 다시 물어볼 때까지 남은 시간을 헤더로 알립니다 (기본 6)
  토큰 수가 있는 cut·hang, error-frame, no-result, malformed-frame은 스트림으로 물어본 요청에서만 일어납니다.`;

/** @throws InvalidArgumentError */
export function readClovaFault({ kind, value }: FaultSwitch): ScriptedFault {
  switch (kind) {
    case 'cut':
    case 'hang':
      return { kind, afterTokens: value === undefined ? 'before-headers' : wholeNumber(value) };
    case 'error-frame': {
      const [code = '', tokens = '0'] = (value ?? '50000').split(',');
      return { kind, code: apiCode(code), afterTokens: wholeNumber(tokens) };
    }
    case 'no-result':
    case 'malformed-frame':
      if (value !== undefined) throw new InvalidArgumentError(`${kind}에는 값이 없습니다.`);
      return { kind };
    case 'html-page':
      return { kind, httpStatus: httpStatus(value ?? '502') };
    case 'empty-body':
      return { kind, httpStatus: httpStatus(value ?? '503') };
    case 'refusal-in-200':
      return { kind, code: apiCode(value ?? '42901') };
    case 'rate-limit': {
      const reset = `${countingNumber(value ?? '6')}s`;
      return { httpStatus: 429, code: '42901', headers: { 'x-ratelimit-reset-requests': reset } };
    }
    default:
      throw new InvalidArgumentError(`없는 종류입니다: ${kind}`);
  }
}

/** `503/50300`; a status alone gets the plain code of that status. @throws InvalidArgumentError */
export function readClovaRefusal({ kind, value }: FaultSwitch): ScriptedFault {
  const [status = '', code = `${status}00`, ...rest] = kind.split('/');
  if (value !== undefined || rest.length > 0) throw new InvalidArgumentError('상태/코드 모양으로 적어 주세요.');
  return { httpStatus: httpStatus(status), code: apiCode(code) };
}

function apiCode(text: string): string {
  if (!/^\d{5}$/.test(text)) throw new InvalidArgumentError('코드는 숫자 다섯 자리입니다. 예: 42901');
  return text;
}
