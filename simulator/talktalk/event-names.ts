/** What can be ticked in Event 선택 of the Partner Center. */
export const EVENT_NAMES = [
  'open',
  'leave',
  'friend',
  'send',
  'echo',
  'profile',
  'handover',
  'pay_complete',
  'pay_confirm',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];
