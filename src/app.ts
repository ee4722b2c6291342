/** Builds the web application from parts that exist already; starts nothing. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { GatewayError, toGatewayError } from './errors.ts';
import type { AppParts } from './http/app-parts.ts';
import { BrokenHttp } from './http/broken-http.ts';
import { fromFastifyError, sendError } from './http/error-body.ts';
import { answerUnreadCall } from './http/naver-fallback.ts';
import {
  botTypeUnknown,
  botUnknown,
  isNaverPath,
  isSendPath,
  knownBotTypes,
  queryAddress,
  rightNaverUrl,
} from './http/query-address.ts';
import { registerDeadTurnsRoute } from './http/routes/dead-turns.ts';
import { registerDocs } from './http/routes/docs.ts';
import { registerHealthRoutes } from './http/routes/health.ts';
import { registerPageRoutes } from './http/routes/pages.ts';
import { registerPushRoutes } from './http/routes/push.ts';
import { registerQueryRoutes } from './http/routes/query.ts';
import { registerSendRoute } from './http/routes/send.ts';
import { registerThreadRoute } from './http/routes/threads.ts';
import { registerUsageRoute } from './http/routes/usage.ts';
import { registerWebChatRoutes } from './http/routes/web-chat.ts';
import { callerOf } from './http/webhook-request.ts';

export interface AppOptions {
  readonly maxBodyBytes: number;
  /** Addresses or CIDRs of proxies whose X-Forwarded-For counts; empty = none. */
  readonly trustedProxies: readonly string[];
  readonly log: FastifyBaseLogger;
  readonly version: string;
}

/** TalkTalk waits 5 s and Kakao 5 s; a body that takes longer to arrive than this is an attack or a dead line. */
const REQUEST_TIMEOUT_MS = 30_000;

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;
type ValidatorFactory = NonNullable<NonNullable<SchemaController['compilersFactory']>['buildValidator']>;

/** Schemas describe, for /docs: each channel judges its bodies by the rules of its platform, and what we answer is typed already.
 *  Fastify's own validator and serializer, never used, would cost every start 30 ms and 4 MB. */
const DESCRIBE_ONLY: SchemaController = {
  compilersFactory: {
    // Fastify types this as if only Ajv made validators; it calls them, and no more.
    buildValidator: (() => () => () => true) as unknown as ValidatorFactory,
    buildSerializer: () => () => (value) => JSON.stringify(value),
  },
};

export async function buildApp(parts: AppParts, options: AppOptions): Promise<FastifyInstance> {
  const brokenHttp = new BrokenHttp(parts);
  const app = fastify({
    loggerInstance: options.log,
    // One line per turn, written by the core; Fastify's two per request cost more than the rest of the log.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBodyBytes,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => parts.newId(),
    // TalkTalk must get its 200 while we close.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 500 },
    schemaController: DESCRIBE_ONLY,
    // A webhook that was registered with a double slash or without capitals is TalkTalk's all the same.
    rewriteUrl: ({ url = '/' }) => rightNaverUrl(url) ?? url,
    // Where somebody else calls without one, the hook below refuses it.
    http: { requireHostHeader: false },
    clientErrorHandler: (error, socket) => brokenHttp.onParserError(error, socket),
    frameworkErrors: (thrown, request, reply) => {
      const error = fromFastifyError(thrown) ?? toGatewayError(thrown);
      // Without the address, which may hold a secret.
      request.log.warn(
        { code: error.code, request: request.id, reason: error.message },
        'an address could not be read',
      );
      if (isNaverPath(request.url)) void answerUnreadCall(request as FastifyRequest, reply as FastifyReply, parts);
      else void sendError(reply as FastifyReply, error);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.decorateRequest('receivedAt', 0);
  app.decorateRequest('caller');
  app.addHook('onRequest', (request, reply, done) => {
    request.receivedAt = parts.clock.now();
    request.caller = callerOf(request);
    brokenHttp.remember(reply);
    // While the process drains, callers should not send their next request on a connection that is about to close.
    if (parts.isStopping()) reply.header('connection', 'close');
    if (request.headers.host !== undefined || request.raw.httpVersion === '1.0' || isNaverPath(request.url)) done();
    else done(new GatewayError('INBOUND_MALFORMED', 'A request needs a Host header'));
  });
  brokenHttp.listen(app);
  app.setErrorHandler((thrown, request, reply) => {
    const refused = fromFastifyError(thrown);
    // Fastify reads a body before it says that nothing is there: what is wrong with the body is no news to this caller.
    if (request.is404 && refused !== undefined) return answerNotFound(request, reply);
    const error = refused ?? toGatewayError(thrown);
    if (error.httpStatus >= 500) request.log.error({ err: error, request: request.id }, 'a request failed');
    return sendError(reply, error);
  });
  const answerNotFound = (request: FastifyRequest, reply: FastifyReply) => {
    if (isNaverPath(request.url)) {
      void answerUnreadCall(request, reply, parts);
      return reply;
    }
    const asked = queryAddress(request.url);
    if (asked !== undefined) {
      const bot = asked.botId === undefined ? parts.defaultBot : parts.bots.get(asked.botId);
      if (bot === undefined) return sendError(reply, botUnknown());
      const known = knownBotTypes(bot);
      if (!known.some((type) => type === asked.botType)) return sendError(reply, botTypeUnknown(known), { known });
      reply.header('allow', 'POST');
      const sentence = `Only POST, to one of ${known.map((type) => `/query/${type}`).join(', ')}`;
      return sendError(reply, new GatewayError('METHOD_NOT_ALLOWED', sentence), { known });
    }
    if (isSendPath(request.url)) {
      reply.header('allow', 'POST');
      return sendError(reply, new GatewayError('METHOD_NOT_ALLOWED', 'Only POST, with { "user_question": "…" }'));
    }
    return sendError(reply, new GatewayError('ROUTE_UNKNOWN', 'There is nothing at this address; see /docs'));
  };
  app.setNotFoundHandler(answerNotFound);

  registerDocs(app, parts, options.version);
  registerHealthRoutes(app, parts);
  registerQueryRoutes(app, parts);
  registerSendRoute(app, parts);
  registerWebChatRoutes(app, parts);
  registerThreadRoute(app, parts);
  registerUsageRoute(app, parts);
  registerDeadTurnsRoute(app, parts);
  registerPushRoutes(app, parts);
  await registerPageRoutes(app, parts);
  return app;
}
