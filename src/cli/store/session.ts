/** What a command of `npm run store` has at hand. */
import type { StoreCommandSettings } from '../../config/command-line-settings.ts';
import type { Phase, Watched } from '../../storage/dump/copy.ts';
import type { Terminal } from '../terminal.ts';
import { type ChosenStore, chooseStore } from './chosen-store.ts';
import { Progress } from './progress.ts';

export interface StoreOptions {
  readonly json?: boolean;
  readonly embedded?: boolean;
}

const PHASES: Readonly<Record<Phase, string>> = {
  writing: '가져오는 중',
  'reading-file': '파일 확인 중',
  'reading-store': '저장소 확인 중',
};

export class StoreSession {
  readonly terminal: Terminal;
  readonly store: ChosenStore;
  /** Of the gateway, whatever the store is. */
  readonly dataDir: string;
  readonly progress: Progress;
  readonly #wantsJson: boolean;
  /** False: the work is done, and what it found is bad. */
  succeeded = true;

  constructor(terminal: Terminal, settings: StoreCommandSettings, { json = false, embedded = false }: StoreOptions) {
    this.terminal = terminal;
    this.store = chooseStore(settings, embedded);
    this.dataDir = settings.dataDir;
    this.progress = new Progress(terminal);
    this.#wantsJson = json;
  }

  get watched(): Watched {
    return {
      onProgress: (phase, done, total) => this.progress.show(PHASES[phase], done, total),
      signal: this.terminal.signal,
    };
  }

  /** The result, for people or for programs. */
  print<Value>(value: Value, describe: (value: Value) => string): void {
    this.progress.end();
    this.terminal.print(this.#wantsJson ? `${JSON.stringify(value, null, 2)}\n` : `${describe(value)}\n`);
  }

  /** What the person should know beside the result. */
  notice(text: string): void {
    this.progress.end();
    this.terminal.printError(`${text}\n`);
  }
}

/** Opens a session for one command, and ends it with an exit code whatever happens. */
export type PerformOnStore = (work: (session: StoreSession) => Promise<void>, options: StoreOptions) => Promise<void>;
