import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransientMap } from '../../src/platform/transient-map.ts';

const key = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value: fc.string() }),
  fc.record({ kind: fc.constant('delete' as const), key }),
);

describe('a transient map', () => {
  it('holds what a map holds, the latest that was set last', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const transient = new TransientMap<string, string>();
        const map = new Map<string, string>();
        for (const taken of steps) {
          if (taken.kind === 'delete') {
            expect(transient.delete(taken.key)).toBe(map.delete(taken.key));
            continue;
          }
          map.delete(taken.key);
          map.set(taken.key, taken.value);
          transient.set(taken.key, taken.value);
        }
        expect([...transient.values()]).toEqual([...map.values()]);
        expect(transient.size).toBe(map.size);
        for (const name of ['a', 'b', 'c']) {
          expect(transient.get(name)).toBe(map.get(name));
          expect(transient.has(name)).toBe(map.has(name));
        }
      }),
    );
  });

  it('leaves out what is deleted while its values are read', () => {
    const transient = new TransientMap<string, string>();
    for (const name of ['a', 'b', 'c']) transient.set(name, name.toUpperCase());
    const read: string[] = [];
    for (const value of transient.values()) {
      read.push(value);
      transient.delete('b');
    }
    expect(read).toEqual(['A', 'C']);
  });
});
