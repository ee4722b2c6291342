import { describe, expect, it } from 'vitest';
import { type Findings, JsonSpot, type Verdict } from '../../src/channels/json-spot.ts';

class Spot extends JsonSpot<Spot> {
  protected readonly platform = 'Pigeon';

  protected spot(value: unknown, path: string, findings: Findings): Spot {
    return new Spot(value, path, findings);
  }

  url(rule: { readonly required?: boolean; readonly phoneAllowed?: boolean } = {}): string | undefined {
    return this.absoluteUrl(rule, rule.phoneAllowed === true ? ['tel:'] : [])?.href;
  }
}

function judge(value: unknown, check: (spot: Spot) => void): Verdict {
  const findings: Findings = { faults: [], warnings: [] };
  check(new Spot(value, '', findings));
  return findings;
}

function faultsOf(value: unknown, check: (spot: Spot) => void): readonly string[] {
  const { faults, warnings } = judge(value, check);
  expect(warnings).toEqual([]);
  return faults.map(({ path, message }) => `${path}: ${message}`);
}

function warningsOf(value: unknown, check: (spot: Spot) => void): readonly string[] {
  const { faults, warnings } = judge(value, check);
  expect(faults).toEqual([]);
  return warnings.map(({ path, message }) => `${path}: ${message}`);
}

const NOTHING: Verdict = { faults: [], warnings: [] };

describe('a place', () => {
  it('is named the way it would be written in code', () => {
    expect(faultsOf({ a: [{ b: 1 }] }, (spot) => spot.at('a').at(0).at('b').fault('is wrong'))).toEqual([
      'a[0].b: is wrong',
    ]);
    expect(faultsOf([[1]], (spot) => spot.at(0).at(0).fault('is wrong'))).toEqual(['[0][0]: is wrong']);
  });

  it('may lie beyond what is there', () => {
    expect(faultsOf('text', (spot) => spot.at('a').at(1).at('b').isRequired())).toEqual(['a[1].b: is required']);
    expect(faultsOf(null, (spot) => spot.at('a').isRequired())).toEqual(['a: is required']);
  });

  it('is not found in the prototype', () => {
    expect(faultsOf({}, (spot) => spot.at('toString').isRequired())).toEqual(['toString: is required']);
    expect(faultsOf({}, (spot) => spot.at('__proto__').isRequired())).toEqual(['__proto__: is required']);
  });
});

describe('what is absent', () => {
  it('passes every check', () => {
    const absent = judge({}, (spot) => {
      const a = spot.at('a');
      a.isObject(['b']);
      a.items(1, 2);
      a.text({ nonEmpty: true, maxLength: 1 });
      a.flag();
      a.integer({ min: 1 });
      a.oneOf(['x']);
      a.url();
    });
    expect(absent).toEqual(NOTHING);
  });

  it.each([
    ['text', (spot: Spot) => spot.text({ required: true }), 'a: is required'],
    ['integer', (spot: Spot) => spot.integer({ required: true, min: 1 }), 'a: is required'],
    ['URL', (spot: Spot) => spot.url({ required: true }), 'a: is required'],
    ['choice', (spot: Spot) => spot.oneOf(['x', 'y'], { required: true }), 'a: must be one of x, y'],
  ] as const)('is one fault when a %s is required', (_name, check, fault) => {
    expect(faultsOf({}, (spot) => check(spot.at('a')))).toEqual([fault]);
  });

  it('is still a fault when it is the whole', () => {
    expect(faultsOf(undefined, (spot) => spot.isObject())).toEqual([': must be an object']);
  });
});

describe('each check', () => {
  it('wants an object, and names the platform that does not know a field', () => {
    expect(warningsOf({ known: 1, other: 2 }, (spot) => spot.isObject(['known']))).toEqual([
      'other: is not a field that Pigeon knows here',
    ]);
    expect(judge({ any: 1 }, (spot) => spot.isObject())).toEqual(NOTHING);
    for (const value of [null, [], 'text', 1]) {
      expect(faultsOf({ a: value }, (spot) => spot.at('a').isObject(['b']))).toEqual(['a: must be an object']);
    }
  });

  it('counts entries and hands out the places inside', () => {
    const inside = (spot: Spot) => {
      for (const entry of spot.items(2, 3)) entry.flag();
    };
    expect(judge([true, false], inside)).toEqual(NOTHING);
    expect(faultsOf([true, 1, 'yes'], inside)).toEqual(['[1]: must be true or false', '[2]: must be true or false']);
    expect(faultsOf([true], inside)).toEqual([': has 1 entries; at least 2 must be there']);
    expect(faultsOf([true, true, true, true], inside)).toEqual([': has 4 entries; 3 is the limit']);
    expect(faultsOf({ length: 2 }, inside)).toEqual([': must be an array']);
  });

  it('wants whole characters in a text, and warns of its length', () => {
    expect(faultsOf(1, (spot) => spot.text({ maxLength: 1 }))).toEqual([': must be a string']);
    expect(judge(' ', (spot) => spot.text({}))).toEqual(NOTHING);
    expect(faultsOf(' ', (spot) => spot.text({ nonEmpty: true }))).toEqual([': must not be empty']);
    expect(faultsOf(' ', (spot) => spot.text({ required: true }))).toEqual([': must not be empty']);
    expect(faultsOf('\uD83D', (spot) => spot.text({}))).toEqual([
      ': holds half a surrogate pair: an emoji was cut in two',
    ]);
    expect(judge('😀', (spot) => spot.text({ maxLength: 2 }))).toEqual(NOTHING);
    expect(warningsOf('😀', (spot) => spot.text({ maxLength: 1 }))).toEqual([': has 2 characters; 1 is the limit']);
  });

  it('wants an integer within its range', () => {
    for (const value of [1, 3]) expect(judge(value, (spot) => spot.integer({ min: 1, max: 3 }))).toEqual(NOTHING);
    for (const value of [0, 4]) {
      expect(faultsOf(value, (spot) => spot.integer({ min: 1, max: 3 }))).toEqual([': must be from 1 to 3']);
    }
    for (const value of [1.5, '1', null]) {
      expect(faultsOf(value, (spot) => spot.integer({}))).toEqual([': must be an integer']);
    }
  });

  it('wants one of the named values', () => {
    expect(judge('x', (spot) => spot.oneOf(['x', 'y']))).toEqual(NOTHING);
    for (const value of ['z', null, ['x']]) {
      expect(faultsOf(value, (spot) => spot.oneOf(['x', 'y']))).toEqual([': must be one of x, y']);
    }
  });

  it('hands a good URL to the platform and reports any other', () => {
    let url: string | undefined;
    const read = (spot: Spot) => {
      url = spot.url();
    };
    expect(judge('https://shop.example/a', read)).toEqual(NOTHING);
    expect(url).toBe('https://shop.example/a');
    for (const value of ['/a', 'ftp://shop.example', 'https://shop.example/a b', 'tel:021234', 1]) {
      expect(faultsOf(value, read)).toEqual([': must be an http(s) URL']);
      expect(url).toBeUndefined();
    }
    expect(judge('tel:021234', (spot) => spot.url({ phoneAllowed: true }))).toEqual(NOTHING);
  });
});
