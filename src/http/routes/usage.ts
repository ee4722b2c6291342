/** What the models of a bot used and cost, by day: for operators, behind their key. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../../errors.ts';
import { seoulDay } from '../../platform/seoul-time.ts';
import type { ModelSpending } from '../../storage/ledger.ts';
import type { AppParts } from '../app-parts.ts';
import { FAILURE_DOCS } from '../error-body.ts';
import { createOperatorCheck } from '../operator-key.ts';

const Figures = {
  calls: Type.Integer({ description: 'Calls that were answered' }),
  promptTokens: Type.Integer(),
  completionTokens: Type.Integer(),
  thinkingTokens: Type.Integer({ description: 'A part of the completion' }),
  costWon: Type.Number({ description: 'Without VAT; 0 where MODEL_PRICES has no price' }),
};
const OptionalWon = Type.Union([Type.Integer(), Type.Null()], { description: 'null: no limit' });
const Answer = Type.Object({
  bot: Type.String(),
  from: Type.String(),
  to: Type.String(),
  total: Type.Object(Figures),
  days: Type.Array(
    Type.Object({
      day: Type.String(),
      ...Figures,
      models: Type.Array(Type.Object({ model: Type.String(), ...Figures })),
    }),
    { description: 'Days without a call are left out' },
  ),
  limit: Type.Object({ dailyWon: OptionalWon, monthlyWon: OptionalWon, reached: Type.Boolean() }),
});
const Query = Type.Object({
  from: Type.Optional(Type.String({ description: 'Korean day, such as 2026-11-01; absent: the first of this month' })),
  to: Type.Optional(Type.String({ description: 'Included; absent: today' })),
});

/** Without OPERATOR_KEY there is no such route. */
export function registerUsageRoute(app: FastifyInstance, parts: AppParts): void {
  if (parts.operatorKey === undefined) return;
  const verify = createOperatorCheck(parts.operatorKey, parts.limits);
  app.get<{ Params: { botId: string }; Querystring: { from?: string; to?: string } }>(
    '/bots/:botId/usage',
    {
      schema: {
        tags: ['operation'],
        summary: 'What the models of a bot used and cost, by day and model',
        params: Type.Object({ botId: Type.String() }),
        querystring: Query,
        response: { 200: Answer, ...FAILURE_DOCS },
      },
    },
    async (request) => {
      await verify(request);
      const bot = parts.bots.get(request.params.botId);
      if (bot === undefined) throw new GatewayError('BOT_UNKNOWN', 'There is no bot with this id');
      const today = seoulDay(parts.clock.now());
      const from = dayOf(request.query.from ?? `${today.slice(0, 7)}-01`);
      const to = dayOf(request.query.to ?? today);
      const spent = (await parts.store.readSpending(from, to)).filter(({ botId }) => botId === bot.id);
      const { dailyWon = 0, monthlyWon = 0 } = bot.costLimit ?? {};
      return {
        bot: bot.id,
        from,
        to,
        total: sumOf(spent),
        days: [...Map.groupBy(spent, ({ day }) => day)].map(([day, rows]) => ({
          day,
          ...sumOf(rows),
          models: rows.map((row) => ({ model: row.model, ...sumOf([row]) })),
        })),
        limit: {
          dailyWon: dailyWon === 0 ? null : dailyWon,
          monthlyWon: monthlyWon === 0 ? null : monthlyWon,
          reached: bot.costLimit?.isReached() ?? false,
        },
      };
    },
  );
}

/** @throws GatewayError `INBOUND_MALFORMED` */
function dayOf(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (!isDay) throw new GatewayError('INBOUND_MALFORMED', 'from and to are days such as 2026-11-01');
  return text;
}

function sumOf(rows: readonly ModelSpending[]) {
  const sum = (pick: (row: ModelSpending) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return {
    calls: sum(({ calls }) => calls),
    promptTokens: sum(({ promptTokens }) => promptTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    thinkingTokens: sum(({ thinkingTokens }) => thinkingTokens),
    costWon: sum(({ costMicroWon }) => costMicroWon) / 1_000_000,
  };
}
