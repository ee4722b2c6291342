/** Concrete classes, named once. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import type { ChannelMemory } from './channels/channel.ts';
import { beginsHarmlessly, namesPaymentRequest } from './channels/index.ts';
import type { Settings } from './config.ts';
import { calibrateEngines } from './conversation/answering/calibrate-engines.ts';
import { hasLeft } from './conversation/arrival/forgetting.ts';
import { PersonalFields } from './conversation/arrival/personal-fields.ts';
import { tellOfRefusals } from './conversation/arrival/store-refusals.ts';
import type { Bot } from './conversation/bot.ts';
import { CustomerSigns } from './conversation/delivery/customer-signs.ts';
import { createDeliverer } from './conversation/delivery/deliver.ts';
import { Gateway } from './conversation/gateway.ts';
import { recover } from './conversation/recover.ts';
import { Threads } from './conversation/thread/threads.ts';
import { createCallPath } from './engine/call-path/index.ts';
import { GatewayError } from './errors.ts';
import type { AppParts } from './http/app-parts.ts';
import { createLimits } from './http/limits.ts';
import { KeyedQueue } from './jobs/local/keyed-queue.ts';
import { LocalSendBudget } from './jobs/local/send-budget.ts';
import { openAlertWebhook } from './platform/alert-webhook.ts';
import { createAlerts } from './platform/alerts.ts';
import { watchCertificate } from './platform/certificate-watch.ts';
import { systemClock } from './platform/clock.ts';
import { watchEventLoopDelay } from './platform/event-loop-delay.ts';
import { randomId, timeOrderedIds } from './platform/ids.ts';
import { createMetrics } from './platform/metrics.ts';
import { heapShare, isOverloaded } from './platform/overload.ts';
import { seoulMonth } from './platform/seoul-time.ts';
import { SilenceWatch } from './platform/silence.ts';
import { readTraffic, writeTraffic } from './platform/traffic-file.ts';
import { createSeal, readSealKey, type Seal } from './privacy/seal.ts';
import { PushService } from './push/push-service.ts';
import { TRAFFIC_FILE } from './storage/data-directory.ts';
import { measureStore } from './storage/measured-store.ts';
import { makePatient } from './storage/patient-store.ts';
import { openFileSpool } from './storage/spool/file-spool.ts';
import { claimDataDirectory } from './storage/sqlite/index.ts';
import type { Store } from './storage/store.ts';
import { createCallbackCounter } from './usage/callback-quota.ts';
import { createUnindexedBot, indexKnowledge } from './wiring/bots.ts';
import { openEventSender } from './wiring/channels.ts';
import { rehearseAll } from './wiring/rehearsal.ts';
import { Reload, type SettingsSource } from './wiring/reload.ts';
import { createSpending } from './wiring/spending.ts';
import { openStore } from './wiring/store.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const SAMPLE_DIRECTORY = join(HERE, 'knowledge', 'sample');
/** `dist/console` beside the compiled program; when the sources run directly, what was built last. */
const PAGES_DIRECTORIES = [join(HERE, 'console'), join(HERE, '..', 'dist', 'console')];

const HOUSEKEEPING_MS = 60 * 60_000;
const SETTLE_PUSHES_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** For responses that are being written when the server closes, and for bodies that are still on their way. */
const LAST_RESPONSES_MS = 2_000;

export interface Program {
  readonly app: FastifyInstance;
  readonly bots: readonly Bot[];
  /** Starts to take back what an earlier process left open; the process is ready afterwards. */
  recover(): Promise<void>;
  /** Reads the files of the settings again, in all processes that share the store. */
  reload(): void;
  /** From now on `/readyz` says no, while requests are still served. */
  stopBeingReady(): void;
  /** Finishes what is in flight within the limit, leaves the rest to the next start, closes everything. */
  close(limitMs: number): Promise<void>;
}

/** @param source where the settings are read from again, when files change
 *  @throws GatewayError `DATA_DIR_IN_USE`, `STORE_FAILED`, `KNOWLEDGE_INVALID`, `SETTINGS_INVALID` */
export async function wireProgram(
  settings: Settings,
  log: FastifyBaseLogger,
  version: string,
  source: SettingsSource,
): Promise<Program> {
  const clock = systemClock;
  const newId = timeOrderedIds(clock);
  const ownerId = newId();
  const metrics = createMetrics({ botIds: settings.bots.map((bot) => bot.id), processMetrics: settings.metrics });
  const sendBudget = new LocalSendBudget(new Map(settings.bots.map((bot) => [bot.id, bot.naverSendsPerSecond])), clock);
  /** By bot; there once the store is. */
  const callbackCounters = new Map<string, () => void>();
  const callPath = createCallPath({ clock, logger: log, metrics });
  const spending = createSpending(settings, { clock, logger: log, metrics });
  const bots = new Map<string, Bot>();
  const unindexed = settings.bots.map((bot) =>
    createUnindexedBot(bot, settings, SAMPLE_DIRECTORY, log, callPath, spending, {
      reserveSend: async () => (await sendBudget.reserveRest(bot.id)).use(),
      tryReserveSend: () => sendBudget.tryReserve(bot.id),
      onCallbackSpent: () => callbackCounters.get(bot.id)?.(),
      words: () => bots.get(bot.id) ?? bot,
    }),
  );

  const claim = await claimDataDirectory(settings.dataDir);
  const opening = openStore(settings, ownerId, clock, log);
  // Indexing keeps this thread as busy as opening the store keeps the store's: each would wait for the other for nothing.
  for (const bot of unindexed) bots.set(bot.id, indexKnowledge(bot));
  const opened = await opening;
  const defaultBot = bots.get(settings.defaultBotId);
  if (defaultBot === undefined) throw new GatewayError('SETTINGS_INVALID', 'There is no default bot');
  const alertWebhook = settings.alertWebhookUrl === undefined ? undefined : openAlertWebhook(settings.alertWebhookUrl);
  const alerts = createAlerts({
    clock,
    logger: log,
    metrics,
    ...(alertWebhook === undefined ? {} : { tell: alertWebhook.tell }),
  });
  const storedIn = opened.shared === undefined ? 'data-directory' : 'postgres';
  const watched = tellOfRefusals(measureStore(opened.store, metrics), { clock, alerts, storedIn });
  const store = makePatient(watched, clock);
  const eventLoop = watchEventLoopDelay();
  const queue = new KeyedQueue(clock, log);
  for (const { id, kakaoCallbackQuota: perMonth, kakaoCallbackQuotaWarnPercent: warnPercent } of settings.bots) {
    callbackCounters.set(
      id,
      createCallbackCounter(id, { perMonth, warnPercent }, { store, alerts, clock, logger: log }),
    );
  }
  await spending.open(store, alerts, opened.shared !== undefined);
  metrics.trackUsageThisMonth(() => store.readUsage(seoulMonth(clock.now())));
  const senders = new Map(settings.bots.flatMap(openEventSender));
  const pushes = new PushService({ senders, store, clock, logger: log, metrics, newId });
  const spool = await openFileSpool({ directory: settings.dataDir, logger: log });
  const replicas = opened.shared === undefined ? {} : { replicas: opened.shared.replicas };
  const signs = new CustomerSigns({ store, clock, logger: log, ...replicas });
  const shared = { store, clock, logger: log, metrics, sendBudget, alerts, signs };
  const threads = new Threads({
    ...shared,
    bots,
    queue,
    newId,
    ownerId,
    ...replicas,
  });
  sendBudget.shareWith(opened.peers);
  callPath.shareWith(opened.peers);
  opened.shared?.onThreadChanged((conversation) => void threads.changedElsewhere(conversation));
  await threads.load();
  const deliver = createDeliverer({
    ...shared,
    bots,
    learnOwner: (conversation) => threads.learn(conversation),
    maySpeak: (bot, conversation, event) => threads.maySpeak(bot, conversation, event),
    hasLeft: (conversation) => hasLeft(spool, conversation),
  });
  queue.work((job, signal) => (job.kind === 'send-deliveries' ? deliver(job, signal) : threads.run(job, signal)));
  const gateway = new Gateway({
    ...shared,
    threads,
    ...createPersonalFields(settings, store),
    ...(opened.shared === undefined ? {} : { turnOrder: opened.shared.turnOrder }),
    spool,
    storedIn,
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
  const trafficFile = join(settings.dataDir, TRAFFIC_FILE);
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
    get defaultBot() {
      return bots.get(settings.defaultBotId) ?? defaultBot;
    },
    gateway,
    threads,
    pushes,
    ...(settings.operatorKey === undefined ? {} : { operatorKey: settings.operatorKey }),
    store,
    metrics,
    clock,
    newId: randomId,
    logger: log,
    limits: createLimits({
      perConversation: settings.rateLimitPerConversation,
      perAddress: settings.rateLimitPerAddress,
    }),
    notReadyBecause: () => [
      ...(isRecovered ? [] : ['starting']),
      ...(isStopping ? ['stopping'] : []),
      ...(isOverloaded({
        isFull: gateway.isFull,
        loopDelayMs: eventLoop.currentMs(),
        heapShare: heapShare(),
      })
        ? ['overloaded']
        : []),
    ],
    sampleImagesDirectory: join(SAMPLE_DIRECTORY, 'images'),
    showsMetrics: settings.metrics,
    maxBodyBytes: settings.maxBodyBytes,
    asksForPayment: namesPaymentRequest,
    beginsHarmlessly,
    isStopping: () => isStopping,
    ...(pagesDirectory === undefined ? {} : { pagesDirectory }),
  };
  const app = await buildApp(parts, {
    maxBodyBytes: settings.maxBodyBytes,
    trustedProxies: settings.trustProxy,
    log,
    version,
  });

  const reload = new Reload({
    settings,
    source,
    bots,
    entries: new Map(unindexed.map(({ id, entries }) => [id, entries])),
    sampleDirectory: SAMPLE_DIRECTORY,
    clock,
    alerts,
    logger: log,
    peers: opened.peers,
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
      const recovering = { store, queue, clock, logger: log, ownerId, threads, signal: closing.signal };
      const recovered = gateway.finishErasures(bots).then(() => recover(gateway, bots, recovering));
      gateway.holdMessagesUntil(recovered);
      await recovered;
      opened.shared?.replicas.onOthersGone(() => recover(gateway, bots, recovering));
      gateway.replaySpool(bots);
      gateway.tellHooks(bots);
      await Promise.all([rehearseAll(bots, app, { store, clock }), opened.shared?.warmUp()]);
      isRecovered = true;
      for (const bot of bots.values()) settingUp.push(calibrateEngines(bot, closing.signal));
      for (const bot of bots.values()) {
        const memory = memoryOf(bot.id, store);
        for (const channel of bot.channels.values()) settingUp.push(channel.setUp?.(memory, closing.signal));
      }
    },
    reload: () => reload.askAll(),
    stopBeingReady() {
      isStopping = true;
    },
    async close(limitMs) {
      isStopping = true;
      closing.abort();
      reload.stop();
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
        await bot.tools?.toolbox.close();
        await bot.summarizer?.close();
      }
      await pushes.close();
      await spool.close();
      await spending.book.close();
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
    async write(key, text) {
      await store.writeNote(`${key}:${botId}`, text);
    },
  };
}

function createPersonalFields(
  { dataKey, personalDataHours }: Settings,
  store: Store,
): { readonly personalFields?: PersonalFields; readonly seal?: Seal } {
  const key = dataKey === undefined ? undefined : readSealKey(dataKey);
  if (key === undefined) return {};
  const keepMs = personalDataHours * 60 * 60_000;
  const seal = createSeal(key);
  return { seal, personalFields: new PersonalFields({ store, clock: systemClock, seal, keepMs }) };
}
