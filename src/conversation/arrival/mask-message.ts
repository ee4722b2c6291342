import type { MessageReceived, Scenario, ScenarioValue } from '../../message.ts';
import { maskPersonalData } from '../../privacy/mask.ts';
import type { PersonalDataKind } from '../../privacy/personal-data.ts';

type Params = NonNullable<Scenario['params']>;

/** The message without personal data: its text, and what the platform recognised in it or remembers of earlier ones.
 *  Not the answers that the platform found: they are the operator's words, whose phone numbers are there to be given out. */
export function maskMessage(message: MessageReceived, onFound: (kind: PersonalDataKind) => void): MessageReceived {
  const maskText = (text: string): string => {
    const masked = maskPersonalData(text);
    for (const kind of masked.found) onFound(kind);
    return masked.text;
  };
  const text = maskText(message.text);
  const scenario = message.scenario === undefined ? undefined : maskScenario(message.scenario, maskText);
  if (text === message.text && scenario === message.scenario) return message;
  return { ...message, text, ...(scenario === undefined ? {} : { scenario }) };
}

function maskScenario(scenario: Scenario, maskText: (text: string) => string): Scenario {
  const { params, contexts } = scenario;
  if (params === undefined && contexts === undefined) return scenario;
  return {
    ...scenario,
    ...(params === undefined ? {} : { params: maskParams(params, maskText) }),
    ...(contexts === undefined
      ? {}
      : {
          contexts: contexts.map((context) =>
            context.params === undefined ? context : { ...context, params: maskParams(context.params, maskText) },
          ),
        }),
  };
}

function maskParams(params: Params, maskText: (text: string) => string): Params {
  const maskValue = (value: ScenarioValue): ScenarioValue =>
    typeof value === 'string'
      ? maskText(value)
      : Object.fromEntries(Object.entries(value).map(([name, field]) => [name, maskText(field)]));
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, maskValue(value)]));
}
