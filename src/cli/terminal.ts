/** Where the command line reads and writes; a test brings its own. */
import type { Clock } from '../platform/clock.ts';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is wrong with the file .env, `NAME: reason` each. */
  readonly envProblems: readonly string[];
  /** Text of a file that a setting names. */
  readSettingsText(path: string): string;
  readonly clock: Clock;
  /** Fires when the person has had enough (Ctrl+C). */
  readonly signal: AbortSignal;
  /** Nobody pipes anything in. */
  readonly inputIsTerminal: boolean;
  /** Progress may rewrite its line. */
  readonly errorsAreTerminal: boolean;
  readFile(path: string): Uint8Array;
  kindOf(path: string): 'file' | 'folder' | 'nothing';
  writeFile(path: string, bytes: Uint8Array): void;
  readInput(): Promise<string>;
  print(text: string): void;
  printError(text: string): void;
}
