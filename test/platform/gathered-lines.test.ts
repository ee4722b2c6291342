import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { gatherLines } from '../../src/platform/gathered-lines.ts';

describe('the lines of a log', () => {
  let written: string[];
  let lines: ReturnType<typeof gatherLines>;

  beforeEach(() => {
    written = [];
    lines = gatherLines({ write: (text) => void written.push(text) });
  });

  it('of one turn of the event loop are written at once, at its end', async () => {
    lines.write('one\n');
    await Promise.resolve();
    lines.write('two\n');
    expect(written).toEqual([]);
    await nextTurn();
    expect(written).toEqual(['one\ntwo\n']);
  });

  it('of turns that follow are not mixed up with those before', async () => {
    lines.write('one\n');
    await nextTurn();
    lines.write('two\n');
    await nextTurn();
    expect(written).toEqual(['one\n', 'two\n']);
  });

  it('are written when the process ends, and only once', async () => {
    lines.write('last words\n');
    lines.flushSync();
    expect(written).toEqual(['last words\n']);
    await nextTurn();
    lines.flushSync();
    expect(written).toEqual(['last words\n']);
  });
});
