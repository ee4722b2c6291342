/** The chat page at `/` and `/bots/:botId/`, and the pictures of the bundled sample. */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { GatewayError } from '../../errors.ts';
import type { AppParts } from '../app-parts.ts';
import { sendError } from '../error-body.ts';

/** Pictures of answers come from the operator's own hosts; everything else is ours. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: https: http:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

const YEAR_SECONDS = 31_536_000;

export async function registerPageRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  if (parts.sampleImagesDirectory !== undefined) {
    await app.register(fastifyStatic, {
      root: parts.sampleImagesDirectory,
      prefix: '/sample/',
      decorateReply: false,
      index: false,
      maxAge: 3_600_000,
    });
  }
  const { pagesDirectory } = parts;
  if (pagesDirectory === undefined) return;
  await app.register(fastifyStatic, { root: pagesDirectory, serve: false });

  const page = (reply: FastifyReply) =>
    reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-cache')
      .sendFile('index.html', { cacheControl: false });
  const asset = (reply: FastifyReply, name: string) =>
    // Vite puts a hash of the content into each name.
    reply
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
      .sendFile(`assets/${name}`, { cacheControl: false });

  app.get('/', { schema: { hide: true } }, (_request, reply) => page(reply));
  app.get<{ Params: { '*': string } }>('/assets/*', { schema: { hide: true } }, (request, reply) =>
    asset(reply, request.params['*']),
  );
  app.get<{ Params: { botId: string } }>('/bots/:botId', { schema: { hide: true } }, (request, reply) =>
    // Relative, so that a proxy may put us under any path; with the slash the page's own relative links work.
    reply.redirect(`./${encodeURIComponent(request.params.botId)}/`),
  );
  app.get<{ Params: { botId: string } }>('/bots/:botId/', { schema: { hide: true } }, (request, reply) => {
    if (parts.bots.get(request.params.botId)?.channels.has('web')) return page(reply);
    return sendError(reply, new GatewayError('BOT_UNKNOWN', 'There is no bot with a chat page under this id'));
  });
  app.get<{ Params: { '*': string } }>('/bots/:botId/assets/*', { schema: { hide: true } }, (request, reply) =>
    asset(reply, request.params['*']),
  );
}
