import { refuseUpstreamSetting } from '../../http-client/upstream-settings.ts';
import { UPSTREAM } from './errors.ts';

/** `field` is a name of ours, `reason` fits after it and holds no value; `other` is a field that it names.
 *  @throws GatewayError `SETTINGS_INVALID`, always */
export function refuseSetting(field: string, reason: string, other?: string): never {
  refuseUpstreamSetting(UPSTREAM, field, reason, other);
}
