import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../errors.ts';
import type { ChannelName, ReplyMode } from '../message.ts';
import { collectProcessMetrics } from './process-metrics.ts';

/** How a turn ended. `unanswered`: "I could not find it"; `apologised`: every engine failed; `shed`: turned away under load;
 *  `unstored`: answered without memory while the store was not there. */
type TurnOutcome =
  | 'answered'
  | 'unanswered'
  | 'apologised'
  | 'failed'
  | 'suppressed'
  | 'merged'
  | 'duplicate'
  | 'ignored'
  | 'shed'
  | 'unstored';

/** What the HTTP layer did with a request of a channel; the error code says why it refused one, where it is known. */
export type InboundResult =
  | 'answered'
  | 'promised'
  | 'accepted'
  | 'stream'
  | 'payment-approved'
  | 'payment-refused'
  | 'refused'
  | ErrorCode;

/** What became of messages that the operator's systems pushed: first what the platform took, later what arrived. */
const PUSH_OUTCOMES = ['accepted', 'refused', 'unknown', 'delivered'] as const;
type PushOutcome = (typeof PUSH_OUTCOMES)[number];

/** What has a quota or is billed, counted by calendar month. */
const USAGE_KINDS = ['kakao-callbacks', 'kakao-event-messages'] as const;
export type UsageKind = (typeof USAGE_KINDS)[number];

interface ModelTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** A part of the completion. */
  readonly thinkingTokens?: number;
}

interface UsageSample {
  readonly botId: string;
  readonly kind: string;
  readonly count: number;
}

interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

/** What the gateway counts and times. Every call is cheap and never throws; durations are in ms. */
export interface Metrics {
  /** `elapsedMs` from receipt to the response, where it was timed (for a stream: to its first byte). */
  inbound(bot: string, channel: ChannelName, result: InboundResult, elapsedMs?: number): void;
  turnEnded(labels: TurnLabels): void;
  /** The inline window closed before the answer was there. */
  deadlineMissed(bot: string, channel: ChannelName): void;
  engineAnswered(engine: string, firstPartMs: number, totalMs: number): void;
  engineFailed(engine: string, code: ErrorCode, totalMs?: number): void;
  /** An engine of the chain was passed over without being asked. */
  engineSkipped(engine: string, reason: string): void;
  /** An upstream of the engines is asked, tried, or left alone. */
  circuitChanged(upstream: string, state: CircuitState): void;
  /** A model of the bot answered. `costMicroWon`: millionths of a won, where the price is known. */
  modelUsed(bot: string, model: string, usage: ModelTokens & { readonly costMicroWon?: number }): void;
  /** It was looked up whether somebody had asked the same before. */
  answerCacheRead(bot: string, result: 'hit' | 'miss'): void;
  /** `tool` is a name that the operator gave. */
  toolCalled(tool: string, outcome: string, elapsedMs: number): void;
  delivered(labels: DeliveryLabels, outcome: 'delivered' | 'refused' | 'unknown', elapsedMs: number): void;
  storeCalled(operation: string, outcome: 'ok' | 'failed', elapsedMs: number): void;
  /** One piece of personal data was taken out of a text. */
  masked(kind: string): void;
  /** So many messages. */
  pushed(bot: string, outcome: PushOutcome, messages: number): void;
  /** In won, without VAT. */
  pushBilled(bot: string, won: number): void;
  /** An operator was told of something; `bot` is empty for what concerns all. */
  alertRaised(code: string, bot: string): void;
  /** Asked at every scrape; what it throws leaves the gauge at 0. */
  trackUsageThisMonth(read: () => Promise<readonly UsageSample[]>): void;
  /** What became of an event that the store did not take in time. */
  spooled(bot: string, outcome: SpoolOutcome, events: number): void;
  /** Asked at every scrape. */
  trackSpool(read: () => number): void;
  trackQueueDepth(read: () => number): void;
  trackOpenTurns(read: () => number): void;
  /** The Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Our own metrics, for documentation; those of the process and of Node.js come beside them. */
  describe(): readonly MetricDescription[];
}

const CIRCUIT_STATES = ['closed', 'half-open', 'open'] as const;
type CircuitState = (typeof CIRCUIT_STATES)[number];

/** Of what was `kept`, the rest waits. `refused`: the spool was full; `late`: the store took it after all; `given-up`: it could not be
 *  replayed although the store was there; `dropped`: the customer left, or asked to be forgotten. */
type SpoolOutcome = 'kept' | 'refused' | 'replayed' | 'late' | 'given-up' | 'dropped';

interface TurnLabels {
  readonly bot: string;
  readonly channel: ChannelName;
  readonly mode: ReplyMode;
  readonly outcome: TurnOutcome;
}

interface DeliveryLabels {
  readonly bot: string;
  readonly channel: ChannelName;
  readonly mode: 'callback' | 'push';
}

interface MetricsOptions {
  /** The bots that may appear as labels; any other id, which a stranger may have invented, counts as `other`. */
  readonly botIds: readonly string[];
  /** Adds CPU, memory, garbage collection and event-loop delay of this process. Off in tests: its observers never stop. */
  readonly processMetrics?: boolean;
}

/** Kakao's limits are at 4, 4.5 and 5 s and 50 and 60 s; an answer may take 120 s. */
const SECONDS_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 4.5, 5, 10, 20, 30, 50, 60, 120];

/** A store call is a matter of microseconds on a good disk; above 1 s the caller has given up. */
const STORE_SECONDS_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Labels that no type closes are names out of our own code. A mistake there must not grow the memory for ever. */
const MAX_NAMES_PER_LABEL = 24;
const OTHER = 'other';

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const family = new FamilyBuilder(registry);
  const botIds = new Set(options.botIds);
  const botLabel = (id: string) => (botIds.has(id) ? id : OTHER);
  const engineLabel = boundedNames();
  const operationLabel = boundedNames();
  const upstreamLabel = boundedNames();
  const reasonLabel = boundedNames();
  const toolLabel = boundedNames();
  const modelLabel = boundedNames();
  const kindLabel = boundedNames();
  const alertLabel = boundedNames();

  const inboundRequests = family.counter(
    'malgil_inbound_requests_total',
    'Requests of channels, by what became of them.',
    ['bot', 'channel', 'result'],
  );
  const responseSeconds = family.histogram(
    'malgil_response_seconds',
    'From receipt of a request to its response. Kakao and TalkTalk give up at 5 s.',
    ['channel'],
    SECONDS_BUCKETS,
  );
  const turns = family.counter('malgil_turns_total', 'Questions, by how they ended and how the answer went out.', [
    'bot',
    'channel',
    'mode',
    'outcome',
  ]);
  const deadlineMisses = family.counter(
    'malgil_deadline_misses_total',
    'Questions whose answer was not there when the inline window closed.',
    ['bot', 'channel'],
  );
  const engineFirstPartSeconds = family.histogram(
    'malgil_engine_first_part_seconds',
    'From the call of an engine to the first part of its answer.',
    ['engine'],
    SECONDS_BUCKETS,
  );
  const engineSeconds = family.histogram(
    'malgil_engine_seconds',
    'From the call of an engine to its end.',
    ['engine', 'outcome'],
    SECONDS_BUCKETS,
  );
  const engineErrors = family.counter('malgil_engine_errors_total', 'Calls of engines that failed, by error code.', [
    'engine',
    'code',
  ]);
  const engineSkips = family.counter(
    'malgil_engine_skipped_total',
    'Engines that were passed over without being asked, by why.',
    ['engine', 'reason'],
  );
  const circuitStates = family.setGauge(
    'malgil_engine_circuit_state',
    'What engines call: 0 is asked, 1 is tried once, 2 is left alone because it fails.',
    ['upstream'],
  );
  const modelTokens = family.sum(
    'malgil_model_tokens_total',
    'Tokens that models say they used. `thinking` is a part of `completion`.',
    ['bot', 'model', 'kind'],
    [],
  );
  const modelCostWon = family.sum(
    'malgil_model_cost_won_total',
    'What models cost in KRW, without VAT, by the prices in the settings.',
    ['bot', 'model'],
    [],
  );
  const answerCacheReads = family.counter(
    'malgil_answer_cache_reads_total',
    'First questions that were looked up in the answer cache, by whether somebody had asked the same.',
    ['bot', 'result'],
  );
  const toolSeconds = family.histogram(
    'malgil_tool_seconds',
    'Time that a tool took which a model called, by what came of it.',
    ['tool', 'outcome'],
    SECONDS_BUCKETS,
  );
  const deliveries = family.counter(
    'malgil_deliveries_total',
    'Attempts to send a message through a callback or a send API.',
    ['bot', 'channel', 'mode', 'outcome'],
  );
  const deliverySeconds = family.histogram(
    'malgil_delivery_seconds',
    'Time that such an attempt took.',
    ['channel', 'mode', 'outcome'],
    SECONDS_BUCKETS,
  );
  const storeSeconds = family.histogram(
    'malgil_store_seconds',
    'Time that a call of the store took.',
    ['operation', 'outcome'],
    STORE_SECONDS_BUCKETS,
  );
  const maskedItems = family.counter('malgil_masked_items_total', 'Pieces of personal data taken out of texts.', [
    'kind',
  ]);
  const pushMessages = family.sum(
    'malgil_push_messages_total',
    "Messages pushed for the operator's systems, one per recipient. What was accepted and arrived is also counted as delivered.",
    ['bot', 'outcome'],
    options.botIds.flatMap((bot) => PUSH_OUTCOMES.map((outcome) => [bot, outcome])),
  );
  const pushCostWon = family.sum(
    'malgil_push_cost_won_total',
    'What delivered pushes cost in KRW, without VAT.',
    ['bot'],
    options.botIds.map((bot) => [bot]),
  );
  const alerts = family.counter('malgil_alerts_total', 'Alerts to the operator, by what they are about.', [
    'code',
    'bot',
  ]);
  const trackUsageThisMonth = family.gaugeOfSamples(
    'malgil_usage_this_month',
    'What has a quota or is billed, so far in this calendar month (Korean time).',
    ['bot', 'kind'],
    options.botIds.flatMap((bot) => USAGE_KINDS.map((kind) => [bot, kind])),
  );
  const spooledEvents = family.sum(
    'malgil_spooled_events_total',
    'Events that the store did not take in time, by what became of them.',
    ['bot', 'outcome'],
    [],
  );
  const trackSpool = family.gauge('malgil_spool_events', 'Events that wait beside the store.');
  const trackQueueDepth = family.gauge('malgil_queue_depth', 'Jobs that are not finished.');
  const trackOpenTurns = family.gauge('malgil_open_turns', 'Questions that are being answered now.');
  if (options.processMetrics === true) collectProcessMetrics(registry);

  return {
    inbound(bot, channel, result, elapsedMs) {
      inboundRequests(botLabel(bot), channel, result);
      if (elapsedMs !== undefined) responseSeconds(elapsedMs, channel);
    },
    turnEnded({ bot, channel, mode, outcome }) {
      turns(botLabel(bot), channel, mode, outcome);
    },
    deadlineMissed(bot, channel) {
      deadlineMisses(botLabel(bot), channel);
    },
    engineAnswered(engine, firstPartMs, totalMs) {
      const label = engineLabel(engine);
      engineFirstPartSeconds(firstPartMs, label);
      engineSeconds(totalMs, label, 'answered');
    },
    engineFailed(engine, code, totalMs) {
      const label = engineLabel(engine);
      engineErrors(label, code);
      if (totalMs !== undefined) engineSeconds(totalMs, label, 'failed');
    },
    engineSkipped(engine, reason) {
      engineSkips(engineLabel(engine), reasonLabel(reason));
    },
    circuitChanged(upstream, state) {
      circuitStates(CIRCUIT_STATES.indexOf(state), upstreamLabel(upstream));
    },
    modelUsed(bot, model, { promptTokens, completionTokens, thinkingTokens = 0, costMicroWon }) {
      const labels = [botLabel(bot), modelLabel(model)] as const;
      modelTokens(promptTokens, ...labels, 'prompt');
      modelTokens(completionTokens, ...labels, 'completion');
      modelTokens(thinkingTokens, ...labels, 'thinking');
      if (costMicroWon !== undefined) modelCostWon(costMicroWon / 1_000_000, ...labels);
    },
    answerCacheRead(bot, result) {
      answerCacheReads(botLabel(bot), result);
    },
    toolCalled(tool, outcome, elapsedMs) {
      toolSeconds(elapsedMs, toolLabel(tool), outcome);
    },
    delivered({ bot, channel, mode }, outcome, elapsedMs) {
      deliveries(botLabel(bot), channel, mode, outcome);
      deliverySeconds(elapsedMs, channel, mode, outcome);
    },
    storeCalled(operation, outcome, elapsedMs) {
      storeSeconds(elapsedMs, operationLabel(operation), outcome);
    },
    masked(kind) {
      maskedItems(kindLabel(kind));
    },
    pushed(bot, outcome, messages) {
      pushMessages(messages, botLabel(bot), outcome);
    },
    pushBilled(bot, won) {
      pushCostWon(won, botLabel(bot));
    },
    alertRaised(code, bot) {
      alerts(alertLabel(code), bot === '' ? '' : botLabel(bot));
    },
    trackUsageThisMonth(read) {
      trackUsageThisMonth(async () => (await read()).map(({ botId, kind, count }) => [count, botLabel(botId), kind]));
    },
    spooled(bot, outcome, events) {
      spooledEvents(events, botLabel(bot), outcome);
    },
    trackSpool,
    trackQueueDepth,
    trackOpenTurns,
    async render() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
    describe: () => family.descriptions,
  };
}

/** The name itself for the first few different ones, then `other`. */
function boundedNames(): (name: string) => string {
  const seen = new Set<string>();
  return (name) => {
    if (seen.has(name)) return name;
    if (seen.size >= MAX_NAMES_PER_LABEL) return OTHER;
    seen.add(name);
    return name;
  };
}

class FamilyBuilder {
  readonly descriptions: MetricDescription[] = [];
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  /** @returns a function that counts one, given the values of the labels in order */
  counter(name: string, help: string, labelNames: readonly string[]): (...labels: readonly string[]) => void {
    this.descriptions.push({ name, type: 'counter', labels: labelNames, help });
    const counter = new Counter({ name, help, labelNames, registers: this.#registers });
    const child = remembered((labels) => counter.labels(...labels));
    return (...labels) => child(labels).inc();
  }

  /** @returns a function that records a duration, given the values of the labels in order */
  histogram(
    name: string,
    help: string,
    labelNames: readonly string[],
    buckets: number[],
  ): (elapsedMs: number, ...labels: readonly string[]) => void {
    this.descriptions.push({ name, type: 'histogram', labels: labelNames, help });
    const histogram = new Histogram({ name, help, labelNames, buckets, registers: this.#registers });
    const child = remembered((labels) => histogram.labels(...labels));
    return (elapsedMs, ...labels) => {
      // prom-client throws at NaN, and a clock set back must not make a duration negative.
      if (elapsedMs >= 0 && elapsedMs < Number.POSITIVE_INFINITY) child(labels).observe(elapsedMs / 1_000);
    };
  }

  /** A counter that grows by any amount, with its series at 0 from the start: a first jump from nothing is no increase to Prometheus.
   *  @returns a function that adds, given the values of the labels in order */
  sum(
    name: string,
    help: string,
    labelNames: readonly string[],
    series: readonly (readonly string[])[],
  ): (amount: number, ...labels: readonly string[]) => void {
    this.descriptions.push({ name, type: 'counter', labels: labelNames, help });
    const counter = new Counter({ name, help, labelNames, registers: this.#registers });
    const child = remembered((labels) => counter.labels(...labels));
    for (const labels of series) child(labels).inc(0);
    return (amount, ...labels) => child(labels).inc(Math.max(0, amount));
  }

  /** @returns a function that sets the value, given those of the labels in order */
  setGauge(
    name: string,
    help: string,
    labelNames: readonly string[],
  ): (value: number, ...labels: readonly string[]) => void {
    this.descriptions.push({ name, type: 'gauge', labels: labelNames, help });
    const gauge = new Gauge({ name, help, labelNames, registers: this.#registers });
    return (value, ...labels) => gauge.labels(...labels).set(value);
  }

  /** @returns a function that says where the values are to be read at each scrape: each with those of its labels in order. A series
   *  that is not among them is 0, and so are all when they cannot be read. */
  gaugeOfSamples(
    name: string,
    help: string,
    labelNames: readonly string[],
    series: readonly (readonly string[])[],
  ): (read: () => Promise<readonly (readonly [value: number, ...labels: readonly string[]])[]>) => void {
    this.descriptions.push({ name, type: 'gauge', labels: labelNames, help });
    let readNow: Parameters<ReturnType<typeof this.gaugeOfSamples>>[0] = async () => [];
    new Gauge({
      name,
      help,
      labelNames,
      registers: this.#registers,
      async collect() {
        const samples = await readNow().catch(() => []);
        this.reset();
        for (const labels of series) this.labels(...labels).set(0);
        for (const [value, ...labels] of samples) this.labels(...labels).set(value);
      },
    });
    return (read) => {
      readNow = read;
    };
  }

  /** @returns a function that says where the value is to be read at each scrape */
  gauge(name: string, help: string): (read: () => number) => void {
    this.descriptions.push({ name, type: 'gauge', labels: [], help });
    let readNow = () => 0;
    new Gauge({
      name,
      help,
      registers: this.#registers,
      collect() {
        this.set(readNow());
      },
    });
    return (read) => {
      readNow = read;
    };
  }
}

/** Making a child validates the labels and binds functions: several times the cost of counting, so once per combination. */
function remembered<Child>(make: (labels: readonly string[]) => Child): (labels: readonly string[]) => Child {
  const children = new Map<string, Child>();
  return (labels) => {
    const key = labels.join('\n');
    const known = children.get(key);
    if (known !== undefined) return known;
    const child = make(labels);
    children.set(key, child);
    return child;
  };
}
