import { expect, it } from 'vitest';
import { dialectOf } from '../../../src/engine/openai/dialect.ts';

it('speaks to models of CLOVA Studio as the operator knows them', () => {
  const models = { 'HCX-008': { like: 'HCX-007', ranges: { temperature: [0, 2] } } } as const;
  expect(dialectOf('clova', 'HCX-008', models)).toMatchObject({
    maxTokensField: 'max_completion_tokens',
    withoutThinking: { reasoning_effort: 'none' },
    maxTemperature: 2,
  });
  const unknown = { maxTokensField: 'max_tokens', withoutThinking: {}, maxTemperature: 1 };
  expect(dialectOf('clova', 'HCX-008')).toMatchObject(unknown);
  expect(dialectOf('clova', 'HCX-007', { 'HCX-007': { thinking: false, maxTokensField: 'maxTokens' } })).toMatchObject(
    unknown,
  );
});
