import { refuseUpstreamSetting } from '../upstream-settings.ts';
import { UPSTREAM } from './errors.ts';

/** `field` is a name of ours, `reason` fits after it and holds no value.
 *  @throws GatewayError `SETTINGS_INVALID`, always */
export function refuseSetting(field: string, reason: string): never {
  refuseUpstreamSetting(UPSTREAM, field, reason);
}
