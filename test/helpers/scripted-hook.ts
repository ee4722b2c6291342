import { GatewayError } from '../../src/errors.ts';
import type { HookAnswer, HookCall, OperatorHook } from '../../src/operator-hook/operator-hook.ts';

/** The operator's systems, as a test wants them. */
export class ScriptedHook implements OperatorHook {
  readonly calls: (HookCall & { readonly timeoutMs: number })[] = [];
  /** What comes next; empty = a yes without words. */
  readonly answers: (HookAnswer | 'fails' | Promise<HookAnswer>)[] = [];

  async call(call: HookCall, timeoutMs: number): Promise<HookAnswer> {
    this.calls.push({ ...call, timeoutMs });
    const answer = this.answers.shift() ?? { approve: true, text: '' };
    if (answer === 'fails') throw new GatewayError('OPERATOR_HOOK_FAILED', 'no answer');
    return answer;
  }

  async close(): Promise<void> {}
}
