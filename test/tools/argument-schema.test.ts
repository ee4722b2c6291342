import { describe, expect, it } from 'vitest';
import { argumentSchemaProblems, compileArguments } from '../../src/tools/argument-schema.ts';

function accepts(property: Readonly<Record<string, unknown>>, value: unknown): boolean {
  const schema = { type: 'object', properties: { x: property } };
  expect(argumentSchemaProblems(schema)).toEqual([]);
  return compileArguments(schema).Check({ x: value });
}

describe('a pattern of the operator over words of a customer', () => {
  // Each takes an engine that tracks back from hours to longer than the world will last; seconds leave room for a busy machine.
  it.each([
    ['^(a+)+$', `${'a'.repeat(480)}!`],
    ['^([가-힣]+\\s?)+$', `${'가나 다라'.repeat(96)}!`],
    ['^(\\d+-?)+$', `${'1'.repeat(480)}x`],
    ['^(.*)*,$', 'a'.repeat(490)],
  ])(
    '%s is answered in linear time',
    (pattern, value) => {
      expect(accepts({ type: 'string', pattern }, value)).toBe(false);
    },
    5_000,
  );

  it.each([
    ['^[0-9]{8,14}$', '202611220001', true],
    ['^[0-9]{8,14}$', '2026-1122', false],
    ['^[가-힣]{2,5}$', '홍길동', true],
    ['^[\\uAC00-\\uD7A3]+\\u0020?$', '홍길동 ', true],
    ['^\\p{L}+$', '홍길동', true],
    ['^[^/]+$', 'a/b', false],
    ['^(?<year>\\d{4})-\\d\\d$', '2026-11', true],
    ['ship', 'the ship sails', true],
  ])('%s means what it always did: %s', (pattern, value, expected) => {
    expect(accepts({ type: 'string', pattern }, value)).toBe(expected);
  });

  it('is found wherever a schema may stand', () => {
    const evil = { type: 'string', pattern: '^(a+)+$' };
    const schema = {
      type: 'object',
      $defs: { code: evil },
      properties: {
        // A property may be called so, and is none.
        pattern: { type: 'string' },
        ref: { $ref: '#/$defs/code' },
        list: { type: 'array', items: { anyOf: [evil, { type: 'null' }] } },
        deep: { type: 'object', additionalProperties: { not: { allOf: [evil] } } },
      },
    };
    const validator = compileArguments(schema);
    const long = `${'a'.repeat(40)}!`;
    expect(validator.Check({ pattern: '(((', ref: 'aaa', list: ['a', null], deep: { y: long } })).toBe(true);
    expect(validator.Check({ ref: long })).toBe(false);
    expect(validator.Check({ list: [long] })).toBe(false);
    expect(validator.Check({ deep: { y: 'aaa' } })).toBe(false);
  });

  it('leaves what is no text alone', () => {
    expect(accepts({ type: ['string', 'integer'], pattern: '^a$' }, 7)).toBe(true);
  });

  it('is named to the model that missed it', () => {
    const validator = compileArguments({ type: 'object', properties: { x: { type: 'string', pattern: '^\\d+$' } } });
    expect(validator.Errors({ x: 'a' })[1].map(({ message }) => message)).toContain('must match pattern "^\\d+$"');
  });
});

describe('the length of an argument', () => {
  it('has a limit where the declaration sets none', () => {
    expect(accepts({ type: 'string' }, '가'.repeat(500))).toBe(true);
    expect(accepts({ type: 'string' }, '가'.repeat(501))).toBe(false);
    expect(accepts({ type: 'string', maxLength: 800 }, '가'.repeat(800))).toBe(true);
    expect(accepts({ type: ['string', 'null'] }, '가'.repeat(501))).toBe(false);
  });
});
