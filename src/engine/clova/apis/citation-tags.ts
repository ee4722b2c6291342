/** Answers with grounds carry tags around what rests on a document: `<doc1>` of the reranker, which counts places in the list from 1,
 *  and `<doc-17>` of RAG Reasoning, which names the id that was sent. */

/** For customers: without tags, and without the reranker's "답변:". `sentIds`: ids that do not begin with `doc`. */
export function stripCitationTags(text: string, sentIds: readonly string[] = []): string {
  return text
    .replace(/^\s*답변:\s*/, '')
    .replace(tagPattern(sentIds), '')
    .trim();
}

/** Names in the order in which they are first opened. */
export function citedTags(text: string, sentIds: readonly string[] = []): readonly string[] {
  const names = [...text.matchAll(tagPattern(sentIds))]
    .filter(([tag]) => !tag.startsWith('</'))
    .map(([, name]) => name);
  return [...new Set(names)].filter((name) => name !== undefined);
}

function tagPattern(sentIds: readonly string[]): RegExp {
  const names = ['doc[-\\w]*', ...sentIds.map((id) => id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))];
  return new RegExp(`</?(${names.join('|')})>`, 'g');
}
