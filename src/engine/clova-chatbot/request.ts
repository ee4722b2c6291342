/** What is asked of the chatbot, written once: the same text is signed and sent. */
import type { EpochMs } from '../../message.ts';

export type ChatbotQuestion =
  /** Typed words, or what a button carried. */
  | { readonly event: 'send'; readonly text: string }
  /** A room was entered, or a welcome button tapped: then with what it carried. */
  | { readonly event: 'open'; readonly text?: string }
  | { readonly event: 'getPersistentMenu' };

/** The keys in this order; `v2` always, because the documents do not agree on what its absence means.
 *  Source: https://api.ncloud-docs.com/docs/ai-application-service-chatbot-send (read 2026-11-22) */
export function requestBody(question: ChatbotQuestion, userId: string, timestamp: EpochMs): string {
  const text = 'text' in question ? question.text : undefined;
  const bubbles = text === undefined ? [] : [{ type: 'text', data: { description: text } }];
  return JSON.stringify({ version: 'v2', userId, timestamp, bubbles, event: question.event });
}
