import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';

const load = (env: Record<string, string>) => loadSettings(env, () => '').bots[0];

describe('settings of handovers', () => {
  it('hand over on request and at any hour unless somebody says otherwise', () => {
    expect(load({})).toMatchObject({
      handoverOn: ['request'],
      businessHours: '',
      agentsFirstSeconds: 0,
      answerOldButtons: false,
    });
  });

  it('are read as operators write them', () => {
    const env = { BUSINESS_HOURS: '평일 09:00-18:00, 토 10:00-15:00', LUNCH_BREAK: '12:00-13:00' };
    expect(load({ ...env, HANDOVER_ON: 'request,failures', DAYS_OFF: '2026-12-24,05-01' })).toMatchObject({
      handoverOn: ['request', 'failures'],
      businessHours: '평일 09:00-18:00, 토 10:00-15:00',
      lunchBreak: '12:00-13:00',
      daysOff: ['2026-12-24', '05-01'],
    });
  });

  it.each([
    ['BUSINESS_HOURS', '9시부터 6시까지'],
    ['LUNCH_BREAK', '점심'],
    ['DAYS_OFF', '5월 1일'],
    ['HANDOVER_ON', 'sometimes'],
    ['AGENT_WAIT_MINUTES', '0'],
  ])('refuse a %s that cannot be meant', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name);
  });
});
