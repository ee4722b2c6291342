import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './api-error.ts';

export interface AccessOptions {
  /** Keys that open; without it every key that starts with `nv-` does. */
  readonly apiKeys?: readonly string[];
  /** The header pair of apps issued before 2025; without it every pair opens. */
  readonly legacyKeys?: { readonly apiKey: string; readonly apigwKey: string };
}

/** @throws ApiError `401xx` */
export function checkAccess(headers: IncomingHttpHeaders, options: AccessOptions): void {
  const { authorization } = headers;
  if (authorization === undefined) {
    checkLegacyPair(headers, options);
    return;
  }
  const [scheme, key = ''] = authorization.split(' ', 2);
  if (scheme?.toLowerCase() !== 'bearer') throw new ApiError('40102', 'Invalid authentication type');
  const opens = options.apiKeys === undefined ? key.startsWith('nv-') : options.apiKeys.includes(key);
  if (!opens) throw new ApiError('40104', 'Invalid key');
}

function checkLegacyPair(headers: IncomingHttpHeaders, { legacyKeys }: AccessOptions): void {
  const apiKey = headers['x-ncp-clovastudio-api-key'];
  const apigwKey = headers['x-ncp-apigw-api-key'];
  if (apiKey === undefined || apigwKey === undefined) throw new ApiError('40100', 'Unauthorized');
  // New keys travel as a bearer; in the old header they are of the wrong kind.
  if (String(apiKey).startsWith('nv-')) throw new ApiError('40100', 'Unauthorized');
  if (legacyKeys !== undefined && (apiKey !== legacyKeys.apiKey || apigwKey !== legacyKeys.apigwKey)) {
    throw new ApiError('40104', 'Invalid key');
  }
}
