import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../src/config/json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('jsonFault', () => {
  it.each([
    ['[{"a": 1,}]', 'line 1 column 10'],
    ['[\n  {"a": 1}\n  {"b": 2}\n]', 'line 3 column 3'],
    ['{"a": "x', 'line 1 column 7'],
    ['{"a": 1', 'line 1 column 8'],
    ["{'a': 1}", 'line 1 column 2'],
    ['[1, 2] x', 'line 1 column 8'],
    ['{"a": 01}', 'line 1 column 7'],
    ['[1}', 'line 1 column 3'],
    ['[TRUE]', 'line 1 column 2'],
    ['', 'line 1 column 1'],
  ])('finds it in %j', (text, place) => {
    expect(jsonFault(text)).toBe(place);
  });

  it('finds none where the parser finds none', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u00',
      '"',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'null',
      ' ',
      '\n',
    );
    const text = fc.oneof(
      fc.json(),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(jsonFault(given) === undefined).toBe(isJson(given));
      }),
      { numRuns: 2_000 },
    );
  });
});
