import type { KnowledgeMatch, KnowledgeResult } from '../../knowledge/knowledge.ts';
import type { PlatformAnswer } from '../../message.ts';

/** What the knowledge found, with what the platform found in answers of its own (Kakao 지식+) behind it: the operator's entries here are
 *  never outranked. Where nothing here fits, the platform's first answer is one: without us the customer would have got it. */
export function withPlatformAnswers(
  found: KnowledgeResult,
  answers: readonly PlatformAnswer[] | undefined,
): KnowledgeResult {
  if (answers === undefined || answers.length === 0) return found;
  if (found.confidence === 'none') return { confidence: 'sure', matches: toMatches(answers, 1) };
  const last = found.matches.at(-1)?.score ?? 1;
  return { confidence: found.confidence, matches: [...found.matches, ...toMatches(answers, last)] };
}

/** Scores fall from `highest`, in the platform's order: it gives none. */
function toMatches(answers: readonly PlatformAnswer[], highest: number): KnowledgeMatch[] {
  return answers.map(({ question, answer, imageUrl, linkUrl }, index) => ({
    entry: {
      id: `platform-${index + 1}`,
      question,
      aliases: [],
      answer,
      links: linkUrl === undefined ? [] : [{ label: '자세히 보기', url: linkUrl }],
      ...(imageUrl === undefined ? {} : { imageUrl }),
    },
    score: highest / (index + 1),
  }));
}
