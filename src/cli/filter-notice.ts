/** What to tell of an answer that the service's own filter complains about. */
import { type FilterThreshold, type FilterVerdict, unfitVerdict } from '../engine/clova/ai-filter.ts';

const CATEGORIES: Readonly<Record<string, string>> = {
  discrimination: '차별·혐오',
  insult: '비하·욕설',
  sexualHarassment: '성적 표현',
};

/** A sentence; `undefined` when no verdict is as bad as the threshold. */
export function filterNotice(verdicts: readonly FilterVerdict[], threshold: FilterThreshold): string | undefined {
  const unfit = unfitVerdict(verdicts, threshold);
  if (unfit === undefined) return undefined;
  const category = CATEGORIES[unfit.category] ?? unfit.category;
  const likelihood = unfit.likelihood === 'likely' ? '높다고' : '있다고';
  return `AI 필터에 걸린 답입니다. ${category}에 해당할 가능성이 ${likelihood} 판단했습니다. 게이트웨이의 CLOVA_AI_FILTER=${threshold}에서는 고객에게 나가지 않습니다.`;
}
