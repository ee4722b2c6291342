import { describe, expect, it } from 'vitest';
import { buildEngineRequest } from '../../../src/conversation/answering/prompt.ts';
import type { Bot } from '../../../src/conversation/bot.ts';
import { restoreFacts } from '../../../src/conversation/facts/facts.ts';
import type { KnowledgeResult } from '../../../src/knowledge/knowledge.ts';
import type { ConversationMemory } from '../../../src/storage/store.ts';

const PHONE = '02-000-0000';
const LINK = 'https://shop.example/returns';

const bot = {
  systemPrompt: `당신은 상담원입니다. 급하면 ${PHONE}로 안내하세요.`,
  contact: `고객센터 ${PHONE}`,
  answerMode: 'free',
  engines: [],
  historyTokens: 3_000,
  historyTurns: 20,
  conversationIdleMs: 1_800_000,
} as unknown as Bot;

function knowledge(confidence: KnowledgeResult['confidence']): KnowledgeResult {
  const entry = {
    id: 'return',
    question: '반품은 어떻게 하나요?',
    aliases: [],
    answer: `${LINK} 에서 신청하거나 ${PHONE}로 전화해 주세요.`,
    links: [{ label: '반품 신청', url: LINK }],
  };
  return { confidence, matches: [{ entry, score: 0.9 }] };
}

function memory(question: string, answer: string): ConversationMemory {
  const turn = {
    id: 't1',
    sequence: 1,
    event: { type: 'message-received', text: question, input: 'typed' },
    receivedAt: 10,
    answer,
    wasAnswered: true,
  } as const;
  return { recentTurns: [turn], heldDeliveries: [] };
}

function build(
  confidence: KnowledgeResult['confidence'],
  remembered: ConversationMemory = { recentTurns: [], heldDeliveries: [] },
  room?: string,
) {
  return buildEngineRequest({
    bot,
    requestId: 'r',
    conversation: { botId: 'default', channel: 'test', user: 'u', ...(room === undefined ? {} : { room }) },
    question: '반품할래요',
    knowledge: knowledge(confidence),
    memory: remembered,
    now: 20,
    closesAt: 1_000,
  });
}

describe('buildEngineRequest', () => {
  it('gives the entries as numbered grounds, with placeholders for every number and link', () => {
    const { request, facts } = build('sure');
    expect(request.systemPrompt).toContain('[자료 1] 반품은 어떻게 하나요?');
    expect(request.systemPrompt).not.toContain(PHONE);
    expect(request.systemPrompt).not.toContain(LINK);
    expect(restoreFacts(request.systemPrompt, facts).text).toContain(`고객센터 ${PHONE}`);
  });

  it('offers no grounds when nothing fits', () => {
    expect(build('none').request.systemPrompt).not.toContain('[자료');
  });

  it('protects what the bot said before, and lets a customer’s link go back to that customer alone', () => {
    const strange = 'https://evil.example/x';
    const { request, facts } = build('none', memory(`${strange} 여기 맞나요?`, `아니요, ${LINK} 입니다.`));
    expect(request.history[0]?.text).toContain(strange);
    expect(request.history[1]?.text).not.toContain(LINK);
    expect(restoreFacts(request.history[1]?.text ?? '', facts).text).toBe(`아니요, ${LINK} 입니다.`);
    expect(restoreFacts(`답은 ${strange} 입니다.`, facts).text).toBe(`답은 ${strange} 입니다.`);
    // It stands in for nothing, and in a group room others would read it in the bot's voice.
    expect(restoreFacts('답은 https://****.*******/* 입니다.', facts).text).not.toContain(strange);
    const inRoom = build('none', memory(`${strange} 여기 맞나요?`, '아니요.'), 'room');
    expect(restoreFacts(`답은 ${strange} 입니다.`, inRoom.facts).text).not.toContain(strange);
  });

  it('leaves the grounds themselves as the operator wrote them, for engines that repeat them', () => {
    expect(build('sure').request.grounds[0]?.answer).toContain(PHONE);
  });
});
