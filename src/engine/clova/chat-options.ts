/** How a model is to be asked: the same for every call, checked once, before the first of them. */

import { runChecks, type SettingCheck } from '../../http-client/upstream-settings.ts';
import type { ToolDefinition } from '../engine.ts';
import type { FilterThreshold } from './ai-filter.ts';
import { toolsProblem, toWireFunctions } from './facts/function-tools.ts';
import { MIN_TOKENS_WITH_TOOLS, modelProblem, outputProblem, promptRoom } from './facts/limits.ts';
import {
  capabilitiesOf,
  EXCLUSIONS,
  type ModelCapabilities,
  type ModelOverrides,
  type NumberField,
  SAMPLING_NAMES,
  type SamplingName,
  tunedTaskId,
} from './facts/models.ts';
import { refuseSetting } from './refuse-setting.ts';
import { type JsonObject, toStructuredSchema } from './structured-schema.ts';

export type ThinkingEffort = 'none' | 'low' | 'medium' | 'high';

export interface ChatOptions extends Readonly<Partial<Record<SamplingName, number>>> {
  /** As the service writes it, or `ft:` and the task id of a tuned model. A name that is not in our table is called like a v3 model. */
  readonly model: string;
  readonly models?: ModelOverrides;
  /** Of the answer; counts toward the tokens-per-minute quota whether used or not. Absent: the service's own, which is short. */
  readonly maxOutputTokens?: number;
  /** Default `none`. Only for models that think. */
  readonly thinkingEffort?: ThinkingEffort;
  /** The answer ends before any of these. */
  readonly stop?: readonly string[];
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: 'auto' | 'none' | { readonly name: string };
  /** The answer is JSON text that fits this JSON Schema, unless it was cut short. */
  readonly schema?: JsonObject;
  /** Asks for the service's verdict on the answer; one that is as bad as this finishes as `filtered`. */
  readonly withholdFrom?: FilterThreshold;
}

/** The maximum covers thinking *and* answer: one that thinking uses up leaves an empty answer. These are the service's own
 *  defaults, which a smaller setting for the answer must not undercut. */
const TOKENS_WITH_THINKING: Readonly<Record<ThinkingEffort, number>> = {
  none: 0,
  low: 5_120,
  medium: 10_240,
  high: 20_480,
};

const EFFORTS = Object.keys(TOKENS_WITH_THINKING);
/** Refuses what the service would refuse for every question.
 *  @throws GatewayError `SETTINGS_INVALID` with the name of the option as `field`, without a value */
export function checkChatOptions(options: ChatOptions): void {
  runChecks(chatOptionChecks(options));
}

/** The same one by one, each throwing for itself. */
export function chatOptionChecks(options: ChatOptions): readonly SettingCheck[] {
  const wrongModel = modelProblem(options.model, options.models);
  // Whatever it is, nothing can be said about what it takes.
  if (wrongModel !== undefined) return [() => refuseSetting('model', wrongModel)];
  const capabilities = capabilitiesOf(options.model, options.models);
  return [
    () => checkMaxOutputTokens(options, capabilities),
    ...SAMPLING_NAMES.map((name) => () => checkNumber(name, options[name], capabilities.sampling[name])),
    () => checkStop(options),
    () => checkThinking(options, capabilities),
    () => checkTools(options, capabilities),
    () => checkSchema(options, capabilities),
    ...exclusionChecks(options, EXCLUSIONS),
  ];
}

/** What of them is about tools: of a model that is none, nothing. */
export function toolChecks(options: ChatOptions): readonly SettingCheck[] {
  if (modelProblem(options.model, options.models) !== undefined) return [];
  return [
    () => checkTools(options, capabilitiesOf(options.model, options.models)),
    ...exclusionChecks(
      options,
      EXCLUSIONS.filter(([one]) => one === 'tools'),
    ),
  ];
}

function checkStop({ stop }: ChatOptions): void {
  if (stop?.some((text) => text === '')) refuseSetting('stop', 'must hold no empty text');
}

function checkThinking({ thinkingEffort = 'none' }: ChatOptions, { thinking }: ModelCapabilities): void {
  if (!EFFORTS.includes(thinkingEffort)) refuseSetting('thinkingEffort', `must be one of ${EFFORTS.join(', ')}`);
  if (thinkingEffort !== 'none' && !thinking) refuseSetting('thinkingEffort', 'must be none for this model');
}

/** One for each pair: settings that exclude several others are told of all of them. */
function exclusionChecks(options: ChatOptions, pairs: readonly (typeof EXCLUSIONS)[number][]): readonly SettingCheck[] {
  const used = usedFeatures(options);
  return pairs.map(([one, other]) => () => {
    if (!used.has(one) || !used.has(other)) return;
    refuseSetting(one, `cannot be combined with ${other}: the service refuses the two in one request`, other);
  });
}

type Feature = (typeof EXCLUSIONS)[number][number];

function usedFeatures({ stop, thinkingEffort = 'none', tools, schema }: ChatOptions): ReadonlySet<Feature> {
  const used = new Set<Feature>();
  if (stop !== undefined && stop.length > 0) used.add('stop');
  if (thinkingEffort !== 'none') used.add('thinkingEffort');
  if (tools !== undefined) used.add('tools');
  if (schema !== undefined) used.add('schema');
  return used;
}

/** Whether nothing in these options excludes pictures. */
export function allowsImages(options: ChatOptions): boolean {
  const used = usedFeatures(options);
  return !EXCLUSIONS.some(([one, other]) => other === 'images' && used.has(one));
}

function checkMaxOutputTokens({ maxOutputTokens }: ChatOptions, capabilities: ModelCapabilities): void {
  const problem = maxOutputTokens === undefined ? undefined : outputProblem(maxOutputTokens, capabilities);
  if (problem !== undefined) refuseSetting('maxOutputTokens', problem);
}

function checkNumber(
  name: string,
  value: number | undefined,
  { min, max, isMinExcluded = false, isInteger = false }: Omit<NumberField, 'name' | 'default'>,
): void {
  if (value === undefined) return;
  const fits = value <= max && (isMinExcluded ? value > min : value >= min) && (!isInteger || Number.isInteger(value));
  if (fits) return;
  const range = isMinExcluded ? `above ${min} and at most ${max}` : `from ${min} to ${max}`;
  refuseSetting(name, `must be a ${isInteger ? 'whole ' : ''}number ${range} for this model`);
}

function checkTools({ model, tools, toolChoice }: ChatOptions, capabilities: ModelCapabilities): void {
  if (tools === undefined) {
    if (toolChoice !== undefined) refuseSetting('toolChoice', 'needs tools');
    return;
  }
  if (!capabilities.tools) {
    refuseSetting('tools', `cannot be used with this ${tunedTaskId(model) === undefined ? '' : 'tuned '}model`);
  }
  const problem = toolsProblem(tools);
  if (problem !== undefined) refuseSetting('tools', problem);
  if (typeof toolChoice === 'object' && !tools.some(({ name }) => name === toolChoice.name)) {
    refuseSetting('toolChoice', 'must name one of the tools');
  }
}

function checkSchema({ schema }: ChatOptions, capabilities: ModelCapabilities): void {
  if (schema === undefined) return;
  if (!capabilities.structuredOutput) refuseSetting('schema', 'cannot be used with this model');
  toStructuredSchema(schema);
}

/** What one call asks for at most, thinking and answer together. */
export function requestedTokens({
  model,
  models,
  maxOutputTokens,
  thinkingEffort = 'none',
  tools,
}: ChatOptions): number {
  const capabilities = capabilitiesOf(model, models);
  return Math.min(
    capabilities.maxOutputTokens,
    Math.max(
      maxOutputTokens ?? capabilities.defaultOutputTokens,
      TOKENS_WITH_THINKING[thinkingEffort],
      tools === undefined ? 0 : MIN_TOKENS_WITH_TOOLS,
    ),
  );
}

/** What is left of the model's window for a prompt, beside the longest answer that may be asked for. */
export function maxPromptTokens(options: ChatOptions): number {
  const capabilities = capabilitiesOf(options.model, options.models);
  // Whether tools come with a question is known only then; they raise what is asked for.
  return promptRoom(capabilities, requestedTokens(capabilities.tools ? { ...options, tools: [] } : options));
}

/** The body without its messages, in the words of the model's API version. */
export function toWireParameters(options: ChatOptions): JsonObject {
  const { model, models, thinkingEffort = 'none', stop = [], schema, withholdFrom } = options;
  const { sampling, maxTokensField, thinking } = capabilitiesOf(model, models);
  const parameters: Record<string, unknown> = { [maxTokensField]: requestedTokens(options) };
  for (const name of SAMPLING_NAMES) {
    if (options[name] !== undefined) parameters[sampling[name].name] = options[name];
  }
  if (stop.length > 0) parameters[sampling.stop.name] = stop;
  // Left out, HCX-007 would think; sent at all, the others would refuse.
  if (thinking) parameters.thinking = { effort: thinkingEffort };
  if (schema !== undefined) parameters.responseFormat = { type: 'json', schema: toStructuredSchema(schema) };
  if (withholdFrom !== undefined) parameters.includeAiFilters = true;
  return { ...parameters, ...toWireTools(options) };
}

export function toWireTools({ tools, toolChoice }: Pick<ChatOptions, 'tools' | 'toolChoice'>): JsonObject {
  if (tools === undefined) return {};
  // One tool by name is documented for `toolChoice` and refused by the live service: offered alone it is the only choice.
  const offered = typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  return {
    tools: toWireFunctions(offered),
    ...(toolChoice !== undefined && { toolChoice: typeof toolChoice === 'object' ? 'auto' : toolChoice }),
  };
}
