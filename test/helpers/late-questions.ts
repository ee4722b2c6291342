import type { MessageReceived, TapAction } from '../../src/message.ts';
import { flush, type GatewayRig, seen } from './gateway-rig.ts';
import type { ScriptedCall } from './scripted-engine.ts';

/** The model says all at once what it has to say. */
export async function finish(rig: GatewayRig, call: ScriptedCall, text: string): Promise<void> {
  call.say(text);
  call.finish();
  await rig.settle();
}

/** Questions of one customer, each asked while the one before is pending, until all of them wait behind a button. */
export async function askAllLate(rig: GatewayRig, texts: readonly string[]): Promise<readonly MessageReceived[]> {
  const events = texts.map((text) => rig.message('kakao', text));
  const handling = events.map((event) => rig.send(event));
  await rig.settle();
  await rig.clock.advance(4_000);
  for (const handled of handling) await flush(rig, await handled);
  return events;
}

/** What the customer sees of a tap, which has reached the platform. */
export async function tap(rig: GatewayRig, action: TapAction): Promise<ReturnType<typeof seen>> {
  const handled = await rig.send(rig.message('kakao', '', { input: 'tap', action }));
  await flush(rig, handled);
  return seen(handled);
}
