/** Cards that TalkTalk draws itself, from the products of the partner's Smart Store. Source: product_message_api.md of navertalk/chatbot-api */
import { type ProductPart, partText, type ReplyPart } from '../../message.ts';
import { drawButtons } from './buttons.ts';
import { drawCards } from './composites.ts';
import type { DrawScope } from './draw-scope.ts';
import { evenGroups } from './even-groups.ts';
import { MAX_BUTTONS, MAX_COMPOSITES, MAX_PRODUCTS } from './limits.ts';
import { mergeContents } from './merge.ts';
import type { ProductEvent, SendContent } from './schema.ts';

export interface ShopCards {
  readonly options: ProductEvent['options'];
  /** For a partner without such a shop, and for webhook responses, which take no product message. */
  readonly instead: SendContent;
  /** For people. */
  readonly text: string;
}

type NumberedProduct = ProductPart & { readonly storeNumber: number };

/** `undefined` unless every product has its number and all of its buttons have room. */
export function drawShopCards(part: ReplyPart, scope: DrawScope): readonly ShopCards[] | undefined {
  const parts: readonly ReplyPart[] = part.type === 'carousel' ? (part.header === undefined ? part.cards : []) : [part];
  const products = parts.filter(isNumbered);
  if (products.length === 0 || products.length < parts.length || !products.every(hasFittingButtons)) return undefined;
  const maxProducts = Math.min(MAX_PRODUCTS, MAX_COMPOSITES); // as many as the cards in their place
  return evenGroups(products, maxProducts).map((group) => toShopCards(group, scope));
}

function toShopCards(products: readonly NumberedProduct[], scope: DrawScope): ShopCards {
  const customButtonList = products.flatMap(({ storeNumber, buttons }) => {
    const buttonList = drawButtons(buttons).map(({ button }) => button);
    return buttonList.length === 0 ? [] : [{ id: storeNumber, buttonList }];
  });
  const drawn = products.map((product) => drawCards(product, scope));
  const compositeList = drawn.flatMap(({ composites }) => composites);
  const before = drawn.flatMap((one) => one.before);
  return {
    options: {
      ids: products.map(({ storeNumber }) => storeNumber),
      displayType: 'single',
      ...(customButtonList.length === 0 ? {} : { customButtonList }),
    },
    instead: mergeContents(compositeList.length === 0 ? before : [...before, { compositeContent: { compositeList } }]),
    text: products.map(partText).join('\n\n'),
  };
}

function isNumbered(part: ReplyPart): part is NumberedProduct {
  return part.type === 'product' && Number.isSafeInteger(part.storeNumber) && Number(part.storeNumber) > 0;
}

/** Nothing stands beside these cards that could say what a button does not show. */
function hasFittingButtons({ buttons }: ProductPart): boolean {
  const drawn = drawButtons(buttons);
  return (
    buttons.every((choice) => choice.type !== 'phone' && choice.type !== 'menu') &&
    drawn.length <= MAX_BUTTONS &&
    drawn.every(({ cutLabels }) => cutLabels.length === 0)
  );
}
