/** The spool as one file of JSON lines beside the database: an event, or the ids of events that are done. */
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../errors.ts';
import type { InboundEvent } from '../../message.ts';
import type { Logger } from '../../platform/logger.ts';
import { SPOOL_FILE } from '../data-directory.ts';
import type { Spool, SpooledEvent } from './spool.ts';

export interface FileSpoolOptions {
  /** Exists; this process owns it. */
  readonly directory: string;
  readonly logger: Logger;
  readonly maxEvents?: number;
  /** Of the events that wait, as they stand in the file. */
  readonly maxBytes?: number;
}

interface Kept extends SpooledEvent {
  readonly sizeBytes: number;
}

const MAX_EVENTS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;
/** Money that was taken, and consent that was taken back: questions leave room for them. */
const MUST_FIT: ReadonlySet<InboundEvent['type']> = new Set(['payment-settled', 'profile-withdrawn']);
const SHARE_OF_THE_REST = 0.95;
/** Lines of events that are done, beyond which the file is written anew although events still wait. */
const MAX_DEAD_BYTES = 1024 * 1024;
/** Conversations of customers: nobody else on the machine has any business in them. */
const PRIVATE = 0o600;

/** @throws GatewayError `STORE_FAILED` when the file cannot be read or written at all */
export async function openFileSpool(options: FileSpoolOptions): Promise<Spool> {
  const path = join(options.directory, SPOOL_FILE);
  try {
    const file = await open(path, 'a', PRIVATE);
    await file.chmod(PRIVATE);
    const content = await readFile(path, 'utf8');
    return new FileSpool(path, file, content, options);
  } catch (cause) {
    throw new GatewayError('STORE_FAILED', `The file ${path} cannot be written; check the rights of its directory`, {
      cause,
    });
  }
}

class FileSpool implements Spool {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  /** By event id, in the order of `add`. */
  readonly #events = new Map<string, Kept>();
  /** Ids by conversation, in order. */
  readonly #conversations = new Map<string, Set<string>>();
  #file: FileHandle;
  #liveBytes = 0;
  #fileBytes: number;
  #unwritten: string[] = [];
  #mustRewrite = false;
  #writing: Promise<void> | undefined;
  #isFailing = false;

  constructor(path: string, file: FileHandle, content: string, options: FileSpoolOptions) {
    this.#path = path;
    this.#file = file;
    this.#logger = options.logger;
    this.#maxEvents = options.maxEvents ?? MAX_EVENTS;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#fileBytes = Buffer.byteLength(content);
    for (const line of content.split('\n')) this.#read(line);
    // A line that a crash has cut would swallow the next one.
    this.#mustRewrite = content !== '' && !content.endsWith('\n');
    if (this.#mustRewrite || (content !== '' && this.#events.size === 0)) this.#write('');
  }

  get size(): number {
    return this.#events.size;
  }

  has(conversationKey: string): boolean {
    return this.#conversations.has(conversationKey);
  }

  add(event: SpooledEvent): boolean {
    const line = `${JSON.stringify(event)}\n`;
    const sizeBytes = Buffer.byteLength(line);
    const share = MUST_FIT.has(event.event.type) ? 1 : SHARE_OF_THE_REST;
    const isFull = this.#events.size >= this.#maxEvents * share || this.#liveBytes + sizeBytes > this.#maxBytes * share;
    if (isFull) return false;
    this.#keep({ ...event, sizeBytes });
    this.#write(line);
    return true;
  }

  async flushed(): Promise<boolean> {
    while (this.#writing !== undefined) await this.#writing;
    return !this.#isFailing;
  }

  heads(): readonly SpooledEvent[] {
    const heads: SpooledEvent[] = [];
    for (const ids of this.#conversations.values()) {
      const [first] = ids;
      const head = first === undefined ? undefined : this.#events.get(first);
      if (head !== undefined) heads.push(head);
    }
    return heads.sort((a, b) => a.receivedAt - b.receivedAt);
  }

  of(conversationKey: string): readonly SpooledEvent[] {
    const ids = this.#conversations.get(conversationKey) ?? [];
    return [...ids].flatMap((id) => this.#events.get(id) ?? []);
  }

  remove(eventIds: readonly string[]): void {
    const done = eventIds.filter((id) => this.#drop(id));
    if (done.length > 0) this.#write(`${JSON.stringify({ done })}\n`);
  }

  purge(): void {
    this.#mustRewrite = true;
    this.#write('');
  }

  async close(): Promise<void> {
    await this.flushed();
    await this.#file.close();
  }

  /** What is no line of ours, or was cut by a crash, is left out: it was never acknowledged. */
  #read(line: string): void {
    let value: Partial<SpooledEvent> & { readonly done?: unknown };
    try {
      value = JSON.parse(line);
    } catch {
      return;
    }
    const { done, conversationKey, receivedAt, event } = value ?? {};
    if (Array.isArray(done)) for (const id of done) this.#drop(id);
    if (typeof conversationKey !== 'string' || typeof receivedAt !== 'number' || typeof event?.id !== 'string') return;
    this.#keep({ conversationKey, receivedAt, event, sizeBytes: Buffer.byteLength(line) + 1 });
  }

  #keep(kept: Kept): void {
    this.#drop(kept.event.id);
    this.#events.set(kept.event.id, kept);
    this.#liveBytes += kept.sizeBytes;
    const ids = this.#conversations.get(kept.conversationKey);
    if (ids === undefined) this.#conversations.set(kept.conversationKey, new Set([kept.event.id]));
    else ids.add(kept.event.id);
  }

  #drop(id: string): boolean {
    const kept = this.#events.get(id);
    if (kept === undefined) return false;
    this.#events.delete(id);
    this.#liveBytes -= kept.sizeBytes;
    const ids = this.#conversations.get(kept.conversationKey);
    ids?.delete(id);
    if (ids?.size === 0) this.#conversations.delete(kept.conversationKey);
    return true;
  }

  #write(line: string): void {
    this.#unwritten.push(line);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** One write and one sync for all that came while the last ones ran. */
  async #writeAll(): Promise<void> {
    // Not in the caller's own turn: what it adds next travels along.
    await Promise.resolve();
    while (this.#unwritten.length > 0) {
      const chunk = this.#unwritten.join('');
      this.#unwritten = [];
      try {
        if (this.#events.size === 0) await this.#empty();
        else if (this.#mustRewrite || this.#fileBytes - this.#liveBytes > MAX_DEAD_BYTES) await this.#rewrite();
        else await this.#append(chunk);
        this.#isFailing = false;
      } catch (err) {
        // What is in memory goes into the file whole with the next write.
        this.#mustRewrite = true;
        if (!this.#isFailing)
          this.#logger.error({ err }, 'the spool cannot be written; its events are in memory alone');
        this.#isFailing = true;
      }
    }
  }

  async #append(chunk: string): Promise<void> {
    await this.#file.appendFile(chunk);
    await this.#file.datasync();
    this.#fileBytes += Buffer.byteLength(chunk);
  }

  async #empty(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.datasync();
    this.#fileBytes = 0;
    this.#mustRewrite = false;
  }

  /** A new file in place of the old one; a crash leaves one or the other. */
  async #rewrite(): Promise<void> {
    // What is added from here on is written behind it.
    const content = [...this.#events.values()]
      .map(({ sizeBytes: _, ...event }) => `${JSON.stringify(event)}\n`)
      .join('');
    const next = await open(`${this.#path}.new`, 'w', PRIVATE);
    try {
      await next.writeFile(content);
      await next.datasync();
      await rename(`${this.#path}.new`, this.#path);
    } finally {
      await next.close();
    }
    await this.#file.close();
    this.#file = await open(this.#path, 'a', PRIVATE);
    this.#fileBytes = Buffer.byteLength(content);
    this.#mustRewrite = false;
  }
}
