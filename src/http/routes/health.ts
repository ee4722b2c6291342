import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { AppParts } from '../app-parts.ts';

const Alive = Type.Object({ status: Type.Literal('ok') });
const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not-ready')]),
  reasons: Type.Array(Type.String()),
});

/** Alive is not ready: a process that warms up or drains is alive, and should get no traffic. */
export function registerHealthRoutes(app: FastifyInstance, parts: AppParts): void {
  app.get(
    '/healthz',
    { schema: { tags: ['operation'], summary: 'The process is alive', response: { 200: Alive } } },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        tags: ['operation'],
        summary: 'The process wants traffic: store open, knowledge indexed, not shutting down, not overloaded',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const reasons = parts.notReadyBecause();
      if (reasons.length === 0) return { status: 'ready' as const, reasons: [] };
      return reply.code(503).send({ status: 'not-ready' as const, reasons: [...reasons] });
    },
  );
  if (parts.showsMetrics) {
    app.get('/metrics', { schema: { tags: ['operation'], summary: 'Prometheus metrics' } }, async (_request, reply) => {
      const { contentType, body } = await parts.metrics.render();
      return reply.header('content-type', contentType).send(body);
    });
  }
}
