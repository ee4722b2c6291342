import Type from 'typebox';
import { modelPricesProblem, priceOf, readModelPrices } from '../usage/model-prices.ts';
import { type EngineEntry, engineOf, modelOf } from './engine-entry.ts';
import { wholeNumber } from './shapes.ts';

const HIGHEST_LIMIT_KRW = 10_000_000_000;

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
  dailyCostLimitKrw: wholeNumber({
    minimum: 0,
    maximum: HIGHEST_LIMIT_KRW,
    default: 0,
    description:
      'What the models of the bot may cost in a day of Korea, in won without VAT; 0: no limit. Once it is reached only faq and socket answer until midnight (the knowledge alone, if ENGINE names neither). An alert tells of it, and of 80 %.',
    descriptionKo:
      '봇의 모델이 하루(한국 시간)에 쓸 수 있는 비용(원, 부가세 별도)입니다. 0이면 한도가 없습니다. 한도에 이르면 자정까지 faq와 socket만(ENGINE에 둘 다 없으면 지식만) 답합니다. 80%와 한도에 이를 때 알림을 보냅니다.',
  }),
  monthlyCostLimitKrw: wholeNumber({
    minimum: 0,
    maximum: HIGHEST_LIMIT_KRW,
    default: 0,
    description: 'The same for a calendar month of Korea.',
    descriptionKo: '같은 한도를 한 달(한국 시간의 달력 기준)에 대해 적은 값입니다.',
  }),
  answerCacheMinutes: wholeNumber({
    minimum: 0,
    maximum: 10_080,
    default: 0,
    description:
      "How long a model's answer to a first question is given to others who ask the same, in minutes; 0: never. Not for bots with TOOLS, nor for questions with photos, products, scenario values or personal data in them. Kept in memory, up to 1,000 answers.",
    descriptionKo:
      '대화의 첫 질문에 대한 모델의 답변을 같은 질문을 한 다른 고객에게도 쓰는 시간(분)입니다. 0이면 쓰지 않습니다. TOOLS를 쓰는 봇과 사진, 상품, 시나리오 값, 개인정보가 든 질문에는 쓰지 않습니다. 메모리에 1,000개까지 둡니다.',
  }),
};

interface PricedBot {
  readonly engine: readonly EngineEntry[];
  readonly clovaModel: string;
  readonly clovaVisionModel?: string;
  readonly photos: boolean;
  readonly openaiModel?: string;
  readonly modelPrices?: Readonly<Record<string, unknown>>;
  readonly dailyCostLimitKrw: number;
  readonly monthlyCostLimitKrw: number;
}

/** Models whose cost nobody knows, where there is a limit that would never hold; one reason each, without values. */
export function costLimitProblems(bot: PricedBot, nameOf: (field: string) => string): readonly string[] {
  if (bot.dailyCostLimitKrw === 0 && bot.monthlyCostLimitKrw === 0) return [];
  const prices = readModelPrices(bot.modelPrices);
  const asked = bot.engine.flatMap((entry, index) => {
    const named = modelOf(entry);
    if (named !== undefined) return [{ from: `item ${index + 1} of ENGINE`, model: named.model }];
    switch (engineOf(entry)) {
      case 'clova':
        return [{ from: 'CLOVA_MODEL', model: bot.clovaModel }];
      case 'openai':
        return [{ from: 'OPENAI_MODEL', model: bot.openaiModel }];
      default:
        return [];
    }
  });
  const usesClova = bot.engine.some((entry) => engineOf(entry) === 'clova');
  if (usesClova && bot.photos) asked.push({ from: 'CLOVA_VISION_MODEL', model: bot.clovaVisionModel });
  return asked
    .filter(({ model }) => model !== undefined && priceOf(prices, model) === undefined)
    .map(
      ({ from }) =>
        `${nameOf('modelPrices')}: needs the price of the model in ${from}, or the cost limit would never hold`,
    );
}
