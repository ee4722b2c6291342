import type { ErrorCode } from '../../../errors.ts';

/** Codes whose first three digits do not tell enough. Source: NAVER Cloud API guide, CLOVA Studio troubleshooting (2026-08),
 *  with older codes that may still occur, and those of its model server (64xxx, 65xxx). The native and the OpenAI-compatible API share them. */
export const CLOVA_STUDIO_CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['20400', 'ENGINE_FAILED'], // no content: it says that all went well, and nothing was generated
  ['40003', 'ENGINE_CONTEXT_TOO_LONG'],
  ['40005', 'ENGINE_FILTERED'], // unavailable output (policy)
  ['40006', 'ENGINE_FILTERED'],
  ['40080', 'ENGINE_MODEL_UNAVAILABLE'], // not found
  ['40082', 'ENGINE_MODEL_UNAVAILABLE'], // faded out
  ['40083', 'ENGINE_MODEL_UNAVAILABLE'], // nothing allotted to this account
  ['40084', 'ENGINE_MODEL_UNAVAILABLE'], // other API version
  ['42902', 'ENGINE_OVERLOADED'], // their capacity, not our quota
  ['42903', 'ENGINE_OVERLOADED'], // image queue
  ['64000', 'ENGINE_OVERLOADED'], // model unavailable for the moment
  ['64400', 'ENGINE_CONTEXT_TOO_LONG'],
  ['64424', 'ENGINE_FAILED'],
  ['64429', 'ENGINE_RATE_LIMITED'],
  ['64500', 'ENGINE_FAILED'],
  ['65001', 'ENGINE_FAILED'], // a router's model named labels that do not exist
  ['65002', 'ENGINE_FAILED'],
  ['65400', 'ENGINE_CONTEXT_TOO_LONG'],
]);
