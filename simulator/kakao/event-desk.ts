/** The Event API: `POST /v2/bots/<botId>/talk` and `/group`, `GET /v1/tasks/<taskId>`. Takes a call as a whole or not at all, runs the
 *  event block for each recipient afterwards, and tells the result by task.
 *  Source: group chatbot guide 1.11.1 (2026-04-20); the texts of refusals but for the bot's id are not published. */
import { type Clock, delay } from '../../src/platform/clock.ts';
import { FaultSchedule, type FaultTiming } from '../fault-schedule.ts';
import { fieldOf, listField, optional, parseJson, textField } from '../json-reading.ts';
import type { ServedReply, ServedRequest } from '../loopback-server.ts';
import type { SeededIds } from '../seeded-ids.ts';
import type { CallbackFault } from './callback-desk.ts';

const MAX_RECIPIENTS = 100;
const WON_PER_MESSAGE = 15;

/** A block with an event name, deployed. */
export interface EventBlock {
  readonly name: string;
  /** Whether the block answers with skill data; otherwise with what the console holds. */
  readonly callsSkill?: boolean;
}

interface Recipient {
  readonly type: string;
  readonly id: string;
}

/** Whom a key names: a person who has added the channel, or a room that the bot was invited to. */
export type Reachable = { readonly user: string } | { readonly room: string };

/** One call of the send API. */
export interface EventCall {
  readonly at: number;
  readonly path: string;
  readonly body: unknown;
  readonly accepted: boolean;
  readonly reply: ServedReply;
  /** What was asked to go wrong here. */
  readonly fault?: CallbackFault;
}

export interface EventDeskOptions {
  readonly clock: Clock;
  readonly ids: SeededIds;
  readonly botId: string;
  /** Without it nobody is let in. */
  readonly restApiKey: string | undefined;
  readonly events: readonly EventBlock[];
  /** HTTP status that goes with FAIL and ERROR; the documents name none. */
  readonly failHttpStatus: number;
  readonly findRecipient: (recipient: Recipient) => Reachable | undefined;
  /** Runs the skill of the block; whether it answered as a skill should. */
  readonly runSkill: (to: Reachable, event: string, params: Readonly<Record<string, unknown>>) => Promise<boolean>;
  readonly onCall?: (call: EventCall) => void;
}

interface Task {
  readonly all: number;
  succeeded: number;
  unresolved: number;
  readonly failed: object[];
}

type Judged = Omit<EventCall, 'at' | 'path' | 'body' | 'fault'>;

export function isEventPath(path: string): boolean {
  return /^\/(?:v2\/bots\/[^/]+\/(?:talk|group)|v1\/tasks\/[^/]+)$/.test(path);
}

export class EventDesk {
  readonly #options: EventDeskOptions;
  readonly #calls: EventCall[] = [];
  readonly #tasks = new Map<string, Task>();
  readonly #faults: FaultSchedule<CallbackFault>;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: EventDeskOptions) {
    this.#options = options;
    this.#faults = new FaultSchedule(options.ids.named('faults').fraction);
  }

  get calls(): readonly EventCall[] {
    return this.#calls;
  }

  /** In won, without VAT. */
  get cost(): number {
    return [...this.#tasks.values()].reduce((won, { succeeded }) => won + succeeded * WON_PER_MESSAGE, 0);
  }

  injectFault(fault: CallbackFault, timing: FaultTiming): void {
    this.#faults.add(fault, timing);
  }

  async serve(request: ServedRequest): Promise<ServedReply> {
    const { restApiKey } = this.#options;
    const [, scheme, key] = /^(KakaoAK|KakaoBK) (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    // The key of an individual's group bot speaks to no person.
    const isBeyondScheme = scheme === 'KakaoBK' && request.path.endsWith('/talk');
    if (restApiKey === undefined || key !== restApiKey || isBeyondScheme) {
      return { status: 401, body: { msg: 'wrong appKey', code: -401 } };
    }
    const [, taskId] = /^\/v1\/tasks\/([^/]+)$/.exec(request.path) ?? [];
    return taskId === undefined ? this.#send(request) : this.#tell(request, taskId);
  }

  /** Resolves when every accepted message has been delivered or has failed. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  close(): void {
    this.#closing.abort();
  }

  async #send(request: ServedRequest): Promise<ServedReply> {
    if (request.method !== 'POST') return { status: 405, body: {} };
    const fault = this.#faults.take();
    if (fault?.kind === 'delay') await delay(this.#options.clock, fault.delayMs, this.#closing.signal);
    const judged = this.#judgeWithFault(request, fault);
    const call: EventCall = {
      ...judged,
      at: this.#options.clock.now(),
      path: request.path,
      body: parseJson(request.body)?.value,
      ...optional('fault', fault),
    };
    this.#calls.push(call);
    this.#options.onCall?.(call);
    return judged.reply;
  }

  #judgeWithFault(request: ServedRequest, fault: CallbackFault | undefined): Judged {
    if (fault?.kind === 'refuse') {
      const { message, status = 'FAIL', httpStatus = this.#options.failHttpStatus } = fault;
      return { accepted: false, reply: this.#reply(httpStatus, status, message) };
    }
    if (fault?.kind === 'cut') return { accepted: fault.accepted && this.#judge(request).accepted, reply: 'cut' };
    return this.#judge(request);
  }

  #judge({ path, headers, body: text }: ServedRequest): Judged {
    const refuse = (message: string): Judged => ({
      accepted: false,
      reply: this.#reply(this.#options.failHttpStatus, 'FAIL', message),
    });
    if (!/^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i.test(headers['content-type'] ?? '')) {
      return { accepted: false, reply: { status: 415, body: {} } };
    }
    const [, botId, kind] = /^\/v2\/bots\/([^/]+)\/(talk|group)$/.exec(path) ?? [];
    // Byte for byte: a development channel without its `!` is another bot.
    if (botId !== this.#options.botId) return refuse('Invalid bot ID. Check your Bot ID.');
    const body = parseJson(text);
    if (body === undefined) return refuse('Invalid request body.');
    const event = this.#options.events.find(({ name }) => name === textField(fieldOf(body.value, 'event'), 'name'));
    if (event === undefined) return refuse('Invalid event name.');
    const [own, other] = kind === 'talk' ? (['user', 'chat'] as const) : (['chat', 'user'] as const);
    if (fieldOf(body.value, other) !== undefined) return refuse(`Invalid request body. ${other} is not for this API.`);
    const recipients = readRecipients(listField(body.value, own), kind === 'group');
    if (recipients === undefined) return refuse(`Invalid ${own}.`);
    const distinct = new Set(recipients.map(({ type, id }) => JSON.stringify([type, id])));
    if (distinct.size < recipients.length) return refuse(`Duplicate ${own}.`);
    if (recipients.length > MAX_RECIPIENTS) return refuse(`Too many ${own}.`);
    const params = fieldOf(body.value, 'params');
    return { accepted: true, reply: this.#accept(event, recipients, isObject(params) ? params : {}) };
  }

  #accept(event: EventBlock, recipients: readonly Recipient[], params: Readonly<Record<string, unknown>>): ServedReply {
    const reply = this.#reply(200, 'SUCCESS');
    const task: Task = { all: recipients.length, succeeded: 0, unresolved: 0, failed: [] };
    this.#tasks.set(reply.body.taskId, task);
    const running = this.#run(task, event, recipients, params).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return reply;
  }

  /** One after the other, and never before the call has been answered. */
  async #run(
    task: Task,
    event: EventBlock,
    recipients: readonly Recipient[],
    params: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const recipient of recipients) {
      if (this.#closing.signal.aborted) return;
      const to = this.#options.findRecipient(recipient);
      if (to === undefined) task.unresolved += 1;
      else if (event.callsSkill !== true || (await this.#options.runSkill(to, event.name, params))) task.succeeded += 1;
      else task.failed.push(this.#failure(recipient));
    }
  }

  #failure({ type, id }: Recipient): object {
    return {
      userId: id,
      reqUserType: type,
      createdAt: Math.floor(this.#options.clock.now() / 1_000),
      errorMsg: { errorType: '201', msg: 'Bot skill server responded with an HTTP error.' },
    };
  }

  #tell(request: ServedRequest, taskId: string): ServedReply {
    if (request.method !== 'GET') return { status: 405, body: {} };
    const task = this.#tasks.get(taskId);
    if (task === undefined) return { status: 404, body: {} };
    const failures = task.failed.length + task.unresolved;
    return {
      status: 200,
      body: {
        taskId,
        status: failures === 0 ? 'ALL SUCCESS' : `${failures} FAIL`,
        allRequestCount: task.all,
        successCount: task.succeeded,
        userKeyResolvingFailCount: task.unresolved,
        fail: { count: task.failed.length, list: task.failed },
      },
    };
  }

  #reply(httpStatus: number, status: string, message?: string) {
    const { ids, clock } = this.#options;
    const body = { taskId: ids.uuid(), status, ...optional('message', message), timestamp: clock.now() };
    return { status: httpStatus, body };
  }
}

/** Undefined when there is nobody, or one of them cannot be a recipient here. */
function readRecipients(list: readonly unknown[], isGroup: boolean): readonly Recipient[] | undefined {
  const types: readonly string[] = isGroup ? ['botGroupKey'] : ['botUserKey', 'plusfriendUserKey', 'appUserId'];
  const recipients = list.map((entry) => ({ type: textField(entry, 'type') ?? '', id: textField(entry, 'id') ?? '' }));
  const isValid = ({ type, id }: Recipient) => types.includes(type) && id !== '';
  return recipients.length > 0 && recipients.every(isValid) ? recipients : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
