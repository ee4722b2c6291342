import type { ProductPart } from '../../message.ts';
import { isHttpUrl } from '../plain-parts.ts';
import {
  type CardDraft,
  type DrawScope,
  filled,
  finishCard,
  fitsInto,
  Obstacle,
  thumbnailOf,
  tidy,
} from './card-draft.ts';

const MAX_TITLE_CHARS = 30;
const MAX_DESCRIPTION_CHARS = 40;
/** Ours: one line beside the picture of the seller. */
const MAX_NICKNAME_CHARS = 30;

/** As a single card and in a carousel the same. */
export function drawCommerceCard(part: ProductPart, scope: DrawScope): CardDraft | Obstacle {
  if (scope.isGroup) return new Obstacle('commerceCard in a group room');
  const title = tidy(part.title);
  const description = tidy(part.description);
  const nickname = tidy(part.seller?.name);
  if (!fitsInto(title, MAX_TITLE_CHARS)) return new Obstacle('commerceCard with a title of too many characters');
  if (!fitsInto(description, MAX_DESCRIPTION_CHARS)) {
    return new Obstacle('commerceCard with a description of too many characters');
  }
  if (!fitsInto(nickname, MAX_NICKNAME_CHARS)) return new Obstacle('commerceCard with a long name of the seller');
  const { priceKrw, discountedPriceKrw, discountPercent } = part;
  if (!isWon(priceKrw) || (discountedPriceKrw !== undefined && !isWon(discountedPriceKrw))) {
    return new Obstacle('commerceCard with a price that is no whole number of won');
  }
  const thumbnail = thumbnailOf(part, title);
  if (thumbnail === undefined) return new Obstacle('commerceCard without a picture');
  const discountRate = discountPercent === undefined ? undefined : Math.round(discountPercent);
  const hasRate = discountRate !== undefined && discountRate >= 0 && discountRate <= 100;
  const sellerImageUrl = part.seller?.imageUrl;
  const hasSellerImage = sellerImageUrl !== undefined && isHttpUrl(sellerImageUrl);
  return finishCard(
    'commerceCard',
    {
      ...filled({ title, description }),
      price: priceKrw,
      currency: 'won',
      ...(discountedPriceKrw === undefined ? {} : { discountedPrice: discountedPriceKrw }),
      // Without the price itself the rate is not shown.
      ...(discountedPriceKrw === undefined || !hasRate ? {} : { discountRate }),
      thumbnails: [thumbnail],
      ...(nickname === '' ? {} : { profile: { nickname, ...(hasSellerImage ? { imageUrl: sellerImageUrl } : {}) } }),
    },
    part,
    scope,
  );
}

function isWon(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 0;
}
