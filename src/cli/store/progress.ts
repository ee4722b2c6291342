/** How far a long work is: a bar that is drawn anew on a terminal, otherwise a line every few seconds. On standard error. */
import type { Terminal } from '../terminal.ts';

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const BAR_WIDTH = 24;

export class Progress {
  readonly #terminal: Pick<Terminal, 'clock' | 'errorsAreTerminal' | 'printError'>;
  #label = '';
  #shownAt: number;
  #isLineOpen = false;

  constructor(terminal: Pick<Terminal, 'clock' | 'errorsAreTerminal' | 'printError'>) {
    this.#terminal = terminal;
    this.#shownAt = terminal.clock.now();
  }

  /** @param label what is being done; a new one begins a new line */
  show(label: string, done: number, total: number): void {
    const { clock, errorsAreTerminal, printError } = this.#terminal;
    const isNew = label !== this.#label;
    const pauseMs = errorsAreTerminal ? REDRAW_MS : LINE_MS;
    const isDue = clock.now() - this.#shownAt >= pauseMs || (errorsAreTerminal && (isNew || done === total));
    if (!isDue) return;
    if (isNew) this.end();
    this.#label = label;
    this.#shownAt = clock.now();
    // What is counted may grow while it is counted.
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const figures = `${Math.floor(share * 100)}% (${done.toLocaleString('en')} / ${total.toLocaleString('en')})`;
    if (!errorsAreTerminal) {
      printError(`${label} ${figures}\n`);
      return;
    }
    const full = Math.round(share * BAR_WIDTH);
    printError(`\r\u001b[K${label} ${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${figures}`);
    this.#isLineOpen = true;
  }

  /** What is printed next begins on a line of its own. */
  end(): void {
    if (this.#isLineOpen) this.#terminal.printError('\n');
    this.#isLineOpen = false;
  }
}
