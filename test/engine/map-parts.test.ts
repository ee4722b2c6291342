import { describe, expect, it } from 'vitest';
import { flatMapParts, mapParts } from '../../src/engine/map-parts.ts';

/** Says whether it was closed. */
function numbers(failure?: Error) {
  const seen = { closed: false, taken: 0 };
  async function* stream() {
    try {
      for (const number of [1, 2, 3]) {
        seen.taken = number;
        yield number;
      }
      if (failure !== undefined) throw failure;
    } finally {
      seen.closed = true;
    }
  }
  return { seen, stream: stream() };
}

async function take<Part>(parts: AsyncIterable<Part>, count = Number.POSITIVE_INFINITY): Promise<Part[]> {
  const taken: Part[] = [];
  if (count === 0) return taken;
  for await (const part of parts) {
    taken.push(part);
    if (taken.length >= count) break;
  }
  return taken;
}

const twice = (number: number) => number * 2;

it('changes each part', async () => {
  const { stream, seen } = numbers();
  expect(await take(mapParts(stream, twice))).toEqual([2, 4, 6]);
  expect(seen.closed).toBe(true);
});

it('changes what was changed already', async () => {
  const { stream, seen } = numbers();
  const words = mapParts(mapParts(mapParts(stream, twice), twice), (number) => `${number}번`);
  expect(await take(words, 2)).toEqual(['4번', '8번']);
  expect(seen).toEqual({ closed: true, taken: 2 });
});

it('does nothing before somebody reads', async () => {
  const { stream, seen } = numbers();
  expect(await take(mapParts(stream, twice), 0)).toEqual([]);
  expect(seen.taken).toBe(0);
});

it('closes the stream inside when nobody reads on', async () => {
  const { stream, seen } = numbers();
  expect(await take(mapParts(stream, twice), 2)).toEqual([2, 4]);
  expect(seen).toEqual({ closed: true, taken: 2 });
});

it('fails as the stream inside does', async () => {
  const failure = new Error('broken');
  await expect(take(mapParts(numbers(failure).stream, twice))).rejects.toBe(failure);
});

it('closes the stream inside when a part cannot be changed', async () => {
  const { stream, seen } = numbers();
  const failure = new Error('unreadable');
  const change = (number: number) => {
    if (number === 2) throw failure;
    return number;
  };
  await expect(take(mapParts(mapParts(stream, change), twice))).rejects.toBe(failure);
  expect(seen).toEqual({ closed: true, taken: 2 });
});

describe('a part that becomes several', () => {
  const countTo = (number: number) => Array.from({ length: number - 1 }, (_, index) => index + 1);

  it('is handed on as those, or not at all', async () => {
    const { stream, seen } = numbers();
    expect(await take(flatMapParts(stream, countTo))).toEqual([1, 1, 2]);
    expect(seen.closed).toBe(true);
  });

  it('closes the stream inside when nobody reads on', async () => {
    const { stream, seen } = numbers();
    expect(await take(flatMapParts(stream, countTo), 2)).toEqual([1, 1]);
    expect(seen).toEqual({ closed: true, taken: 3 });
  });

  it('closes the stream inside when a part cannot be spread', async () => {
    const { stream, seen } = numbers();
    const failure = new Error('unreadable');
    const spread = (number: number) => {
      if (number === 2) throw failure;
      return [number];
    };
    await expect(take(flatMapParts(stream, spread))).rejects.toBe(failure);
    expect(seen).toEqual({ closed: true, taken: 2 });
  });

  it('has been handed on as far as it could be changed', async () => {
    const { stream, seen } = numbers();
    const failure = new Error('unreadable');
    const heard: number[] = [];
    const change = (number: number) => {
      if (number === 3) throw failure;
      return number;
    };
    const listen = async () => {
      for await (const part of mapParts(
        flatMapParts(stream, (number) => [number, number + 2]),
        change,
      ))
        heard.push(part);
    };
    await expect(listen()).rejects.toBe(failure);
    expect(heard).toEqual([1]);
    expect(seen).toEqual({ closed: true, taken: 1 });
  });

  it('fails as the stream inside does, behind what came before', async () => {
    const failure = new Error('broken');
    const heard: number[] = [];
    const listen = async () => {
      for await (const part of mapParts(flatMapParts(numbers(failure).stream, countTo), twice)) heard.push(part);
    };
    await expect(listen()).rejects.toBe(failure);
    expect(heard).toEqual([2, 2, 4]);
  });
});
