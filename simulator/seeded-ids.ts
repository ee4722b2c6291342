import { createHash } from 'node:crypto';

/** Ids that look like the platform's and are the same on every run with the same seed. */
export interface SeededIds {
  /** The next `length` lower-case hex digits. */
  hex(length: number): string;
  /** The next `length` characters of base64url. */
  base64url(length: number): string;
  digits(length: number): string;
  uuid(): string;
  /** The next number from 0 to below 1. */
  fraction(): number;
  /** Always the same for the same name, however many ids were drawn in between. */
  named(name: string): SeededIds;
}

export function createSeededIds(seed: string | number): SeededIds {
  let drawn = 0;
  const stream = (encoding: 'hex' | 'base64url', length: number): string => {
    let text = '';
    while (text.length < length) {
      text += createHash('sha256').update(`${seed}\n${drawn}`).digest(encoding);
      drawn += 1;
    }
    return text.slice(0, length);
  };
  return {
    hex: (length) => stream('hex', length),
    base64url: (length) => stream('base64url', length),
    digits: (length) =>
      stream('hex', length)
        .split('')
        .map((digit) => Number.parseInt(digit, 16) % 10)
        .join(''),
    uuid: () => stream('hex', 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5'),
    fraction: () => Number.parseInt(stream('hex', 8), 16) / 2 ** 32,
    named: (name) => createSeededIds(`${seed}\n${name}`),
  };
}
