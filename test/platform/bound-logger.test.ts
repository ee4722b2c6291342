import { expect, it } from 'vitest';
import { withFields } from '../../src/platform/bound-logger.ts';
import type { Logger } from '../../src/platform/logger.ts';

it('puts its fields into lines of every level, and lets the line say otherwise', () => {
  const lines: object[] = [];
  const write = (level: string) => (fields: object, message: string) => void lines.push({ level, ...fields, message });
  const inner: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const logger = withFields(inner, { bot: 'shop', model: 'HCX-007' });
  logger.debug({}, 'a');
  logger.info({ model: 'HCX-005' }, 'b');
  logger.warn({ code: 1 }, 'c');
  logger.error({}, 'd');
  expect(lines).toEqual([
    { level: 'debug', bot: 'shop', model: 'HCX-007', message: 'a' },
    { level: 'info', bot: 'shop', model: 'HCX-005', message: 'b' },
    { level: 'warn', bot: 'shop', model: 'HCX-007', code: 1, message: 'c' },
    { level: 'error', bot: 'shop', model: 'HCX-007', message: 'd' },
  ]);
});
