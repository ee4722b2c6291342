import type { ChatCall } from '../../simulator/clova/rules.ts';
import type { ClovaSimulatorOptions } from '../../simulator/clova/server.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** A question with this word waits in the model until the test lets it go. */
export const SLOWLY = '천천히';

/** Marks a question, so that its answer can be told from every other. */
export const questionId = (text: string): readonly string[] => text.match(/질문-[a-z]+\d+-\d+/g) ?? [];

/** CLOVA Studio with its time in the hands of the test: questions are answered at once, those with {@link SLOWLY} when released.
 *  The answer names the ids of the questions that it answers. */
export class GatedModel {
  readonly #clock = new ManualClock();
  readonly simulator;
  #origin = '';

  constructor(options: Omit<ClovaSimulatorOptions, 'clock' | 'latencyMs' | 'answer'> = {}) {
    this.simulator = createClovaSimulator({
      ...options,
      clock: this.#clock,
      latencyMs: ({ body }) => (lastQuestion(body).includes(SLOWLY) ? 1 : 0),
      answer: (call) => answerOf(call),
    });
  }

  async start(): Promise<void> {
    this.#origin = (await this.simulator.start()).url;
  }

  /** Settings of a gateway that asks this model. */
  get env(): Readonly<Record<string, string>> {
    return { CLOVA_BASE_URL: this.#origin, CLOVA_API_KEY: 'nv-e2e-key', KNOWLEDGE_FILE: 'none' };
  }

  /** How often a question with these words has reached the model. */
  asked(words: string): number {
    return this.simulator.requests.filter(({ body }) => lastQuestion(body).includes(words)).length;
  }

  /** Lets every question go that waits now. */
  release(): Promise<void> {
    return this.#clock.advance(1);
  }

  close(): Promise<void> {
    return this.simulator.close();
  }
}

function answerOf({ messages }: Pick<ChatCall, 'messages'>): string {
  const question = messages.findLast((message) => message.role === 'user')?.text ?? '';
  return `${questionId(question).join(', ')} 말씀하신 내용을 확인했습니다. 더 궁금한 점이 있으시면 말씀해 주세요.`;
}

function lastQuestion(body: unknown): string {
  const { messages } = body as { messages?: readonly { role?: unknown; content?: unknown }[] };
  const content = messages?.findLast((message) => message.role === 'user')?.content;
  return typeof content === 'string' ? content : '';
}
