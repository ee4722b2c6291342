/** `/query/:botType` of every bot: bytes in, a channel's bytes out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Channel, InboundOutcome, WebhookRequest, WebhookResponse } from '../../channels/channel.ts';
import type { Bot } from '../../conversation/bot.ts';
import type { Handled } from '../../conversation/handled.ts';
import { GatewayError, toGatewayError } from '../../errors.ts';
import { BOT_TYPES, type BotType, CHANNEL_OF_BOT_TYPE, conversationKey, type InboundEvent } from '../../message.ts';
import { atMost } from '../../platform/clock.ts';
import type { InboundResult } from '../../platform/metrics.ts';
import type { AppParts } from '../app-parts.ts';
import { fromFastifyError, sendError } from '../error-body.ts';
import type { NaverBody } from '../naver-body.ts';
import { answerLostCall } from '../naver-fallback.ts';
import { botTypeUnknown, botUnknown, isNaverPath, knownBotTypes } from '../query-address.ts';
import { keepBodiesRaw } from '../raw-body.ts';
import { writeTurnStream } from '../server-sent-events.ts';
import { withWebConversation } from '../web-conversation.ts';
import { toWebhookRequest } from '../webhook-request.ts';
import { whenFlushed } from '../when-flushed.ts';
import { QUERY_DOCS, VALIDATE_DOCS } from './query-docs.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    botType?: BotType;
  }
}

const HIDDEN = { hide: true };

/** A call of TalkTalk has its response by then: the rest of its second is for a timer that a busy process fires late, and for the way
 *  back. The core means to be faster. */
const NAVER_DEADLINE_MS = 900;

/** What a customer can do too often. Echoes of our own answers must not use up their messages, and nobody can withdraw too often. */
const COSTS_WORK: ReadonlySet<InboundEvent['type']> = new Set([
  'message-received',
  'conversation-opened',
  'conversation-reset',
  'connection-tested',
]);

const ACCEPTED: Handled = { kind: 'respond', outcome: { kind: 'accepted' }, flushed: async () => {} };

const EMPTY_OK: WebhookResponse = { status: 200, headers: {}, body: '' };
const NOT_CHARGED: WebhookResponse = { status: 404, headers: {}, body: '' };

export function registerQueryRoutes(app: FastifyInstance, parts: AppParts): void {
  app.register(async (scope) => {
    keepBodiesRaw(scope, parts);

    scope.setErrorHandler((thrown, request, reply) => {
      const error = fromFastifyError(thrown) ?? toGatewayError(thrown);
      const { bot, channel, pathSecret } = locate(request, parts);
      if (bot === undefined || channel === undefined) return sendUnlocated(request, reply, error);
      return send(reply, refuse(parts, bot, channel, request, strangerFirst(channel, request, pathSecret, error)));
    });

    const handler = (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, parts);
    for (const base of ['', '/bots/:botId']) {
      for (const botType of BOT_TYPES) {
        if (botType === 'NAVER') continue;
        const schema = base === '' ? QUERY_DOCS[botType] : HIDDEN;
        scope.post(`${base}/query/${botType}`, { schema, config: { botType } }, handler);
      }
      // Beside /query, because everything below /query/KAKAO is a secret.
      const config = { botType: 'KAKAO', purpose: 'value-check' } as const;
      scope.post(`${base}/validate/KAKAO`, { schema: base === '' ? VALIDATE_DOCS : HIDDEN, config }, handler);
      scope.post(`${base}/validate/KAKAO/*`, { schema: HIDDEN, config }, handler);
      scope.post(`${base}/query/:botType`, { schema: HIDDEN }, handler);
      scope.post(`${base}/query/:botType/*`, { schema: HIDDEN }, handler);
      // Every method and every path below: whatever TalkTalk tries, it gets its 200.
      for (const path of ['/query/NAVER', '/query/NAVER/*', '/query/NAVER:more', '/query/NAVER:more/*']) {
        for (const method of scope.supportedMethods) {
          const isDocumented = base === '' && method === 'POST' && path === '/query/NAVER';
          const schema = isDocumented ? QUERY_DOCS.NAVER : HIDDEN;
          const url = `${base}${path}`;
          const config: { botType?: BotType } = path.includes(':') ? {} : { botType: 'NAVER' };
          scope.route({ method, url, schema, config, exposeHeadRoute: false, handler });
        }
      }
    }
  });
}

/** Which bot, channel and secret the address names. A static route says its type in its config. */
function locate(request: FastifyRequest, parts: AppParts) {
  const params = request.params as { botId?: string; botType?: string; '*'?: string };
  const bot = params.botId === undefined ? parts.defaultBot : parts.bots.get(params.botId);
  const botType = request.routeOptions.config.botType ?? params.botType;
  const known = BOT_TYPES.find((type) => type === botType);
  const secret = params['*'];
  return {
    bot,
    channel: known === undefined ? undefined : bot?.channels.get(CHANNEL_OF_BOT_TYPE[known]),
    pathSecret: secret === '' ? undefined : secret,
  };
}

async function answer(request: FastifyRequest, reply: FastifyReply, parts: AppParts) {
  const { bot, channel, pathSecret } = locate(request, parts);
  if (bot === undefined) {
    return sendUnlocated(request, reply, botUnknown());
  }
  if (channel === undefined) {
    const known = knownBotTypes(bot);
    return sendUnlocated(request, reply, botTypeUnknown(known), { known });
  }
  let handled: Handled;
  let event: InboundEvent | undefined;
  try {
    const webhook =
      channel.name === 'web'
        ? withWebConversation(toWebhookRequest(request, pathSecret), request, reply, bot.id, parts.newId)
        : toWebhookRequest(request, pathSecret);
    // People call these two directly. The platforms' calls all come from a few addresses: only their strangers are counted.
    if (channel.name === 'test' || channel.name === 'web') await parts.limits.address(request.ip);
    await verify(channel, webhook, parts);
    if (channel.name === 'naver') parts.silence.heard(bot.id);
    const isMisspelt = request.originalUrl !== request.url;
    if (isMisspelt) alertOfMisspeltAddress(parts, bot);
    const checked = channel.checkValue?.(webhook);
    if (checked !== undefined) {
      count(parts, bot, channel, request, 'accepted');
      return send(reply, checked);
    }
    if (request.lateBody !== undefined) {
      void handleLate(request.lateBody, bot, channel, request, pathSecret, parts);
      return send(reply, respond(parts, bot, channel, request, { kind: 'accepted' }));
    }
    event = channel.parse(webhook);
    if (isMisspelt && event.type === 'payment-requested') {
      throw new GatewayError('ROUTE_UNKNOWN', 'Nobody is charged through an address that is spelt wrong');
    }
    await limit(event, parts);
    handled = await withinDeadline(parts.gateway.handle(bot, channel, event), request, event, parts);
  } catch (thrown) {
    return send(reply, refuse(parts, bot, channel, request, toGatewayError(thrown), event));
  }
  if (handled.kind === 'stream') {
    count(parts, bot, channel, request, 'stream');
    return writeTurnStream(reply, handled, parts.clock);
  }
  const { flushed, outcome } = handled;
  whenFlushed(reply, (written) => {
    count(parts, bot, channel, request, outcome.kind);
    void flushed(parts.clock.now(), written);
  });
  return send(reply, respond(parts, bot, channel, request, outcome));
}

/** @throws GatewayError `INBOUND_RATE_LIMITED` */
async function limit({ type, conversation }: InboundEvent, { limits }: AppParts): Promise<void> {
  if (COSTS_WORK.has(type)) await limits.conversation(conversationKey(conversation));
}

/** An event whose call has its 200 although its body had not come whole. What becomes of it only the log and the metrics hear; an answer
 *  that belongs into the response is held. Never rejects. */
async function handleLate(
  body: Promise<NaverBody>,
  bot: Bot,
  channel: Channel,
  request: FastifyRequest,
  pathSecret: string | undefined,
  parts: AppParts,
): Promise<void> {
  try {
    const { bytes, error, mayAskForPayment } = await body;
    if (error !== undefined) throw error;
    request.rawBody = bytes;
    const event = channel.parse(toWebhookRequest(request, pathSecret));
    if (mayAskForPayment || event.type === 'payment-requested') {
      throw new GatewayError('INBOUND_MALFORMED', 'A body that began as another event ends as a request for money');
    }
    await limit(event, parts);
    const handled = await parts.gateway.handle(bot, channel, event);
    count(parts, bot, channel, request, 'accepted');
    await handled.flushed(parts.clock.now(), false);
  } catch (thrown) {
    const error = toGatewayError(thrown);
    const { code, message: reason } = error;
    const fields = { code, err: error, bot: bot.id, channel: channel.name, request: request.id, reason };
    parts.logger.error(fields, 'the event of a TalkTalk call that came slowly and had its response is lost');
    count(parts, bot, channel, request, code);
  }
}

/** Whatever hangs, TalkTalk has its 200; what comes later was heard by nobody.
 *  @throws GatewayError from `handling` */
async function withinDeadline(
  handling: Promise<Handled>,
  request: FastifyRequest,
  event: InboundEvent,
  { clock, logger }: AppParts,
): Promise<Handled> {
  // A payment is decided, not acknowledged: a 200 because time ran out would charge the customer.
  if (request.routeOptions.config.botType !== 'NAVER' || event.type === 'payment-requested') return handling;
  const leftMs = Math.max(0, request.receivedAt + NAVER_DEADLINE_MS - clock.now());
  const first = await atMost(clock, leftMs, handling);
  if (first !== undefined) return first;
  logger.error({ request: request.id, event: event.type }, 'a TalkTalk call was answered before it was handled');
  handling.then(
    (handled) => handled.flushed(clock.now(), false),
    (err: unknown) => logger.error({ err, request: request.id }, 'a request failed after its response'),
  );
  return ACCEPTED;
}

/** A body that was refused before anybody looked at its secret is still a stranger's. */
function strangerFirst(
  channel: Channel,
  request: FastifyRequest,
  pathSecret: string | undefined,
  error: GatewayError,
): GatewayError {
  try {
    channel.verify(toWebhookRequest(request, pathSecret));
    return error;
  } catch (thrown) {
    return toGatewayError(thrown);
  }
}

/** Whoever guesses secrets is slowed down like anybody else.
 *  @throws GatewayError `INBOUND_UNVERIFIED`, `INBOUND_RATE_LIMITED` */
async function verify(channel: Channel, webhook: WebhookRequest, parts: AppParts): Promise<void> {
  try {
    channel.verify(webhook);
  } catch (thrown) {
    await parts.limits.address(webhook.remoteAddress);
    throw thrown;
  }
}

/** The log says what was wrong; the caller gets what its platform needs. */
function refuse(
  parts: AppParts,
  bot: Bot,
  channel: Channel,
  request: FastifyRequest,
  error: GatewayError,
  event?: InboundEvent,
): WebhookResponse {
  const call = { headers: request.headers, requestId: request.id };
  const { requestId, supportId: support } = channel.callIds?.(call) ?? { requestId: request.id };
  const who = { bot: bot.id, channel: channel.name, request: requestId, support };
  const fields = { ...error.details, code: error.code, ...who, reason: error.message };
  if (error.httpStatus >= 500) parts.logger.error({ ...fields, err: error }, 'a request failed');
  else parts.logger.warn(fields, 'a request was refused');
  if (error.code === 'INBOUND_FOREIGN_ADDRESS') alertOfForeignCaller(parts, bot);
  count(parts, bot, channel, request, error.code);
  if (request.mayAskForPayment) {
    return respond(parts, bot, channel, request, { kind: 'payment-refused' });
  }
  const { code, message, cause, retryAfterMs } = error;
  const details = { ...error.details, requestId: request.id };
  const named = new GatewayError(code, message, {
    cause,
    details,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  const refused = event === undefined ? {} : { event };
  return respond(parts, bot, channel, request, { kind: 'refused', error: named, ...refused });
}

/** Whoever calls knows the secret: it has leaked, or a proxy in between shows its own address. Then every event is being dropped. */
function alertOfForeignCaller({ alerts }: AppParts, bot: Bot): void {
  alerts.raise({
    code: 'talktalk-foreign-address',
    botId: bot.id,
    text: '네이버가 공개한 대역이 아닌 곳에서 톡톡 웹훅이 호출되어 무시했습니다. 리버스 프록시를 쓴다면 TRUST_PROXY에 그 주소를 적어 주세요. 그렇지 않다면 웹훅 URL이 알려진 것이니 NAVER_SECRET을 바꿔 주세요.',
  });
}

/** Its events are taken, but payments are not: those need the address that was meant. */
function alertOfMisspeltAddress({ alerts, defaultBot }: AppParts, bot: Bot): void {
  const right = `${bot === defaultBot ? '' : `/bots/${bot.id}`}/query/NAVER`;
  alerts.raise({
    code: 'talktalk-address',
    botId: bot.id,
    text: `톡톡에 저장된 웹훅 URL의 철자가 조금 다릅니다(대소문자 또는 겹친 /). 대화에는 답하지만 결제는 승인하지 않습니다. 파트너센터의 URL을 ${right} (NAVER_SECRET을 쓰면 ${right}/비밀값)으로 고쳐 저장해 주세요.`,
    details: { right },
  });
}

function count(parts: AppParts, bot: Bot, channel: Channel, request: FastifyRequest, result: InboundResult): void {
  parts.metrics.inbound(bot.id, channel.name, result, parts.clock.now() - request.receivedAt);
}

function respond(
  parts: AppParts,
  bot: Bot,
  channel: Channel,
  request: FastifyRequest,
  outcome: InboundOutcome,
): WebhookResponse {
  try {
    return channel.respond(outcome);
  } catch (err) {
    parts.logger.error(
      { err, bot: bot.id, channel: channel.name, request: request.id },
      'a response could not be rendered',
    );
    return request.mayAskForPayment ? NOT_CHARGED : EMPTY_OK;
  }
}

function send(reply: FastifyReply, response: WebhookResponse): FastifyReply {
  return reply.code(response.status).headers(response.headers).send(response.body);
}

/** No channel to speak for: TalkTalk still gets its 200, everybody else an explanation. */
function sendUnlocated(
  request: FastifyRequest,
  reply: FastifyReply,
  error: GatewayError,
  extra: Readonly<Record<string, unknown>> = {},
) {
  if (!isNaverPath(request.url)) return sendError(reply, error, extra);
  const right = '/query/NAVER, or /bots/{bot}/query/NAVER for one of several bots; behind it /{NAVER_SECRET}';
  request.log.error(
    { code: error.code, request: request.id, right },
    'a TalkTalk call to a bot or path that does not exist: its event is lost',
  );
  return answerLostCall(reply, request.mayAskForPayment);
}
