import { resolve } from 'node:path';
import { GatewayError } from '../errors.ts';
import { readSettingsFile, whyUnusable } from '../platform/settings-file.ts';
import { type LoadedKnowledge, type LoadKnowledgeOptions, loadKnowledgeCsv } from './csv.ts';

/** The path is no secret, and told as the system sees it: what is relative starts where the program was started.
 *  @throws GatewayError `KNOWLEDGE_INVALID`, whose message fits behind "NAME: " and holds the full path and nothing of the content */
export function readKnowledgeFile(file: string, options: LoadKnowledgeOptions = {}): LoadedKnowledge {
  let bytes: Uint8Array;
  try {
    bytes = readSettingsFile(file);
  } catch (cause) {
    const reason = `the file that it names ${whyUnusable(cause)}: ${resolve(file)}`;
    throw new GatewayError('KNOWLEDGE_INVALID', reason, { cause });
  }
  try {
    return loadKnowledgeCsv(bytes, options);
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause;
    const { code, message, details } = cause;
    throw new GatewayError(code, `${message} (${resolve(file)})`, {
      cause,
      ...(details === undefined ? {} : { details }),
    });
  }
}
