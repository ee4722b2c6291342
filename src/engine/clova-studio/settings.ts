import { runChecks, type SettingCheck } from '../../http-client/upstream-settings.ts';
import { type ChatOptions, chatOptionChecks, toolChecks as toolChecksOf } from '../clova/chat-options.ts';
import { type ClovaConnection, connectionChecks } from '../clova/connection.ts';
import { modelProblem } from '../clova/facts/limits.ts';
import { capabilitiesOf, sightOf } from '../clova/facts/models.ts';
import { refuseSetting } from '../clova/refuse-setting.ts';
import type { ToolDefinition } from '../engine.ts';

/** Where to ask, and how. Tools come with a question, and an engine that answers customers has no use for a schema. */
export interface ClovaEngineSettings
  extends ClovaConnection,
    Omit<ChatOptions, 'tools' | 'toolChoice' | 'schema' | 'maxOutputTokens'> {
  readonly maxOutputTokens: number;
  /** Takes the questions that come with pictures; absent: `model`, where that one can see. */
  readonly visionModel?: string;
  /** Offers exact counts, each of which is a request of its own. */
  readonly countsTokens?: boolean;
}

/** Refuses at start-up what the service would refuse for every question. Values never appear in the message.
 *  @throws GatewayError `SETTINGS_INVALID` naming the field */
export function checkSettings(settings: ClovaEngineSettings): void {
  runChecks(settingChecks(settings));
}

/** The same one by one, each throwing for itself. */
export function settingChecks(settings: ClovaEngineSettings): readonly SettingCheck[] {
  return [...connectionChecks(settings), ...chatOptionChecks(settings), ...visionChecks(settings)];
}

/** Whether the model, asked in this way, can be offered these. */
export function toolChecks(settings: ClovaEngineSettings, tools: readonly ToolDefinition[]): readonly SettingCheck[] {
  return toolChecksOf({ ...settings, tools });
}

function visionChecks(settings: ClovaEngineSettings): readonly SettingCheck[] {
  const { visionModel, models } = settings;
  if (visionModel === undefined) return [];
  const reason =
    modelProblem(visionModel, models) ??
    (sightOf(visionModel, models) === undefined ? 'must be a model that can see, such as HCX-005' : undefined);
  return reason === undefined
    ? chatOptionChecks(visionOptions(settings, visionModel))
    : [() => refuseSetting('visionModel', reason)];
}

/** How the model that can see is asked: as the other one, as far as it can. */
export function visionOptions(settings: ClovaEngineSettings, visionModel: string): ChatOptions {
  const most = capabilitiesOf(visionModel, settings.models).maxOutputTokens;
  return {
    ...settings,
    model: visionModel,
    thinkingEffort: 'none',
    maxOutputTokens: Math.min(settings.maxOutputTokens, most),
  };
}
