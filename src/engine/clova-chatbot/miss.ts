/** Whether the chatbot had an answer. It says so nowhere: its failure message is an answer like any other. */
import { type Fields, fieldsOf, listOf } from '../../http-client/answer-fields.ts';

/** `guess` reads the metadata of the answer, `texts` compares with the failure messages that the operator knows, `never` trusts every
 *  answer. */
export type MissRule = 'guess' | 'texts' | 'never';

export interface MissRules {
  readonly rule: MissRule;
  /** As they stand in the builder; spaces and punctuation do not count. */
  readonly failureTexts: readonly string[];
}

export interface Metadata {
  readonly scenarioName?: string;
  readonly defaultMsgType?: string;
  readonly matchingType?: string;
}

export function metadataOf(answer: Fields): Metadata {
  const information = listOf(answer.bubbles).flatMap((bubble) => listOf(fieldsOf(bubble).information));
  // Keys repeat; what is looked for here stands once.
  const infoOf = (wanted: string) => {
    const { value } = fieldsOf(information.find((entry) => fieldsOf(entry).key === wanted));
    return typeof value === 'string' ? value : undefined;
  };
  const names = [fieldsOf(answer.scenario).name, fieldsOf(answer.conversation).scenarioName];
  const scenarioName = names.find((name) => typeof name === 'string' && name !== '');
  const [defaultMsgType, matchingType] = [infoOf('defaultMsgType'), infoOf('matchingType')];
  return {
    ...(typeof scenarioName === 'string' ? { scenarioName } : {}),
    ...(defaultMsgType === undefined ? {} : { defaultMsgType }),
    ...(matchingType === undefined ? {} : { matchingType }),
  };
}

export interface SaidAnswer {
  readonly answer: Fields;
  /** All its words. */
  readonly text: string;
  /** It has buttons that lead on: similar answers, which nothing tells from a miss, are of use to the customer. */
  readonly offersChoices: boolean;
}

/** For answers to what was typed or tapped. Where nothing tells, the answer counts.
 *
 *  No capture of a miss is public: that a message type other than the welcome's, or a conversation without a name, means one is
 *  inferred from captures of the welcome message. */
export function isMiss({ answer, text, offersChoices }: SaidAnswer, { rule, failureTexts }: MissRules): boolean {
  if (rule === 'never') return false;
  const { scenarioName, defaultMsgType } = metadataOf(answer);
  if (rule === 'guess' && defaultMsgType !== undefined) return defaultMsgType !== 'welcomeMsg';
  if (rule === 'guess' && scenarioName !== undefined) return false;
  if (failureTexts.some((failure) => bare(failure) === bare(text))) return true;
  const hasNamelessConversation = 'conversation' in answer && answer.scenario === undefined;
  return rule === 'guess' && hasNamelessConversation && !offersChoices;
}

function bare(text: string): string {
  return text.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '');
}
