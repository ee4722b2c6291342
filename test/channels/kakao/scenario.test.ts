import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/channels/json-body.ts';
import { readScenario } from '../../../src/channels/kakao/scenario.ts';

function scenario(payload: JsonObject, userRequest: JsonObject = {}) {
  return readScenario({ ...payload, userRequest }, userRequest);
}

const params = (values: JsonObject, detailParams: unknown = {}) =>
  scenario({ action: { params: values, detailParams } })?.params;

describe('block and bot', () => {
  it('come from the intent, trimmed, else from the request', () => {
    expect(scenario({ intent: { id: 'b1', name: ' 주문 조회 ' } })?.block).toEqual({ id: 'b1', name: '주문 조회' });
    expect(scenario({ intent: null }, { block: { id: 'b2' } })?.block).toEqual({ id: 'b2', name: '' });
  });

  it('keeps the ! of the development channel, which calls to Kakao need', () => {
    expect(scenario({ bot: { id: '667e91c!' } })?.platformBotId).toBe('667e91c!');
  });

  it.each([{}, { intent: 'x', action: [], contexts: {}, bot: 7, flow: null }, { intent: { id: '' } }])(
    '%j says nothing',
    (payload) => {
      expect(scenario(payload)?.block).toBeUndefined();
      expect(scenario(payload)?.params).toBeUndefined();
    },
  );
});

describe('parameters', () => {
  it.each([
    ['a text', '배송비\n', '배송비'],
    ['a number', 3, '3'],
    ['a switch', false, 'false'],
    ['an amount as JSON in a text', '{"amount":1,"unit":null}', { amount: '1' }],
    ['an amount as an object', { amount: 1, unit: '개' }, { amount: '1', unit: '개' }],
    ['something deep', { period: { from: '10-01' } }, { period: '{"from":"10-01"}' }],
    ['JSON with a fault', '{"amount":', '{"amount":'],
    ['the bare name of an entity', 'sys.date', undefined],
    ['the bare name of an entity, marked', '@sys.date.period', undefined],
    ['an object of bare names', { date: 'sys.date' }, undefined],
    ['words that begin like one', 'sys.text 라고 적었어요', 'sys.text 라고 적었어요'],
    ['null', null, undefined],
    ['blanks', ' \n', undefined],
    ['a list', ['가'], undefined],
    ['far too long', '가'.repeat(5_000), '가'.repeat(1_000)],
  ])('%s', (_name, value, expected) => {
    expect(params({ p: value })?.p).toEqual(expected);
  });

  it('fill each other from both places, whichever is empty', () => {
    expect(
      params(
        { both: 'resolved', onlyHere: 'a' },
        {
          both: { origin: 'said', value: 'detail' },
          onlyThere: { origin: '열 개', value: '{"amount":10}' },
          unresolved: { origin: '내일', value: 'sys.date' },
          broken: null,
        },
      ),
    ).toEqual({ both: 'resolved', onlyHere: 'a', onlyThere: { amount: '10' }, unresolved: '내일' });
  });

  it('of an event arrive with the request, beside what Kakao fills in', () => {
    const request = { params: { surface: 'Kakaotalk.plusfriend', ignoreMe: 'true', media: {}, orderId: 'A-1' } };
    expect(scenario({}, request)?.params).toEqual({ orderId: 'A-1' });
  });

  it('keeps no address of a photo: a model would read it', () => {
    const photo = 'https://talk.kakaocdn.net/dn/a.jpg?signature=s';
    const link = 'https://shop.example/1';
    const object = { url: photo, name: '가방' };
    expect(params({ a: photo, b: `이거 ${photo}`, c: object, d: link, e: { url: photo } })).toEqual({
      b: '이거',
      c: { name: '가방' },
      d: link,
    });
  });

  it('leave signed addresses of private pictures out', () => {
    const list = 'List(http://secure.kakaocdn.net/a?k=1)';
    const value = JSON.stringify({ privacyAgreement: 'Y', secureUrls: list });
    expect(params({ a: value, b: { secureUrls: list }, c: list }, { d: { origin: list, value } })).toBeUndefined();
  });

  it('are bounded, and no name can hurt', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`p${i}`, 'x']));
    expect(Object.keys(params(many) ?? {})).toHaveLength(30);
    const odd = JSON.parse('{"__proto__":"x","constructor":"y","a\\u0000b":"z","":"w"}');
    expect(Object.entries(params(odd) ?? {})).toEqual([['constructor', 'y']]);
  });
});

describe('contexts', () => {
  it('read either casing, pairs and plain texts', () => {
    const contexts = [
      {
        name: 'order',
        lifespan: 4,
        ttl: 580,
        params: {
          id: { value: '첫 번째', resolvedValue: 'A-1' },
          when: { value: '내일', resolvedValue: 'sys.date' },
          plain: '텍스트',
          nothing: null,
        },
      },
      { name: 'mixed', lifeSpan: '3' },
      { name: 'odd', lifespan: -1, ttl: 1e300, params: [] },
      { lifespan: 1 },
      null,
      'order',
    ];
    expect(scenario({ contexts })?.contexts).toEqual([
      { name: 'order', lifespan: 4, ttlSeconds: 580, params: { id: 'A-1', when: '내일', plain: '텍스트' } },
      { name: 'mixed', lifespan: 3 },
      { name: 'odd' },
    ]);
  });
});

describe('answers of 지식+', () => {
  const matchedKnowledges = [
    {
      question: '환불은 언제 되나요?',
      answer: '3일 안에 됩니다. 02-1234-5678',
      categories: ['환불'],
      imageUrl: 'https://img.example/a.png',
      landingUrl: 'https://shop.example/refund',
    },
    { question: '답 없음', answer: '' },
    { question: null, answer: '답만 있음', imageUrl: '', landingUrl: 'javascript:alert(1)' },
    'x',
  ];

  it.each([
    ['knowledge', { knowledge: { responseType: 'skill', matchedKnowledges } }],
    ['knowledges', { knowledges: { matchedKnowledges } }],
    ['a bare list', { knowledge: matchedKnowledges }],
  ])('are read under %s', (_name, extra) => {
    expect(scenario({ intent: { id: 'k', name: '지식+', extra } })?.platformAnswers).toEqual([
      {
        question: '환불은 언제 되나요?',
        answer: '3일 안에 됩니다. 02-1234-5678',
        imageUrl: 'https://img.example/a.png',
        linkUrl: 'https://shop.example/refund',
      },
      { question: '', answer: '답만 있음' },
    ]);
  });
});
