/** Reads the files of the settings again while the program runs, and gives bots their new words, rules and knowledge. What was asked
 *  before is answered from what was there then. All that is read is right, or nothing changes. */
import { isDeepStrictEqual } from 'node:util';
import { environmentName } from '../config/schema.ts';
import { type BotSettings, NO_KNOWLEDGE, SAMPLE_KNOWLEDGE, type Settings } from '../config.ts';
import type { Bot } from '../conversation/bot.ts';
import { toGatewayError } from '../errors.ts';
import type { Alerts } from '../platform/alerts.ts';
import type { Clock } from '../platform/clock.ts';
import { watchFiles } from '../platform/file-watch.ts';
import type { Logger } from '../platform/logger.ts';
import type { Peers } from '../platform/peers.ts';
import { type BotContent, CONTENT_SETTINGS, readContent } from './bot-content.ts';
import { withContent } from './bots.ts';

/** Where the settings come from. */
export interface SettingsSource {
  /** @throws GatewayError `SETTINGS_INVALID` */
  read(): Settings;
  /** The files that were read, this time or before. */
  readonly files: () => readonly string[];
}

export interface ReloadParts {
  /** As the program was started with. */
  readonly settings: Settings;
  readonly source: SettingsSource;
  /** What is replaced. */
  readonly bots: Map<string, Bot>;
  /** By bot, as the program was started with. */
  readonly entries: ReadonlyMap<string, BotContent['entries']>;
  readonly sampleDirectory: string;
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly logger: Logger;
  readonly peers: Pick<Peers, 'tell' | 'onTold'>;
}

const ASKED_FOR = 'reload';
const LONGEST_REASON = 1_000;
const CONTENT: ReadonlySet<string> = new Set(CONTENT_SETTINGS);

export class Reload {
  readonly #parts: ReloadParts;
  /** What the bots work with now. */
  readonly #inUse: Map<string, BotSettings>;
  readonly #entries: Map<string, BotContent['entries']>;
  readonly #stopWatching: () => void;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#inUse = new Map(parts.settings.bots.map((bot) => [bot.id, bot]));
    this.#entries = new Map(parts.entries);
    parts.peers.onTold(ASKED_FOR, () => this.#readAgain());
    const everyMs = parts.settings.reloadCheckSeconds * 1_000;
    this.#stopWatching =
      everyMs === 0
        ? () => {}
        : watchFiles({
            files: () => this.#files(),
            everyMs,
            clock: parts.clock,
            changedSince: performance.timeOrigin,
            onChange: () => this.#readAgain(),
          });
  }

  /** The operator asks for it: all processes that share the store read their files again. */
  askAll(): void {
    this.#parts.peers.tell(ASKED_FOR, {});
    this.#readAgain();
  }

  stop(): void {
    this.#stopWatching();
  }

  #files(): readonly string[] {
    const named = [...this.#inUse.values()].map(({ knowledgeFile }) => knowledgeFile);
    const knowledge = named.filter((file) => file !== NO_KNOWLEDGE && file !== SAMPLE_KNOWLEDGE);
    return [...new Set([...this.#parts.source.files(), ...knowledge])];
  }

  #readAgain(): void {
    const { source, alerts, logger } = this.#parts;
    try {
      const next = source.read();
      // Of all bots, before the first one changes.
      const read = next.bots.map((bot) => [bot, this.#readContent(bot, next)] as const);
      for (const [bot, content] of read) if (content !== undefined) this.#change(bot, content);
      this.#tellWhatWaits(next);
    } catch (thrown) {
      const { code, message } = toGatewayError(thrown);
      logger.error(
        { code, reason: message },
        'the settings were read again and are wrong: those from before stay in use',
      );
      alerts.raise({
        code: 'settings-refused',
        text: '설정 파일이나 지식 파일이 바뀌었지만 잘못된 곳이 있어 적용하지 않았습니다. 바뀌기 전 내용으로 계속 답변합니다. reason에 적힌 곳을 고쳐 저장하면 다시 읽습니다.',
        details: { reason: message.slice(0, LONGEST_REASON) },
      });
    }
  }

  /** `undefined` for a bot that is not at work. */
  #readContent(bot: BotSettings, next: Settings): BotContent | undefined {
    const { bots, sampleDirectory, logger } = this.#parts;
    return bots.has(bot.id) ? readContent(bot, next, sampleDirectory, logger) : undefined;
  }

  #change(next: BotSettings, content: BotContent): void {
    const { bots, logger } = this.#parts;
    const [bot, inUse] = [bots.get(next.id), this.#inUse.get(next.id)];
    if (bot === undefined || inUse === undefined) return;
    const changed = changedFields(inUse, next).filter((field) => CONTENT.has(field));
    const hasNewEntries = !isDeepStrictEqual(this.#entries.get(next.id), content.entries);
    if (changed.length === 0 && !hasNewEntries) return;
    bots.set(next.id, withContent(bot, content, hasNewEntries));
    this.#inUse.set(next.id, { ...inUse, ...pick(next, CONTENT_SETTINGS) });
    this.#entries.set(next.id, content.entries);
    logger.info(
      { bot: next.id, settings: changed, entries: content.entries.length, newEntries: hasNewEntries },
      'a bot goes on with settings or knowledge that were changed',
    );
  }

  /** What takes a restart, and so is not in use yet. */
  #tellWhatWaits(next: Settings): void {
    const { settings, logger } = this.#parts;
    const waiting = changedFields(withoutBots(settings), withoutBots(next)).map(environmentName);
    for (const bot of next.bots) {
      const inUse = this.#inUse.get(bot.id);
      if (inUse === undefined) waiting.push(`bot "${bot.id}"`);
      else waiting.push(...changedFields(inUse, bot).map((field) => `bot "${bot.id}": ${field}`));
    }
    for (const id of this.#inUse.keys()) {
      if (!next.bots.some((bot) => bot.id === id)) waiting.push(`bot "${id}"`);
    }
    if (waiting.length > 0) logger.warn({ settings: waiting }, 'these changes of the settings take a restart');
  }
}

function withoutBots({
  bots: _bots,
  defaultBotId: _default,
  warnings: _warnings,
  ...rest
}: Settings): Readonly<Record<string, unknown>> {
  return rest;
}

function changedFields(before: object, after: object): readonly string[] {
  const old: Readonly<Record<string, unknown>> = { ...before };
  const next: Readonly<Record<string, unknown>> = { ...after };
  const fields = new Set([...Object.keys(old), ...Object.keys(next)]);
  return [...fields].filter((field) => !isDeepStrictEqual(old[field], next[field]));
}

function pick<Whole, Field extends keyof Whole>(whole: Whole, fields: readonly Field[]): Pick<Whole, Field> {
  return Object.fromEntries(fields.map((field) => [field, whole[field]])) as Pick<Whole, Field>;
}
