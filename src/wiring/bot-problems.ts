/** What of a bot's settings would fail later, found while all settings are checked, so that one start tells everything. */
import { type BotSettings, NO_KNOWLEDGE, SAMPLE_KNOWLEDGE } from '../config.ts';
import { toGatewayError } from '../errors.ts';
import { readKnowledgeFile } from '../knowledge/knowledge-file.ts';
import { type BotProblem, engineProblems, type ProcessPart } from './engine-problems.ts';
import { summaryProblems } from './history-summary.ts';

export function botProblems(bot: BotSettings, process: ProcessPart): readonly BotProblem[] {
  return [...engineProblems(bot, process), ...summaryProblems(bot), ...knowledgeProblems(bot)];
}

function knowledgeProblems({ knowledgeFile }: BotSettings): readonly BotProblem[] {
  if (knowledgeFile === NO_KNOWLEDGE || knowledgeFile === SAMPLE_KNOWLEDGE) return [];
  try {
    readKnowledgeFile(knowledgeFile);
    return [];
  } catch (thrown) {
    return [{ field: 'knowledgeFile', reason: toGatewayError(thrown).message }];
  }
}
