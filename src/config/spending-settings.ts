import Type from 'typebox';
import { modelPricesProblem } from '../usage/model-prices.ts';

/** What models may cost. */
export const SPENDING_SETTINGS = {
  modelPrices: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>(
      Type.Refine(
        Type.Unknown({
          json: true,
          fromFile: true,
          defaultText: 'prices of CLOVA Studio, 2026-09',
          defaultTextKo: 'CLOVA Studio의 2026년 9월 가격',
          description:
            'What models cost, in won for 1,000 tokens without VAT: {"HCX-007": {"input": 1.25, "output": 5}}. Stands before the built-in prices of HCX-007, HCX-005, HCX-DASH-002, HCX-003 and HCX-DASH-001. Of a model without a price only tokens are counted.',
          descriptionKo:
            '모델의 가격을 1,000토큰당 원(부가세 별도)으로 적은 JSON입니다. 예: {"HCX-007": {"input": 1.25, "output": 5}}. 내장된 HCX-007, HCX-005, HCX-DASH-002, HCX-003, HCX-DASH-001의 가격보다 먼저 씁니다. 가격을 모르는 모델은 토큰 수만 기록합니다.',
        }),
        (value) => modelPricesProblem(value) === undefined,
        (value) => modelPricesProblem(value) ?? '',
      ),
    ),
  ),
};
