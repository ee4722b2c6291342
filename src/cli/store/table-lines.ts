/** Tables as people see them. */
import { DUMP_TABLES } from '../../storage/dump/tables.ts';

const LABELS: Readonly<Record<string, string>> = {
  conversations: '대화',
  turns: '질문과 답변',
  deliveries: '보낼 메시지와 보낸 메시지',
  threads: '상담원에게 넘긴 방',
  payments: '결제',
  personal_fields: '개인정보(암호화됨)',
  summaries: '지난 대화 요약',
  monthly_usage: '월별 사용량',
  daily_spending: '일별 비용',
  pushes: '먼저 보내기 요청',
  push_calls: '먼저 보내기 호출',
  notes: '메모',
  marks: '동의 철회 뒤에도 남는 표시(해시)',
  nameless_settlements: '동의 철회 뒤 알릴 결제 결과(고객 정보 없음)',
};

const NAME_WIDTH = Math.max(...DUMP_TABLES.map(({ name }) => name.length));

/** @param rest what stands between the name and its Korean label */
export function tableLine(name: string, ...rest: readonly string[]): string {
  return ['', name.padEnd(NAME_WIDTH), ...rest, LABELS[name] ?? ''].join('  ').trimEnd();
}

export function figure(count: number): string {
  return count.toLocaleString('en');
}
