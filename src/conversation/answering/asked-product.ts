/** The product that a customer looks at is what their questions are about, until the conversation has gone cold. */
import type { Knowledge, KnowledgeResult } from '../../knowledge/knowledge.ts';
import type { AskedProduct, EpochMs } from '../../message.ts';
import type { RememberedTurn } from '../../storage/store.ts';

/** The product of the latest turn that had one, shown by the customer or what its answer was about. */
export function lastProduct(
  newestFirst: readonly RememberedTurn[],
  now: EpochMs,
  idleMs: number,
): AskedProduct | undefined {
  let laterAt = now;
  for (const { event, about, receivedAt } of newestFirst) {
    if (laterAt - receivedAt > idleMs) return undefined;
    const product = (event.type === 'message-received' ? event.product : undefined) ?? about;
    if (product !== undefined) return product;
    laterAt = receivedAt;
  }
  return undefined;
}

const RANK: Readonly<Record<KnowledgeResult['confidence'], number>> = { sure: 2, possible: 1, none: 0 };

/** With the product's name and without: most questions (delivery, returns) have nothing to do with it, and a long name would drown
 *  them; a few have an entry for just that product. */
export function searchBeside(
  product: AskedProduct | undefined,
  question: string,
  knowledge: Knowledge,
  limit: number,
): KnowledgeResult {
  const alone = knowledge.search(question, limit);
  if (product?.name === undefined) return alone;
  const together = knowledge.search(`${product.name} ${question}`, limit);
  const gain = RANK[together.confidence] - RANK[alone.confidence];
  const isBetter = gain > 0 || (gain === 0 && scoreOf(together) > scoreOf(alone));
  return isBetter ? together : alone;
}

function scoreOf({ matches }: KnowledgeResult): number {
  return matches[0]?.score ?? 0;
}

/** For a model: one section, none when nothing is known of it. Its address stays out: what no entry holds is taken out of answers again. */
export function productSection(product: AskedProduct | undefined): readonly string[] {
  if (product?.name === undefined) return [];
  const { name, price, storeName } = product;
  const lines = [
    '[고객이 보고 있는 상품]',
    `상품명: ${name}`,
    ...(price === undefined ? [] : [`가격: ${price}`]),
    ...(storeName === undefined ? [] : [`판매처: ${storeName}`]),
    '고객이 다른 상품을 말하지 않으면 이 상품에 대한 질문으로 보고 답하세요.',
  ];
  return [lines.join('\n')];
}
