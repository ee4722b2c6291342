/** Concrete classes, named once. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import type { Channel, ChannelMemory } from './channels/channel.ts';
import type { EventSender } from './channels/event-sender.ts';
import {
  createEventApi,
  createKakaoChannel,
  createNaverChannel,
  createTestChannel,
  createWebChannel,
  namesPaymentRequest,
  type PersonButton,
} from './channels/index.ts';
import { type BotSettings, NO_KNOWLEDGE, readHostAndPort, SAMPLE_KNOWLEDGE, type Settings } from './config.ts';
import type { Bot } from './conversation/bot.ts';
import { createDeliverer } from './conversation/deliver.ts';
import { Gateway } from './conversation/gateway.ts';
import { PersonalFields } from './conversation/personal-fields.ts';
import { recover } from './conversation/recover.ts';
import { rehearse } from './conversation/rehearse.ts';
import type { HandoverPolicy } from './conversation/thread/policy.ts';
import { Threads } from './conversation/thread/threads.ts';
import { createClovaEngine, readModelOverrides } from './engine/clova/index.ts';
import type { Engine } from './engine/engine.ts';
import { createFaqEngine } from './engine/faq/index.ts';
import { createSocketEngine } from './engine/socket/index.ts';
import { GatewayError } from './errors.ts';
import type { AppParts } from './http/app-parts.ts';
import { createLimits } from './http/limits.ts';
import { createImageSource } from './images/fetch-image.ts';
import type { ImageSource } from './images/image-source.ts';
import { createPictureInspector } from './images/inspect-picture.ts';
import { KeyedQueue } from './jobs/local/keyed-queue.ts';
import { LocalSendBudget } from './jobs/local/send-budget.ts';
import { loadKnowledgeCsv } from './knowledge/csv.ts';
import { createKnowledge } from './knowledge/index.ts';
import type { KnowledgeEntry } from './knowledge/knowledge.ts';
import type { ChannelName } from './message.ts';
import { createSignedPost } from './operator-hook/signed-post.ts';
import { openAlertWebhook } from './platform/alert-webhook.ts';
import { createAlerts } from './platform/alerts.ts';
import { createBusinessHours } from './platform/business-hours.ts';
import { watchCertificate } from './platform/certificate-watch.ts';
import { systemClock } from './platform/clock.ts';
import { watchEventLoopDelay } from './platform/event-loop-delay.ts';
import { randomId } from './platform/ids.ts';
import type { Logger } from './platform/logger.ts';
import { createMetrics } from './platform/metrics.ts';
import { SilenceWatch } from './platform/silence.ts';
import { readTraffic, writeTraffic } from './platform/traffic-file.ts';
import { createSeal, readSealKey } from './privacy/seal.ts';
import { PushService } from './push/push-service.ts';
import { measureStore } from './storage/measured-store.ts';
import { makePatient } from './storage/patient-store.ts';
import { openFileSpool } from './storage/spool/file-spool.ts';
import { claimDataDirectory, openSqliteStore } from './storage/sqlite/index.ts';
import type { Store } from './storage/store.ts';
import { createCallbackCounter } from './usage/callback-quota.ts';
import { seoulMonth } from './usage/seoul-month.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const SAMPLE_DIRECTORY = join(HERE, 'knowledge', 'sample');
/** `dist/console` beside the compiled program; when the sources run directly, what was built last. */
const PAGES_DIRECTORIES = [join(HERE, 'console'), join(HERE, '..', 'dist', 'console')];

const ENGINE_CONNECT_TIMEOUT_MS = 5_000;
const HOUSEKEEPING_MS = 60 * 60_000;
const SETTLE_PUSHES_MS = 60_000;
/** Timers this late eat a quarter of Kakao's 4 s. */
const OVERLOADED_DELAY_MS = 1_000;
const DAY_MS = 24 * 60 * 60_000;
/** For responses that are being written when the server closes, and for bodies that are still on their way. */
const LAST_RESPONSES_MS = 2_000;
/** A platform's image host answers in a fraction of it; the customer waits. */
const PHOTO_TIMEOUT_MS = 8_000;
/** What TalkTalk says of pictures in messages. */
const NAVER_PICTURE_LIMITS = { maxSizeBytes: 20_000_000, timeoutMs: 10_000 };
const OFFERED_TOPICS = 3;

export interface Program {
  readonly app: FastifyInstance;
  readonly bots: readonly Bot[];
  /** Starts to take back what an earlier process left open; the process is ready afterwards. */
  recover(): Promise<void>;
  /** From now on `/readyz` says no, while requests are still served. */
  stopBeingReady(): void;
  /** Finishes what is in flight within the limit, leaves the rest to the next start, closes everything. */
  close(limitMs: number): Promise<void>;
}

/** @throws GatewayError `DATA_DIR_IN_USE`, `STORE_FAILED`, `KNOWLEDGE_INVALID`, `SETTINGS_INVALID` */
export async function wireProgram(settings: Settings, log: FastifyBaseLogger, version: string): Promise<Program> {
  const clock = systemClock;
  const newId = randomId;
  const ownerId = newId();
  const metrics = createMetrics({ botIds: settings.bots.map((bot) => bot.id), processMetrics: settings.metrics });
  const sendBudget = new LocalSendBudget(new Map(settings.bots.map((bot) => [bot.id, bot.naverSendsPerSecond])), clock);
  /** By bot; there once the store is. */
  const callbackCounters = new Map<string, () => void>();
  const unindexed = settings.bots.map((bot) =>
    createUnindexedBot(bot, settings, log, {
      reserveSend: () => sendBudget.reserve(bot.id),
      onCallbackSpent: () => callbackCounters.get(bot.id)?.(),
    }),
  );

  const claim = await claimDataDirectory(settings.dataDir);
  const opening = openSqliteStore({ directory: settings.dataDir, logger: log });
  // Indexing keeps this thread as busy as opening the store keeps the store's: each would wait for the other for nothing.
  const bots = new Map(unindexed.map((bot) => [bot.id, indexKnowledge(bot)]));
  const sqlite = await opening;
  const defaultBot = bots.get(settings.defaultBotId);
  if (defaultBot === undefined) throw new GatewayError('SETTINGS_INVALID', 'There is no default bot');
  const store = makePatient(measureStore(sqlite, metrics), clock);
  const eventLoop = watchEventLoopDelay();
  const queue = new KeyedQueue(clock, log);
  const alertWebhook = settings.alertWebhookUrl === undefined ? undefined : openAlertWebhook(settings.alertWebhookUrl);
  const alerts = createAlerts({
    clock,
    logger: log,
    metrics,
    ...(alertWebhook === undefined ? {} : { tell: alertWebhook.tell }),
  });
  for (const { id, kakaoCallbackQuota: perMonth, kakaoCallbackQuotaWarnPercent: warnPercent } of settings.bots) {
    callbackCounters.set(
      id,
      createCallbackCounter(id, { perMonth, warnPercent }, { store, alerts, clock, logger: log }),
    );
  }
  metrics.trackUsageThisMonth(() => store.readUsage(seoulMonth(clock.now())));
  const senders = new Map(settings.bots.flatMap(openEventSender));
  const pushes = new PushService({ senders, store, clock, logger: log, metrics, newId });
  const spool = await openFileSpool({ directory: settings.dataDir, logger: log });
  const shared = { store, clock, logger: log, metrics, sendBudget, alerts };
  const threads = new Threads({ ...shared, bots, queue, newId });
  await threads.load();
  const deliver = createDeliverer({
    ...shared,
    bots,
    maySpeak: (bot, conversation, event) => threads.maySpeak(bot, conversation, event),
  });
  queue.work((job, signal) => (job.kind === 'send-deliveries' ? deliver(job, signal) : threads.run(job, signal)));
  const gateway = new Gateway({
    ...shared,
    threads,
    ...createPersonalFields(settings, store),
    spool,
    queue,
    newId,
    ownerId,
    maxConcurrentTurns: settings.maxConcurrentTurns,
    maxOpenTurns: settings.maxOpenTurns,
    eventLoopDelayMs: () => eventLoop.recentMs(),
  });
  metrics.trackQueueDepth(() => queue.depth());
  metrics.trackOpenTurns(() => gateway.openTurns);

  const closing = new AbortController();
  const settingUp: (Promise<void> | undefined)[] = [];
  let isRecovered = false;
  let isStopping = false;
  const pagesDirectory = PAGES_DIRECTORIES.find((directory) => existsSync(join(directory, 'index.html')));
  const trafficFile = join(settings.dataDir, 'talktalk-traffic.json');
  const silence = new SilenceWatch({
    botIds: settings.bots.filter((bot) => bot.channels.includes('naver')).map((bot) => bot.id),
    clock,
    alerts,
    logger: log,
    saved: await readTraffic(trafficFile),
  });
  const parts: AppParts = {
    alerts,
    silence,
    bots,
    defaultBot,
    gateway,
    threads,
    pushes,
    ...(settings.operatorKey === undefined ? {} : { operatorKey: settings.operatorKey }),
    store,
    metrics,
    clock,
    newId,
    logger: log,
    limits: createLimits({
      perConversation: settings.rateLimitPerConversation,
      perAddress: settings.rateLimitPerAddress,
    }),
    notReadyBecause: () => [
      ...(isRecovered ? [] : ['starting']),
      ...(isStopping ? ['stopping'] : []),
      ...(gateway.openTurns >= settings.maxOpenTurns || eventLoop.currentMs() > OVERLOADED_DELAY_MS
        ? ['overloaded']
        : []),
    ],
    sampleImagesDirectory: join(SAMPLE_DIRECTORY, 'images'),
    showsMetrics: settings.metrics,
    maxBodyBytes: settings.maxBodyBytes,
    asksForPayment: namesPaymentRequest,
    isStopping: () => isStopping,
    ...(pagesDirectory === undefined ? {} : { pagesDirectory }),
  };
  const app = await buildApp(parts, {
    maxBodyBytes: settings.maxBodyBytes,
    trustedProxies: settings.trustProxy,
    log,
    version,
  });

  const housekeeping = setInterval(() => {
    const now = clock.now();
    const work = async () => {
      await store.expireHeldBefore(now - settings.heldAnswerMinutes * 60_000, now);
      await store.purgePersonalFields(now);
      await store.purgeBefore(now - settings.retentionDays * DAY_MS);
      await writeTraffic(trafficFile, silence.save());
    };
    work().catch((err) => log.error({ err }, 'old conversations could not be cleared away'));
  }, HOUSEKEEPING_MS);
  housekeeping.unref();
  const settling = senders.size === 0 ? undefined : setInterval(() => void pushes.settleRecent(), SETTLE_PUSHES_MS);
  settling?.unref();
  silence.start();
  const stopWatchingCertificate =
    settings.publicUrl === undefined
      ? () => {}
      : watchCertificate({ publicUrl: settings.publicUrl, clock, alerts, logger: log });

  return {
    app,
    bots: [...bots.values()],
    async recover() {
      const count = await recover(gateway, bots, { store, queue, clock, logger: log, ownerId, threads });
      if (count.turns + count.deliveries > 0) log.info({ ...count }, 'took over what an earlier process left open');
      gateway.replaySpool(bots);
      gateway.tellPayments(bots);
      for (const bot of bots.values()) await rehearse(bot, { store, clock });
      isRecovered = true;
      for (const bot of bots.values()) {
        const memory = memoryOf(bot.id, store);
        for (const channel of bot.channels.values()) settingUp.push(channel.setUp?.(memory, closing.signal));
      }
    },
    stopBeingReady() {
      isStopping = true;
    },
    async close(limitMs) {
      isStopping = true;
      closing.abort();
      clearInterval(housekeeping);
      clearInterval(settling);
      silence.stop();
      stopWatchingCertificate();
      await writeTraffic(trafficFile, silence.save()).catch((err) => {
        log.warn({ err }, 'what was learned of the usual traffic could not be kept');
      });
      eventLoop.stop();
      const startedAt = clock.now();
      const turnsLeft = await gateway.drain(limitMs);
      await closeServer(app);
      const jobsLeft = await queue.drain(Math.max(500, limitMs - (clock.now() - startedAt)));
      if (turnsLeft + jobsLeft > 0) log.warn({ turnsLeft, jobsLeft }, 'left open for the next start');
      await Promise.all(settingUp);
      for (const bot of bots.values()) {
        await Promise.all([...bot.channels.values()].map((channel) => channel.close()));
        await Promise.all([...new Set([...bot.engines, bot.approvedEngine])].map((engine) => engine.close()));
        await bot.photos?.close();
        await bot.hook?.close();
      }
      await pushes.close();
      await spool.close();
      await store.close();
      await alertWebhook?.close();
      await claim.release();
    },
  };
}

/** The platforms keep their connections open between calls, for more than a minute. One that is busy at the moment of closing would
 *  hold up the end for as long, once its response is written. */
async function closeServer(app: FastifyInstance): Promise<void> {
  const sweeping = setInterval(() => app.server.closeIdleConnections(), 50);
  const impatient = setTimeout(() => app.server.closeAllConnections(), LAST_RESPONSES_MS);
  await app.close();
  clearInterval(sweeping);
  clearTimeout(impatient);
}

/** What channels of one bot keep in the store. */
function memoryOf(botId: string, store: Store): ChannelMemory {
  return {
    read: (key) => store.readNote(`${key}:${botId}`),
    write: (key, text) => store.writeNote(`${key}:${botId}`, text),
  };
}

type UnindexedBot = Omit<Bot, 'knowledge'> & { readonly entries: readonly KnowledgeEntry[] };

function indexKnowledge({ entries, ...bot }: UnindexedBot): Bot {
  return { ...bot, knowledge: createKnowledge(entries) };
}

/** All that can be wrong with a bot is found here, before anything is touched.
 *  @throws GatewayError `KNOWLEDGE_INVALID`, `SETTINGS_INVALID` */
function createUnindexedBot(
  bot: BotSettings,
  settings: Settings,
  log: FastifyBaseLogger,
  hooks: ChannelHooks,
): UnindexedBot {
  const entries = loadEntries(bot, settings, log);
  // Operators put what most people ask on top of their file.
  const topics = entries.slice(0, OFFERED_TOPICS);
  const approvedEngine = createFaqEngine({ topics });
  return {
    id: bot.id,
    name: bot.name,
    channels: new Map(bot.channels.map((name) => [name, createChannel(name, bot, log, hooks)])),
    entries,
    topics,
    usesSampleKnowledge: bot.knowledgeFile === SAMPLE_KNOWLEDGE,
    engines: bot.engine.map((name) => {
      if (name === 'faq') return approvedEngine;
      return name === 'clova' ? createClova(bot, settings, log) : createSocket(bot);
    }),
    approvedEngine,
    ...(bot.photos ? { photos: openPhotos(bot) } : {}),
    answerMode: bot.answerMode,
    systemPrompt: bot.systemPrompt,
    greeting: bot.greeting,
    contact: bot.contact,
    waitingText: bot.waitingText,
    resetWords: bot.resetWords,
    engineTotalMs: bot.engineTotalMs,
    historyTokens: bot.historyTokens,
    historyTurns: bot.historyTurns,
    conversationIdleMs: bot.conversationIdleMinutes * 60_000,
    greetingCooldownMs: bot.greetingCooldownMinutes * 60_000,
    quiet: { quietMs: bot.naverQuietMs, longestMs: bot.naverQuietMaxMs },
    handover: createHandoverPolicy(bot),
    ...openHook(bot),
  };
}

function openHook(bot: BotSettings): Pick<Bot, 'hook' | 'lookUp'> {
  const { operatorHookUrl: url, operatorHookSecret: secret } = bot;
  if (url === undefined || secret === undefined) return {};
  const hook = createSignedPost({ url, secret, clock: systemClock });
  const fromUnder14 = bot.childData === 'collect';
  return { hook, lookUp: { words: bot.orderLookupWords, fields: bot.orderLookupFields, fromUnder14 } };
}

function createPersonalFields(
  { dataKey, personalDataHours }: Settings,
  store: Store,
): { readonly personalFields?: PersonalFields } {
  const key = dataKey === undefined ? undefined : readSealKey(dataKey);
  if (key === undefined) return {};
  const keepMs = personalDataHours * 60 * 60_000;
  return { personalFields: new PersonalFields({ store, clock: systemClock, seal: createSeal(key), keepMs }) };
}

function createHandoverPolicy(bot: BotSettings): HandoverPolicy {
  return {
    reasons: new Set(bot.handoverOn.filter((reason) => reason !== 'never')),
    hours: createBusinessHours({
      hours: bot.businessHours,
      lunch: bot.lunchBreak,
      closedOnPublicHolidays: bot.closedOnHolidays,
      daysOff: bot.daysOff,
    }),
    awayText: bot.awayText,
    waitingText: bot.handoverText,
    rules: {
      waitingMs: bot.agentWaitMinutes * 60_000,
      agentMs: bot.agentIdleMinutes * 60_000,
      agentsFirstMs: bot.agentsFirstSeconds * 1_000,
      answersOldButtons: bot.answerOldButtons,
    },
  };
}

function openPhotos(bot: BotSettings): ImageSource {
  return createImageSource({ hosts: bot.photoHosts, maxSizeBytes: bot.photoMaxBytes, timeoutMs: PHOTO_TIMEOUT_MS });
}

/** What channels need of parts that are made after them. */
interface ChannelHooks {
  readonly reserveSend: () => Promise<void>;
  readonly onCallbackSpent: () => void;
}

function createChannel(name: ChannelName, bot: BotSettings, logger: Logger, hooks: ChannelHooks): Channel {
  const common = { botId: bot.id, newId: randomId };
  switch (name) {
    case 'kakao':
      return createKakaoChannel({
        ...common,
        logger,
        secrets: bot.kakaoSecret,
        sourceAddresses: bot.kakaoSourceAddresses,
        kakaoBotIds: bot.kakaoBotId,
        onBotIdMismatch: bot.kakaoBotIdCheck,
        callbackOrigins: bot.kakaoCallbackOrigins,
        inlineBudgetMs: bot.kakaoInlineBudgetMs,
        callbackBudgetMs: bot.kakaoCallbackBudgetMs,
        personButton: toPersonButton(bot.kakaoPersonButton),
        onCallbackSpent: hooks.onCallbackSpent,
        waitingText: bot.waitingText,
      });
    case 'naver':
      return createNaverChannel({
        ...common,
        logger,
        secrets: bot.naverSecret,
        checksAddress: bot.naverCheckAddress,
        baseUrl: bot.naverBaseUrl,
        typing: bot.naverTyping,
        synchronousBudgetMs: 900,
        pictures: {
          inspector: createPictureInspector({ platformUrl: bot.naverBaseUrl, ...NAVER_PICTURE_LIMITS }),
          reserveCall: hooks.reserveSend,
        },
        synchronous: bot.naverSync,
        ...(bot.naverAuthorization === undefined ? {} : { authorization: bot.naverAuthorization }),
        ...(bot.naverMenu === undefined ? {} : { menu: bot.naverMenu }),
      });
    case 'web':
      return createWebChannel({ ...common, secrets: [] });
    case 'test':
      return createTestChannel({ ...common, secrets: bot.testSecret, budgetMs: bot.engineTotalMs + 5_000 });
  }
}

function createSocket({ socketEngine, socketEngineTimeoutMs }: BotSettings): Engine {
  const address = readHostAndPort(socketEngine);
  if (address === undefined) throw new GatewayError('SETTINGS_INVALID', 'SOCKET_ENGINE is no host and port');
  return createSocketEngine({
    address,
    connectTimeoutMs: ENGINE_CONNECT_TIMEOUT_MS,
    answerTimeoutMs: socketEngineTimeoutMs,
  });
}

/** None without both settings: the Event API is off by default. */
function openEventSender(bot: BotSettings): readonly (readonly [botId: string, sender: EventSender])[] {
  const { kakaoRestApiKey: restApiKey, kakaoEventBotId: kakaoBotId, kakaoBaseUrl: baseUrl } = bot;
  if (restApiKey === undefined || kakaoBotId === undefined) return [];
  return [[bot.id, createEventApi({ baseUrl, kakaoBotId, restApiKey })]];
}

function toPersonButton(setting: string): PersonButton {
  return setting === 'none' || setting === 'operator' ? setting : { blockId: setting };
}

/** What the operator calls the fields of the engine, for its complaints at start-up. */
const CLOVA_SETTINGS: Readonly<Record<string, string>> = {
  apiKey: 'CLOVA_API_KEY',
  apigwKey: 'CLOVA_APIGW_KEY',
  model: 'CLOVA_MODEL',
  visionModel: 'CLOVA_VISION_MODEL',
  baseUrl: 'CLOVA_BASE_URL',
  pathPrefix: 'CLOVA_PATH_PREFIX',
  maxOutputTokens: 'CLOVA_MAX_TOKENS',
  thinkingEffort: 'CLOVA_THINKING',
  temperature: 'CLOVA_TEMPERATURE',
  topP: 'CLOVA_TOP_P',
  topK: 'CLOVA_TOP_K',
  repetitionPenalty: 'CLOVA_REPETITION_PENALTY',
  stop: 'CLOVA_STOP',
  models: 'CLOVA_MODELS',
};

/** @throws GatewayError `SETTINGS_INVALID` with the names of the bot and the setting, never a value */
function createClova(bot: BotSettings, settings: Settings, logger: Logger): Engine {
  try {
    return openClova(bot, settings, logger);
  } catch (thrown) {
    const field = thrown instanceof GatewayError ? thrown.details.field : undefined;
    const setting = typeof field === 'string' ? CLOVA_SETTINGS[field] : undefined;
    if (!(thrown instanceof GatewayError) || setting === undefined) throw thrown;
    const message = `${setting} of bot "${bot.id}" cannot be used: ${thrown.message}`;
    throw new GatewayError(thrown.code, message, { cause: thrown });
  }
}

function openClova(bot: BotSettings, { maxConcurrentTurns }: Settings, logger: Logger): Engine {
  return createClovaEngine(
    {
      apiKey: bot.clovaApiKey ?? '',
      ...(bot.clovaApigwKey === undefined ? {} : { apigwKey: bot.clovaApigwKey }),
      model: bot.clovaModel,
      ...(bot.clovaVisionModel === undefined ? {} : { visionModel: bot.clovaVisionModel }),
      baseUrl: bot.clovaBaseUrl,
      pathPrefix: bot.clovaPathPrefix,
      maxOutputTokens: bot.clovaMaxTokens,
      thinkingEffort: bot.clovaThinking,
      temperature: bot.clovaTemperature,
      ...(bot.clovaTopP === undefined ? {} : { topP: bot.clovaTopP }),
      ...(bot.clovaTopK === undefined ? {} : { topK: bot.clovaTopK }),
      ...(bot.clovaRepetitionPenalty === undefined ? {} : { repetitionPenalty: bot.clovaRepetitionPenalty }),
      stop: bot.clovaStop,
      ...(bot.clovaAiFilter === 'off' ? {} : { withholdFrom: bot.clovaAiFilter }),
      ...(bot.clovaModels === undefined ? {} : { models: readModelOverrides(bot.clovaModels) }),
      connectTimeoutMs: ENGINE_CONNECT_TIMEOUT_MS,
      firstTokenTimeoutMs: bot.clovaFirstTokenMs,
      idleTimeoutMs: 30_000,
      // Fewer, and questions that hold an engine slot would wait again for a connection, with the time for their first words running.
      connections: maxConcurrentTurns,
    },
    { logger },
  );
}

/** @throws GatewayError `KNOWLEDGE_INVALID` with the setting's name, never the content */
function loadEntries(bot: BotSettings, settings: Settings, log: Logger): readonly KnowledgeEntry[] {
  if (bot.knowledgeFile === NO_KNOWLEDGE) return [];
  const isSample = bot.knowledgeFile === SAMPLE_KNOWLEDGE;
  const file = isSample ? join(SAMPLE_DIRECTORY, 'shop.csv') : bot.knowledgeFile;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new GatewayError('KNOWLEDGE_INVALID', `KNOWLEDGE_FILE of bot "${bot.id}" cannot be read`, { cause });
  }
  const imageBaseUrl = settings.publicUrl ?? `http://localhost:${settings.port}`;
  const { entries, problems } = loadKnowledgeCsv(bytes, { imageBaseUrl: `${imageBaseUrl}/` });
  for (const problem of problems) {
    log.warn(
      { bot: bot.id, row: problem.row, problem: problem.message },
      'a row of KNOWLEDGE_FILE was not used as it is',
    );
  }
  return entries;
}
