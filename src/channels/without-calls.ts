import { leadsToPerson, type Reply } from '../message.ts';

/** For where nobody can be called: the quick reply would only bring the contact again. */
export function withoutCalls(reply: Reply): Reply {
  return { ...reply, quickReplies: reply.quickReplies.filter((choice) => !leadsToPerson(choice)) };
}
