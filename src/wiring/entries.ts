/** The operator's entries from the file that a bot's settings name. */
import { join } from 'node:path';
import { type BotSettings, NO_KNOWLEDGE, SAMPLE_KNOWLEDGE, type Settings } from '../config.ts';
import { GatewayError, toGatewayError } from '../errors.ts';
import type { LoadedKnowledge } from '../knowledge/csv.ts';
import type { KnowledgeEntry } from '../knowledge/knowledge.ts';
import { readKnowledgeFile } from '../knowledge/knowledge-file.ts';
import type { Logger } from '../platform/logger.ts';

/** @throws GatewayError `KNOWLEDGE_INVALID` with the setting's name, never the content */
export function loadEntries(
  bot: Pick<BotSettings, 'id' | 'knowledgeFile'>,
  settings: Pick<Settings, 'publicUrl' | 'port'>,
  sampleDirectory: string,
  log: Logger,
): readonly KnowledgeEntry[] {
  if (bot.knowledgeFile === NO_KNOWLEDGE) return [];
  const isSample = bot.knowledgeFile === SAMPLE_KNOWLEDGE;
  const file = isSample ? join(sampleDirectory, 'shop.csv') : bot.knowledgeFile;
  const imageBaseUrl = settings.publicUrl ?? `http://localhost:${settings.port}`;
  const { entries, problems } = readOf(bot.id, file, `${imageBaseUrl}/`);
  for (const problem of problems) {
    log.warn(
      { bot: bot.id, row: problem.row, problem: problem.message },
      'a row of KNOWLEDGE_FILE was not used as it is',
    );
  }
  return entries;
}

function readOf(botId: string, file: string, imageBaseUrl: string): LoadedKnowledge {
  try {
    return readKnowledgeFile(file, { imageBaseUrl });
  } catch (cause) {
    const { code, message } = toGatewayError(cause);
    throw new GatewayError(code, `KNOWLEDGE_FILE of bot "${botId}": ${message}`, { cause });
  }
}
