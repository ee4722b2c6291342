import { describe, expect, it } from 'vitest';
import { readTools, toolProblems } from '../../src/tools/declaration.ts';

const GOOD = {
  name: 'order_status',
  description: '주문 상태를 조회합니다.',
  parameters: {
    type: 'object',
    properties: { orderNumber: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
    required: ['orderNumber'],
  },
  url: 'https://api.example.com/orders/{orderNumber}?lang=ko',
};
const SECRET = 'sk-very-secret-value';

describe('a tool that is right', () => {
  it('is read with its defaults, and refuses what it does not name', () => {
    expect(toolProblems([GOOD])).toEqual([]);
    expect(readTools([GOOD])).toEqual([
      {
        name: 'order_status',
        description: GOOD.description,
        parameters: { ...GOOD.parameters, additionalProperties: false },
        method: 'GET',
        origin: 'https://api.example.com',
        pathTemplate: '/orders/{orderNumber}',
        search: '?lang=ko',
        timeoutMs: 5_000,
        identifiesCustomer: false,
      },
    ]);
    expect(toolProblems([])).toEqual([]);
  });

  it('may have objects among its arguments where they travel in a body', () => {
    const properties = { orderNumber: { type: 'string' }, reason: { type: 'object' } };
    const tool = { ...GOOD, parameters: { ...GOOD.parameters, properties } };
    expect(toolProblems([{ ...tool, method: 'POST' }])).toEqual([]);
    expect(toolProblems([tool])).toEqual([expect.stringContaining('argument reason goes into the address')]);
  });
});

describe('a tool that is wrong', () => {
  const properties = GOOD.parameters.properties;
  it.each<[string, object, string]>([
    ['without a name', { name: '' }, 'tool 1: name must be'],
    ['with a name no model can say', { name: 'order status' }, 'tool 1: name must be'],
    ['without a description', { description: ' ' }, 'description must be text'],
    ['with a misspelled field', { timeoutMS: 5 }, 'unknown field "timeoutMS"'],
    ['with a method of its own', { method: 'get' }, 'method must be one of'],
    ['without parameters', { parameters: undefined }, 'JSON Schema of the type object'],
    ['with parameters of another type', { parameters: { type: 'string' } }, 'JSON Schema of the type object'],
    ['that requires what it does not name', { parameters: { type: 'object', required: ['x'] } }, 'parameters.required'],
    [
      'with a type nobody knows',
      { parameters: { ...GOOD.parameters, properties: { ...properties, x: { type: 'strnig' } } } },
      'argument x has a type',
    ],
    [
      'with a pattern that is none',
      { parameters: { ...GOOD.parameters, properties: { ...properties, x: { type: 'string', pattern: '((' } } } },
      'argument x has a pattern that cannot be used: missing closing )',
    ],
    [
      'with a pattern that looks ahead',
      { parameters: { ...GOOD.parameters, properties: { ...properties, x: { type: 'string', pattern: '^(?=a)' } } } },
      'argument x has a pattern that cannot be used: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      'with a limit that is none, deep inside',
      {
        method: 'POST',
        parameters: {
          ...GOOD.parameters,
          properties: {
            ...properties,
            x: { type: 'object', properties: { y: { type: 'string', maxLength: '5' } } },
          },
        },
      },
      'argument x.y has a maxLength that is no whole number',
    ],
    [
      'with names by pattern',
      { parameters: { ...GOOD.parameters, patternProperties: { '^x': { type: 'string' } } } },
      'parameters uses patternProperties',
    ],
    ['with another protocol', { url: 'file:///etc/passwd' }, 'url must begin with'],
    ['whose host is an argument', { url: 'https://{orderNumber}/x' }, 'in its path only'],
    ['whose query is an argument', { url: 'https://api.example.com/?q={orderNumber}' }, 'in its path only'],
    ['with a user in its address', { url: `https://me:${SECRET}@api.example.com/` }, 'no user name'],
    ['with a fragment', { url: 'https://api.example.com/#x' }, 'no user name and no fragment'],
    ['with an unknown argument in its path', { url: 'https://api.example.com/{id}' }, '{id} of the url must be'],
    ['with an optional argument in its path', { url: 'https://api.example.com/{tags}' }, '{tags} of the url must be'],
    ['with a broken argument in its path', { url: 'https://api.example.com/{order-number}' }, 'as {name}'],
    ['that sets a header of ours', { secretHeader: { name: 'Host', value: SECRET } }, 'secretHeader.name'],
    [
      'with a line break in its secret',
      { secretHeader: { name: 'X-Key', value: `${SECRET}\n` } },
      'secretHeader.value',
    ],
    ['with half a secret', { secretHeader: { value: SECRET } }, 'secretHeader must be'],
    ['that waits for ever', { timeoutMs: 3_600_000 }, 'timeoutMs must be'],
    ['with too much to say', { waitingText: '가'.repeat(201) }, 'waitingText must be'],
    ['with a doubtful answer', { identifiesCustomer: 'yes' }, 'identifiesCustomer must be'],
  ])('%s says so, without its secret', (_name, wrong, reason) => {
    const problems = toolProblems([{ ...GOOD, ...wrong }]);
    expect(problems.join('\n')).toContain(reason);
    expect(problems.join('\n')).not.toContain(SECRET);
    expect(problems.every((problem) => problem.startsWith('tool '))).toBe(true);
  });

  it('is told of everything at once that does not depend on another fault', () => {
    const problems = (wrong: object) => toolProblems([{ ...GOOD, ...wrong }]).map((problem) => problem.slice(19));
    const misspelled = { type: 'object', properties: { orderNumber: { type: 'strnig' } } };
    const url = 'https://me@{orderNumber}.example.com/{id}/{order-number}?q={orderNumber}';
    expect(problems({ url: 'ftp://x', parameters: misspelled, secretHeader: {}, timeout: 5 })).toEqual([
      'unknown field "timeout"',
      'argument orderNumber has a type that JSON Schema does not know',
      'url must begin with https:// or http://',
      'secretHeader must be { "name": …, "value": … }',
    ]);
    expect(problems({ url: url.replace('{orderNumber}.', ''), parameters: misspelled })).toEqual([
      'argument orderNumber has a type that JSON Schema does not know',
      'url must hold no user name and no fragment; a key belongs into secretHeader',
      'url may have {arguments} in its path only',
      'url must name its arguments as {name}: letters, digits and _',
      '{id} of the url must be a required argument',
    ]);
    expect(problems({ parameters: undefined, url: 'https://me@api.example.com/' })).toHaveLength(2);
  });

  it('says nothing about what a fault leaves open', () => {
    // Of a method that is none, nobody knows whether arguments travel in a body.
    const properties = { orderNumber: { type: 'string' }, reason: { type: 'object' } };
    const parameters = { ...GOOD.parameters, properties };
    expect(toolProblems([{ ...GOOD, method: 'post', parameters }])).toEqual([
      expect.stringContaining('method must be one of'),
    ]);
    expect(toolProblems([{ ...GOOD, parameters: { type: 'string' } }])).toHaveLength(1);
  });

  it('is named with all others, at once', () => {
    const problems = toolProblems([GOOD, { ...GOOD, method: 'FETCH' }, 7, { ...GOOD, name: 'b', timeoutMs: 0 }]);
    expect(problems).toEqual([
      'tool order_status: name is taken by another tool',
      'tool order_status: method must be one of GET, POST, PUT, PATCH, DELETE',
      'tool 3 must be an object',
      'tool b: timeoutMs must be a whole number from 100 to 60000',
    ]);
    expect(toolProblems({})).toEqual(['must be a list of tools']);
    expect(toolProblems(Array.from({ length: 33 }, () => GOOD))).toEqual(['must name at most 32 tools']);
  });
});
