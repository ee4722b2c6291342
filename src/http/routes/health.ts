import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { AppParts } from '../app-parts.ts';

const Alive = Type.Object({ status: Type.Literal('ok') });
const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not-ready')]),
  reasons: Type.Array(Type.String()),
});

/** As the API server of Kubernetes has it. A balancer that takes out every replica which is overloaded leaves its callers with an error
 *  of its own when all of them are, and an overloaded replica still answers everybody: with the knowledge, or with when to come back. */
const Excluded = Type.Object({
  exclude: Type.Optional(
    Type.String({ description: 'A reason that does not count, such as `overloaded`: for balancers', maxLength: 100 }),
  ),
});

const METRICS_DOCS = {
  description: 'The text format of Prometheus, version 0.0.4',
  content: { 'text/plain': { schema: Type.String() } },
};

/** Alive is not ready: a process that warms up or drains is alive, and should get no traffic. */
export function registerHealthRoutes(app: FastifyInstance, parts: AppParts): void {
  app.get(
    '/healthz',
    { schema: { tags: ['operation'], summary: 'The process is alive', response: { 200: Alive } } },
    async () => ({ status: 'ok' as const }),
  );
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/readyz',
    {
      schema: {
        querystring: Excluded,
        tags: ['operation'],
        summary: 'The process wants traffic: store open, knowledge indexed, not shutting down, not overloaded',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async ({ query }, reply) => {
      const reasons = parts.notReadyBecause().filter((reason) => reason !== query.exclude);
      if (reasons.length === 0) return { status: 'ready' as const, reasons: [] };
      return reply.code(503).send({ status: 'not-ready' as const, reasons: [...reasons] });
    },
  );
  if (parts.showsMetrics) {
    app.get(
      '/metrics',
      { schema: { tags: ['operation'], summary: 'Prometheus metrics', response: { 200: METRICS_DOCS } } },
      async (_request, reply) => {
        const { contentType, body } = await parts.metrics.render();
        return reply.header('content-type', contentType).send(body);
      },
    );
  }
}
