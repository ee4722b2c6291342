/** 톡톡문의 on a product page and 다른상품문의 in the room. Everything may be missing, and names of fields have changed. */
import type { AskedProduct } from '../../message.ts';
import { inboundText } from '../inbound-text.ts';
import { isJsonObject, type JsonObject } from '../json-body.ts';

const MAX_NAME_CHARS = 300;
const MAX_URL_CHARS = 2_000;

/** Undefined when nothing in it tells the product from another. */
export function readAskedProduct(options: JsonObject): AskedProduct | undefined {
  if (!isJsonObject(options.product)) return undefined;
  const { product } = options;
  const name = inboundText(product.name, MAX_NAME_CHARS);
  const url = [product.url, product.mobileUrl].map(readUrl).find((found) => found !== undefined);
  if (name === '' && url === undefined) return undefined;
  const price =
    inboundText(product.currencyPrice, MAX_NAME_CHARS) || inboundText(product.currencyMobilePrice, MAX_NAME_CHARS);
  const storeName = inboundText(product.storeName, MAX_NAME_CHARS);
  return {
    ...(name === '' ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(price === '' ? {} : { price }),
    ...(storeName === '' ? {} : { storeName }),
  };
}

function readUrl(value: unknown): string | undefined {
  const url = inboundText(value, MAX_URL_CHARS);
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? url : undefined;
}
