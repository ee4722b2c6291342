import { type ProductPart, priceText } from '../../src/message.ts';

type Priced = Pick<ProductPart, 'priceKrw' | 'discountedPriceKrw' | 'discountPercent'>;

interface PriceWords {
  /** What the customer pays. */
  readonly price: string;
  readonly regularPrice?: string;
  readonly discount?: string;
}

/** A percentage counts only with the price that it leads to, as on KakaoTalk. */
export function priceWords({ priceKrw, discountedPriceKrw, discountPercent }: Priced): PriceWords {
  if (discountedPriceKrw === undefined) return { price: priceText({ priceKrw }) };
  return {
    price: priceText({ priceKrw: discountedPriceKrw }),
    regularPrice: priceText({ priceKrw }),
    ...(discountPercent === undefined ? {} : { discount: `${discountPercent}%` }),
  };
}
