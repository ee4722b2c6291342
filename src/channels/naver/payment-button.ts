/** A payment as Naver Pay's button. TalkTalk says "success" to a card with an impossible payment and then never shows it, so what it would
 *  not take is no button at all. Source: pay_api_v1.md of navertalk/chatbot-api */
import type { Payment, PaymentItem } from '../../message.ts';
import { compactDate } from './pickers.ts';
import type { Button, PaymentInfo, PaymentItemInfo } from './schema.ts';

const MIN_TOTAL_KRW = 100;

export function paymentButton(payment: Payment): Button | undefined {
  const { id, totalKrw, items, customerId, title, itemCount, deliveryFeeKrw, purchaser } = payment;
  if (!isFilled(id) || !isAmount(totalKrw) || totalKrw < MIN_TOTAL_KRW || items.length === 0) return undefined;
  const taxes = taxAmounts(payment);
  const productItems = items.flatMap((item) => paymentItem(item) ?? []);
  if (taxes === undefined || productItems.length < items.length) return undefined;
  if (![itemCount, deliveryFeeKrw].every((amount) => amount === undefined || isAmount(amount))) return undefined;
  const birthday = purchaser === undefined ? undefined : compactDate(purchaser.birthday);
  if (purchaser !== undefined && (birthday === undefined || !isFilled(purchaser.name))) return undefined;
  const paymentInfo: PaymentInfo = {
    merchantPayKey: id,
    totalPayAmount: totalKrw,
    productItems,
    ...(isFilled(customerId) ? { merchantUserKey: customerId } : {}),
    ...(isFilled(title) ? { productName: title } : {}),
    ...(itemCount === undefined ? {} : { productCount: itemCount }),
    ...(deliveryFeeKrw === undefined ? {} : { deliveryFee: deliveryFeeKrw }),
    ...taxes,
    ...(purchaser === undefined || birthday === undefined
      ? {}
      : { purchaserName: purchaser.name, purchaserBirthday: birthday }),
  };
  return { type: 'PAY', data: { paymentInfo } };
}

/** Both or neither: left to itself the other one would be counted from the wrong end. */
function taxAmounts(payment: Payment): Pick<PaymentInfo, 'taxScopeAmount' | 'taxExScopeAmount'> | undefined {
  const { totalKrw, taxableKrw, taxFreeKrw } = payment;
  if (taxableKrw === undefined && taxFreeKrw === undefined) return {};
  const taxScopeAmount = taxableKrw ?? totalKrw - (taxFreeKrw ?? 0);
  const taxExScopeAmount = taxFreeKrw ?? totalKrw - taxScopeAmount;
  const addUp = taxScopeAmount + taxExScopeAmount === totalKrw;
  return addUp && isAmount(taxScopeAmount) && isAmount(taxExScopeAmount)
    ? { taxScopeAmount, taxExScopeAmount }
    : undefined;
}

function paymentItem(item: PaymentItem): PaymentItemInfo | undefined {
  const { categoryType, categoryId, id, name, sellerId, count } = item;
  if (![categoryType, categoryId, id, name].every(isFilled)) return undefined;
  if (count !== undefined && (!isAmount(count) || count < 1)) return undefined;
  if (sellerId !== undefined && !/^[A-Za-z0-9]+$/.test(sellerId)) return undefined;
  const startDate = compactDate(item.firstDate);
  const endDate = compactDate(item.lastDate);
  return {
    categoryType,
    categoryId,
    uid: id,
    name,
    ...(sellerId === undefined ? {} : { sellerId }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(count === undefined ? {} : { count }),
  };
}

/** Past the safe integers another number would arrive than was meant. */
function isAmount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isFilled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '' && text.isWellFormed();
}
