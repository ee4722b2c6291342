import type { ChatCall } from '../../simulator/clova/rules.ts';
import type { ClovaSimulator } from '../../simulator/clova/server.ts';
import { createClovaSimulator } from '../../simulator/clova.ts';

/** A question with this word waits in the model until the test lets it go. */
export const SLOWLY = '천천히';

/** The marks in a text that tell a question, and the answer to it, from every other; an answer that waited quotes its question, and is
 *  named once all the same. */
export const questionId = (text: string): readonly string[] => [...new Set(text.match(/질문-[a-z]+\d+-\d+/g))];

/** CLOVA Studio that answers at once, except for questions with {@link SLOWLY}: those wait for the test.
 *  An answer names the ids of the questions that it answers. */
export class GatedModel {
  readonly simulator: ClovaSimulator;
  /** Questions that wait, by the latency that the simulator was told: the test is its clock, so that is but a name. */
  readonly #waiting = new Map<number, { readonly question: string; answer: () => void }>();
  #questions = 0;
  #origin = '';

  constructor() {
    this.simulator = createClovaSimulator({
      clock: { now: () => Date.now(), schedule: (latencyMs, answer) => this.#hold(latencyMs, answer) },
      latencyMs: ({ body }) => this.#latencyMs(lastQuestion(body)),
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

  /** Answers the questions with these words that wait now. */
  release(words: string): void {
    for (const { question, answer } of this.#waiting.values()) if (question.includes(words)) answer();
  }

  close(): Promise<void> {
    return this.simulator.close();
  }

  #latencyMs(question: string): number {
    if (!question.includes(SLOWLY)) return 0;
    this.#questions += 1;
    this.#waiting.set(this.#questions, { question, answer: () => {} });
    return this.#questions;
  }

  #hold(latencyMs: number, answer: () => void): () => void {
    const waiting = this.#waiting.get(latencyMs);
    if (waiting !== undefined) waiting.answer = answer;
    return () => this.#waiting.delete(latencyMs);
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
