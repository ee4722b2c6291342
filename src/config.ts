/** The settings of the process and of its bots: read once at the start, checked as a whole, plain data afterwards. */
import Value from 'typebox/value';
import { NO_KNOWLEDGE, SAMPLE_KNOWLEDGE } from './config/bot-settings.ts';
import { readBotsFile, type WrittenBot } from './config/bots-file.ts';
import { engineOf } from './config/engine-entry.ts';
import { type Environment, environmentSource } from './config/environment-source.ts';
import { independentProblems, isToldOf } from './config/independent-problems.ts';
import { nearestName } from './config/near-names.ts';
import { openSkillWarnings } from './config/open-skills.ts';
import { defaultsOf, factsOf, type ReadFile, readSettings } from './config/read-settings.ts';
import {
  BotSchema,
  type BotSettings,
  environmentName,
  ProcessSchema,
  type ProcessSettings,
  type Properties,
} from './config/schema.ts';
import { SETTING_NAMES } from './config/setting-names.ts';
import { costLimitProblems } from './config/spending-settings.ts';
import { foreignToolProblems, toolOriginProblems, toolsToJudgeWith } from './config/tool-settings.ts';
import { GatewayError } from './errors.ts';
import { travelsInClear } from './platform/clear-text.ts';

export { NO_KNOWLEDGE, SAMPLE_KNOWLEDGE } from './config/bot-settings.ts';
export { type EngineName, engineOf, modelOf } from './config/engine-entry.ts';
export { readHostAndPort } from './config/other-engine-settings.ts';
export type { BotSettings } from './config/schema.ts';

export type Settings = ProcessSettings & {
  /** In the order of BOTS_FILE, ids unique, never empty. */
  readonly bots: readonly BotSettings[];
  /** The bot of the plain routes: the one named `default`, else the first. */
  readonly defaultBotId: string;
  /** English sentences for the start-up log; they name settings and hold no value. */
  readonly warnings: readonly string[];
};

/** Secrets below this length work, and are complained about. */
const GUESSABLE_LENGTH = 16;

const DEFAULT_BOT_ID = 'default';

/** The plain settings, and the bots of a file, may both set these: all fields of a bot but its id. */
const BOT_PROPERTIES: Properties = Object.fromEntries(
  Object.entries(BotSchema.properties).filter(([field]) => field !== 'id'),
);

/** What of a bot's settings would fail later: refused by the services of its engines, or a knowledge file that cannot be used.
 *  Reasons fit after "NAME: " and hold no value but the path of such a file. */
type JudgeBot = (
  bot: BotSettings,
  process: ProcessSettings,
) => readonly { readonly field: keyof BotSettings; readonly reason: string }[];

/** @param judgeBot asked for every bot, so that its complaints stand in one list with those about single settings
 *  @param told what is wrong with where `env` comes from, `NAME: reason` each: stands in the same list
 *  @throws GatewayError `SETTINGS_INVALID`, whose message lists every bad setting with the reason, one a line, and no value
 *          but the path of BOTS_FILE or of a knowledge file */
export function loadSettings(
  env: Environment,
  readFile: ReadFile,
  judgeBot: JudgeBot = () => [],
  told: readonly string[] = [],
): Settings {
  const problems = [...told];
  const warnings = misspelledNames(env);
  const source = environmentSource(env);

  const process = {
    ...defaultsOf(ProcessSchema.properties),
    ...readSettings(ProcessSchema.properties, source, readFile, problems),
  };
  const wrong: Record<string, unknown> = {};
  const plain = readSettings(BOT_PROPERTIES, source, readFile, problems, wrong);
  const botsFile = process.botsFile;
  const usesFile = typeof botsFile === 'string';
  const written = usesFile
    ? readBotsFile(botsFile, BOT_PROPERTIES, readFile, problems)
    : [{ id: DEFAULT_BOT_ID, values: plain, wrong }];
  const common = usesFile ? sharedValues(plain) : {};
  const writtenTools = (bot: WrittenBot) => bot.values.tools ?? bot.wrong.tools ?? common.tools ?? wrong.tools;
  const nameIn = (bot: { readonly id?: unknown }) =>
    usesFile ? (field: string) => `bot "${bot.id}": ${field}` : environmentName;
  const bots = written.map((bot) => {
    const completed = completeBot(bot, common, isToldOf(problems, 'clovaApiKey', nameIn(bot)));
    completed.tools = toolsToJudgeWith(writtenTools(bot));
    return completed;
  });
  // In the place of what is wrong by itself stand the defaults, about which nothing complains.
  const faultsOf = (bot: Readonly<Record<string, unknown>>) =>
    Value.Check(ProcessSchema, process) && Value.Check(BotSchema, bot) ? judgeBot(bot, process) : [];
  const botFaults = bots.flatMap((bot) => faultsOf(bot).map(({ field, reason }) => `${nameIn(bot)(field)}: ${reason}`));
  if (bots.length === 0) {
    // Of a file that tells of no bot: what all of them would share, and not what one may bring along.
    const anyBot = completeBot({ id: DEFAULT_BOT_ID, values: {}, wrong: {} }, common, false);
    const shared = faultsOf(anyBot).filter(({ field }) => Object.hasOwn(common, field));
    botFaults.push(...shared.map(({ field, reason }) => `${environmentName(field)}: ${reason}`));
  }
  const combined: string[] = [];
  for (const bot of bots) judgeCombinations(bot, nameIn(bot), combined, warnings);
  // Where a tool leads can be told of one that is wrong in something else, though not without the lists.
  const foreign = written.flatMap((bot, index) => {
    const completed = bots[index];
    return Value.Check(BotSchema, completed) ? foreignToolProblems(writtenTools(bot), completed, nameIn(bot)) : [];
  });
  problems.push(
    ...independentProblems(problems, combined, Object.keys(BOT_PROPERTIES)),
    ...independentProblems(problems, foreign, ['toolOrigins', 'toolPrivateOrigins']),
  );
  if (problems.length === 0) {
    if (bots.some((bot) => bot.openaiBaseUrl !== undefined) && !bots.some(asksOpenAi)) {
      warnings.push('OPENAI_BASE_URL: is not used, because ENGINE names no openai');
    }
    if (usesFile) warnOfUnshared(plain, bots, warnings);
    if (process.dataKey === undefined && bots.some((bot) => bot.operatorHookUrl !== undefined)) {
      warnings.push('OPERATOR_HOOK_URL: approves payments, but looks up no orders, because DATA_KEY is not set');
    }
    if (process.operatorKey === undefined && bots.some((bot) => bot.kakaoRestApiKey !== undefined)) {
      warnings.push('KAKAO_REST_API_KEY: is not used, because OPERATOR_KEY is not set');
    }
  }
  if (Number(process.maxOpenTurns) < Number(process.maxConcurrentTurns)) {
    problems.push('MAX_OPEN_TURNS: must not be smaller than MAX_CONCURRENT_TURNS');
  }
  problems.push(...botFaults);
  if (problems.length > 0) {
    throw new GatewayError('SETTINGS_INVALID', `These settings are wrong:\n${problems.join('\n')}`);
  }
  // What was read value by value is a whole now; these checks only tell the compiler so.
  if (!Value.Check(ProcessSchema, process) || !bots.every((bot) => Value.Check(BotSchema, bot))) {
    throw new GatewayError('INTERNAL', 'The settings do not match their own schema');
  }
  warnings.push(...openSkillWarnings(process.host, bots, nameIn));
  return { ...process, bots, defaultBotId: defaultBotId(bots), warnings };
}

/** What the environment says for every bot of the file: all but what belongs to one account. */
function sharedValues(plain: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(plain).filter(([field]) => isShared(field)));
}

function isShared(field: string): boolean {
  const schema = BOT_PROPERTIES[field];
  return schema === undefined || factsOf(schema).shared !== false;
}

/** @param hasWrongKey one of CLOVA Studio: meant to be used, so what would be wrong then is told together with it */
function completeBot(
  bot: WrittenBot,
  common: Readonly<Record<string, unknown>>,
  hasWrongKey: boolean,
): Record<string, unknown> {
  const said: Record<string, unknown> = { ...common, ...bot.values };
  const isSample = (said.knowledgeFile ?? SAMPLE_KNOWLEDGE) === SAMPLE_KNOWLEDGE;
  const derived = {
    name: isSample ? '말길상점 도우미' : '상담 도우미',
    // The sample shop is fictional, and so is its number.
    ...(isSample ? { contact: '말길상점 고객센터 1600-0000 (평일 10:00~17:00)' } : {}),
    engine: said.clovaApiKey === undefined && !hasWrongKey ? ['faq'] : ['clova', 'faq'],
  };
  return { id: bot.id, ...defaultsOf(BOT_PROPERTIES), ...derived, ...said };
}

/** Settings that are right each by itself and cannot work together. */
function judgeCombinations(
  bot: Readonly<Record<string, unknown>>,
  nameOf: (field: string) => string,
  problems: string[],
  warnings: string[],
): void {
  if (!Value.Check(BotSchema, bot)) return;
  const usesClova = bot.engine.some((entry) => engineOf(entry) === 'clova');
  if (usesClova && bot.clovaApiKey === undefined) {
    problems.push(`${nameOf('engine')}: names clova, but CLOVA_API_KEY is not set`);
  }
  if (bot.engine.includes('clova-chatbot') && (bot.clovaChatbotUrl ?? bot.clovaChatbotSecret) === undefined) {
    problems.push(
      `${nameOf('engine')}: names clova-chatbot, but CLOVA_CHATBOT_URL and CLOVA_CHATBOT_SECRET are not set`,
    );
  }
  if ((bot.clovaChatbotUrl === undefined) !== (bot.clovaChatbotSecret === undefined)) {
    const there = bot.clovaChatbotUrl === undefined ? 'clovaChatbotSecret' : 'clovaChatbotUrl';
    const missing = bot.clovaChatbotUrl === undefined ? 'CLOVA_CHATBOT_URL' : 'CLOVA_CHATBOT_SECRET';
    problems.push(`${nameOf(there)}: needs ${missing} beside it`);
  }
  if (bot.engine.includes('a2a') && bot.a2aUrl === undefined) {
    problems.push(`${nameOf('engine')}: names a2a, but A2A_URL is not set`);
  }
  if (bot.engine.includes('a2a') && bot.answerMode === 'grounded') {
    warnings.push(`${nameOf('answerMode')}: is grounded, but an A2A agent answers from knowledge of its own`);
  }
  if (bot.tools.length > 0 && bot.answerMode === 'approved') {
    warnings.push(`${nameOf('tools')}: are never called, because ANSWER_MODE is approved and no model is asked`);
  }
  if (bot.a2aUrl !== undefined && bot.a2aApiKey !== undefined && travelsInClear(bot.a2aUrl)) {
    warnings.push(`${nameOf('a2aUrl')}: is not https, so the API key travels in clear text`);
  }
  const openAiEntries = bot.engine.filter((entry) => engineOf(entry) === 'openai');
  if (openAiEntries.length > 0 && bot.openaiBaseUrl === undefined) {
    problems.push(`${nameOf('engine')}: names openai, but OPENAI_BASE_URL is not set`);
  }
  if (openAiEntries.includes('openai') && bot.openaiModel === undefined) {
    problems.push(`${nameOf('engine')}: names openai, but OPENAI_MODEL is not set`);
  }
  if (bot.historySummary === 'api' && bot.clovaApiKey === undefined) {
    problems.push(`${nameOf('historySummary')}: is api, but CLOVA_API_KEY is not set`);
  }
  if (bot.clovaApigwKey !== undefined && bot.clovaApiKey === undefined) {
    problems.push(`${nameOf('clovaApigwKey')}: needs CLOVA_API_KEY beside it`);
  }
  if (bot.clovaVisionModel !== undefined && (!bot.photos || !usesClova)) {
    warnings.push(
      `${nameOf('clovaVisionModel')}: is not used, because ${bot.photos ? 'ENGINE has no clova' : 'PHOTOS is off'}`,
    );
  }
  if (bot.openaiVision && (!bot.photos || !asksOpenAi(bot))) {
    warnings.push(
      `${nameOf('openaiVision')}: is not used, because ${bot.photos ? 'ENGINE has no openai' : 'PHOTOS is off'}`,
    );
  }
  if ((bot.kakaoRestApiKey === undefined) !== (bot.kakaoEventBotId === undefined)) {
    const [there, missing] =
      bot.kakaoEventBotId === undefined
        ? (['kakaoRestApiKey', 'kakaoEventBotId'] as const)
        : (['kakaoEventBotId', 'kakaoRestApiKey'] as const);
    problems.push(`${nameOf(there)}: needs ${environmentName(missing)} beside it`);
  }
  if (bot.kakaoSourceAddresses.length > 0 && bot.kakaoSecret.length === 0) {
    problems.push(
      `${nameOf('kakaoSourceAddresses')}: needs KAKAO_SECRET beside it, because Kakao publishes no list of its addresses and they are no proof alone`,
    );
  }
  if (bot.naverQuietMaxMs < bot.naverQuietMs) {
    problems.push(`${nameOf('naverQuietMaxMs')}: must not be smaller than NAVER_QUIET_MS`);
  }
  if (bot.naverMenu !== undefined && bot.naverAuthorization === undefined) {
    warnings.push(`${nameOf('naverMenu')}: is not set at TalkTalk, because NAVER_AUTHORIZATION is not set`);
  }
  if (bot.operatorHookUrl !== undefined && bot.operatorHookSecret === undefined) {
    problems.push(`${nameOf('operatorHookUrl')}: needs OPERATOR_HOOK_SECRET beside it`);
  }
  problems.push(...toolOriginProblems(bot, nameOf));
  problems.push(...costLimitProblems(bot, nameOf));
  for (const field of ['kakaoSecret', 'naverSecret', 'testSecret'] as const) {
    if (bot[field].some((secret) => secret.length < GUESSABLE_LENGTH)) {
      warnings.push(`${nameOf(field)}: is shorter than ${GUESSABLE_LENGTH} characters, which can be guessed`);
    }
  }
  if (bot.knowledgeFile === NO_KNOWLEDGE && (bot.engine.every((name) => name === 'faq') || bot.answerMode !== 'free')) {
    warnings.push(`${nameOf('knowledgeFile')}: is none, so there is nothing that this bot could answer with`);
  }
}

function asksOpenAi({ engine }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(engine) && engine.some((entry) => engineOf(entry) === 'openai');
}

/** An account's key in the environment reaches no bot of the file: silence about that would look like a broken key. */
function warnOfUnshared(
  plain: Readonly<Record<string, unknown>>,
  bots: readonly Readonly<Record<string, unknown>>[],
  warnings: string[],
): void {
  for (const field of Object.keys(plain)) {
    if (isShared(field) || bots.every((bot) => bot[field] !== undefined)) continue;
    warnings.push(
      `${environmentName(field)}: belongs to one account and is not used, because BOTS_FILE is set; give it to its bot as ${field}`,
    );
  }
}

function misspelledNames(env: Environment): string[] {
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.trim() === '' || SETTING_NAMES.includes(name)) continue;
    const near = nearestName(name, SETTING_NAMES);
    if (near !== undefined) warnings.push(`${name}: is not a setting; did you mean ${near}?`);
  }
  return warnings;
}

function defaultBotId(bots: readonly BotSettings[]): string {
  const [first] = bots;
  return first === undefined || bots.some((bot) => bot.id === DEFAULT_BOT_ID) ? DEFAULT_BOT_ID : first.id;
}
