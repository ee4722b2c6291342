import { InvalidArgumentError } from 'commander';
import type { FaultTiming } from './fault-schedule.ts';

/** What was typed behind `--fault`, not yet understood by its simulator. */
export interface FaultSwitch {
  readonly kind: string;
  readonly value: string | undefined;
  readonly timing: FaultTiming;
}

/** A fault of one simulator and when it strikes. */
export interface TimedFault<Fault> {
  readonly fault: Fault;
  readonly timing: FaultTiming;
}

export const FAULT_TIMING_HELP = `실패의 횟수와 주기 (종류 뒤에 붙입니다. 여러 번 적을 수 있고, 먼저 적은 것부터 일어납니다)
  종류            다음 요청 한 번
  종류:3          다음 요청 세 번
  종류@4          네 번째 요청마다
  종류:2@4        네 번째 요청마다, 모두 두 번
  종류%10         요청의 10%. 어느 요청인지는 --seed가 정합니다`;

const FAULT_SWITCH =
  /^(?<kind>[\w/-]+?)(?:=(?<value>.*?))?(?::(?<times>\d+))?(?:@(?<every>\d+)|%(?<percent>\d+(?:\.\d+)?))?$/;

/** `kind[=value][:times][@every|%percent]`. @throws InvalidArgumentError */
function readFaultSwitch(text: string): FaultSwitch {
  const { kind = '', value, times, every, percent } = FAULT_SWITCH.exec(text)?.groups ?? {};
  if (kind === '') throw new InvalidArgumentError('종류[=값][:횟수][@주기 또는 %비율] 모양으로 적어 주세요.');
  const timing = {
    ...(times !== undefined && { times: Number(times) }),
    ...(every !== undefined && { every: Number(every) }),
    ...(percent !== undefined && { percent: Number(percent) }),
  };
  if (Object.values(timing).includes(0)) throw new InvalidArgumentError('횟수, 주기, 비율은 0보다 커야 합니다.');
  if (percent !== undefined && Number(percent) > 100) throw new InvalidArgumentError('비율은 100까지입니다.');
  return { kind, value, timing };
}

/** For switches that may be repeated: adds to `faults`, so that several of them keep the order in which they were typed. */
export function collectInto<Fault>(
  faults: TimedFault<Fault>[],
  read: (typed: FaultSwitch) => Fault,
): (text: string) => void {
  return (text) => {
    const typed = readFaultSwitch(text);
    faults.push({ fault: read(typed), timing: typed.timing });
  };
}
