import type { GovApi } from '../../gov/api.ts';
import type { AnswerCall } from '../../http-client/attempts.ts';
import type { Session } from '../session.ts';

/** One call, and a word about what the platform says is left. */
export async function askGov<Result>(
  session: Session,
  ask: (api: GovApi, call: AnswerCall) => Promise<Result>,
): Promise<Result> {
  const api = session.gov();
  const result = await ask(api, session.call());
  if (api.remainingRequests !== undefined) session.progress(`남은 요청 수: ${api.remainingRequests}`);
  return result;
}
