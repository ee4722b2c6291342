import { describe, expect, it } from 'vitest';
import { remember } from '../../src/platform/remember.ts';

function counting() {
  const asked: string[] = [];
  const compute = (text: string) => {
    asked.push(text);
    return text === 'nothing' ? undefined : text.length;
  };
  return { asked, compute };
}

describe('remember', () => {
  it('computes each text once, also when the result is undefined', () => {
    const { asked, compute } = counting();
    const lengthOf = remember(compute, 10);
    expect(['가', '나다', '가', 'nothing', 'nothing'].map(lengthOf)).toEqual([1, 2, 1, undefined, undefined]);
    expect(asked).toEqual(['가', '나다', 'nothing']);
  });

  it('never holds more than its share: the oldest is computed again', () => {
    const { asked, compute } = counting();
    const lengthOf = remember(compute, 2);
    for (const text of ['a', 'b', 'c', 'b', 'a', 'c']) lengthOf(text);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });
});
