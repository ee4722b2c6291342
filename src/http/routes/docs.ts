/** `/docs` and `/openapi.json`: what the schemas of the routes say, as pages and as data. */
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchema,
  type RouteOptions,
} from 'fastify';
import Type, { type TProperties, type TSchema } from 'typebox';
import { GatewayError } from '../../errors.ts';
import type { AppParts } from '../app-parts.ts';
import { sendError } from '../error-body.ts';

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><text x="0" y="28" font-family="sans-serif" font-size="24" font-weight="700" fill="#fff">말길</text></svg>';

/** Describes the routes that are registered after it. The pages are an application of their own, made when somebody looks for the
 *  first time: loaded at every start they would cost each 20 ms and 4 MB, and nobody reads them on a server at work. */
export function registerDocs(app: FastifyInstance, parts: Pick<AppParts, 'newId'>, version: string): void {
  const described: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') described.push(route);
  });
  let pages: Promise<FastifyInstance> | undefined;
  const serve = async (request: FastifyRequest, reply: FastifyReply) => {
    pages ??= buildPages(described, parts, version).catch((thrown) => {
      pages = undefined; // the next look tries again
      throw thrown;
    });
    const { routing } = await pages;
    reply.hijack();
    routing(request.raw, reply.raw);
  };
  for (const path of ['/docs', '/docs/*', '/openapi.json']) app.get(path, { schema: { hide: true } }, serve);
  app.addHook('onClose', async () => (await pages)?.close());
}

async function buildPages(
  described: readonly RouteOptions[],
  parts: Pick<AppParts, 'newId'>,
  version: string,
): Promise<FastifyInstance> {
  const [swagger, swaggerUi] = await Promise.all([import('@fastify/swagger'), import('@fastify/swagger-ui')]);
  const pages = fastify({ genReqId: () => parts.newId() });
  pages.setNotFoundHandler((_request, reply) =>
    sendError(reply, new GatewayError('ROUTE_UNKNOWN', 'There is nothing at this address; see /docs')),
  );
  await pages.register(swagger.default, {
    openapi: {
      info: {
        title: 'Malgil (말길)',
        description: 'Connects KakaoTalk channel chatbots and Naver TalkTalk to a language model.',
        version,
      },
      tags: [
        { name: 'query', description: 'Questions, one route per channel; every one also under /bots/{botId}' },
        { name: 'web', description: 'What the chat page reads' },
        { name: 'push', description: "For the operator's own systems: the bot speaks first" },
        { name: 'operation', description: 'Health and metrics' },
      ],
      components: { securitySchemes: { operatorKey: { type: 'http', scheme: 'bearer', description: 'OPERATOR_KEY' } } },
    },
  });
  await pages.register(swaggerUi.default, {
    routePrefix: '/docs',
    // Without a picture of our own the page would wear the framework's.
    logo: { type: 'image/svg+xml', content: Buffer.from(LOGO) },
    theme: { title: 'Malgil (말길) API' },
  });
  pages.get('/openapi.json', { schema: { hide: true } }, async () => pages.swagger());
  for (const { method, url, schema } of described) {
    // They are only read here: requests for them never come this way.
    if (schema === undefined || schema.hide === true) continue;
    for (const variant of variantsOf(url, withWords(schema)))
      pages.route({ method, ...variant, handler: async () => {} });
  }
  await pages.ready();
  return pages;
}

interface Documented {
  readonly url: string;
  readonly schema: FastifySchema;
}

const BOT_ID = Type.String({ description: 'Id of a bot of BOTS_FILE' });
const SECRET = Type.String({ description: 'The secret of the channel, for callers that cannot send X-Malgil-Secret' });

/** What one route serves at several addresses: of every bot, and with the secret as the last part of the path. */
function variantsOf(url: string, schema: FastifySchema): readonly Documented[] {
  const isOfBot = /^\/(?:query|validate|send|push)\b/.test(url);
  const takesSecret = /^\/(?:query\/(?:TEST|KAKAO|NAVER)|validate\/KAKAO)$/.test(url);
  const plain = [{ url, schema }];
  const withSecret = takesSecret ? [{ url: `${url}/:secret`, schema: withParameter(schema, 'secret', SECRET) }] : [];
  const own = [...plain, ...withSecret];
  if (!isOfBot) return own;
  return [
    ...own,
    ...own.map((one) => ({ url: `/bots/:botId${one.url}`, schema: withParameter(one.schema, 'botId', BOT_ID) })),
  ];
}

function withParameter(schema: FastifySchema, name: string, type: TSchema): FastifySchema {
  const known = (schema.params as { properties?: TProperties } | undefined)?.properties ?? {};
  return { ...schema, params: Type.Object({ [name]: type, ...known }) };
}

/** Where a route says nothing of a status; "Default Response" would stand there else. */
const WORDS: Readonly<Record<string, string>> = {
  200: 'Done; the body says what came of it',
  '4xx': 'Refused: the sentence names what was wrong',
  '5xx': 'Failed, or not now: try again in a moment, or when Retry-After says',
  502: 'The platform refused, or could not be reached',
  503: 'Not now; try again in a moment',
};

function withWords(schema: FastifySchema): FastifySchema {
  const responses = (schema.response ?? { 200: Type.Any() }) as Readonly<Record<string, object>>;
  const response = Object.fromEntries(
    Object.entries(responses).map(([status, body]) => [status, { description: WORDS[status], ...body }]),
  );
  return { ...schema, response };
}
