/** What settings of engines that call out over HTTP have in common. */
import { GatewayError } from '../errors.ts';

/** `upstream` is the service's name, `field` one of ours, and `reason` fits after both and holds no value.
 *  @param other field that `reason` names, for whoever calls it otherwise
 *  @throws GatewayError `SETTINGS_INVALID`, always */
export function refuseUpstreamSetting(upstream: string, field: string, reason: string, other?: string): never {
  throw new GatewayError('SETTINGS_INVALID', `${upstream} setting ${field} ${reason}`, {
    details: { field, reason, ...(other !== undefined && { other }) },
  });
}

/** Throws what {@link refuseUpstreamSetting} throws, or nothing. */
export type SettingCheck = () => void;

/** @throws GatewayError `SETTINGS_INVALID`, the first refusal */
export function runChecks(checks: readonly SettingCheck[]): void {
  for (const check of checks) check();
}

export interface SettingProblem {
  /** One of ours. */
  readonly field: string;
  /** Fits after a name of the field and holds no value. */
  readonly reason: string;
  /** Another of ours, which `reason` names. */
  readonly other?: string;
}

/** All refusals, one for each field, so that nobody has to start once for each. */
export function problemsOf(checks: readonly SettingCheck[]): readonly SettingProblem[] {
  const problems = new Map<string, SettingProblem>();
  for (const check of checks) {
    try {
      check();
    } catch (thrown) {
      const { field, reason, other } = thrown instanceof GatewayError ? thrown.details : {};
      if (typeof field !== 'string' || typeof reason !== 'string') throw thrown;
      const problem = { field, reason, ...(typeof other === 'string' && { other }) };
      if (!problems.has(field)) problems.set(field, problem);
    }
  }
  return [...problems.values()];
}

export interface Patience {
  readonly connectTimeoutMs: number;
  /** From sending the request to the first token, for each attempt. */
  readonly firstTokenTimeoutMs: number;
  /** Longest silence after the first token. */
  readonly idleTimeoutMs: number;
  /** Open connections at most; further requests wait their turn. */
  readonly connections: number;
}

/** `setTimeout` takes no more. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** @throws GatewayError `SETTINGS_INVALID` with the name of the field */
export function checkPatience(upstream: string, patience: Patience): void {
  for (const field of ['connectTimeoutMs', 'firstTokenTimeoutMs', 'idleTimeoutMs'] as const) {
    if (!isWholeNumber(patience[field], MAX_TIMEOUT_MS)) {
      refuseUpstreamSetting(upstream, field, 'must be a number of milliseconds above 0');
    }
  }
  if (!isWholeNumber(patience.connections, 10_000)) {
    refuseUpstreamSetting(upstream, 'connections', 'must be a whole number from 1 to 10000');
  }
}

/** @throws GatewayError `SETTINGS_INVALID` for `baseUrl` */
export function checkBaseUrl(upstream: string, baseUrl: string): URL {
  if (!URL.canParse(baseUrl)) refuseUpstreamSetting(upstream, 'baseUrl', 'must be a URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    refuseUpstreamSetting(upstream, 'baseUrl', 'must start with https:// or http://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    refuseUpstreamSetting(upstream, 'baseUrl', 'must hold nothing but scheme, host, port and path');
  }
  return url;
}

/** @throws GatewayError `SETTINGS_INVALID` */
export function checkKey(upstream: string, field: string, key: string): void {
  if (!/^[\x21-\x7e]+$/.test(key)) refuseUpstreamSetting(upstream, field, 'must be printable ASCII without blanks');
}

function isWholeNumber(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}
