import { GatewayError } from '../../errors.ts';

/** `field` is a name of ours, `reason` fits after it and holds no value.
 *  @throws GatewayError `SETTINGS_INVALID`, always */
export function refuseSetting(field: string, reason: string): never {
  throw new GatewayError('SETTINGS_INVALID', `CLOVA Studio setting ${field} ${reason}`, { details: { field } });
}
