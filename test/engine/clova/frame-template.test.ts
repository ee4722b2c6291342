import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameForms, FrameTemplate } from '../../../src/engine/clova/frame-template.ts';

const common = { finishReason: null, created: 1_790_000_000, seed: 42, usage: null };
const frame = (content: string, more: object = {}) =>
  JSON.stringify({ message: { role: 'assistant', content }, ...common, ...more });

function learned(data: string): FrameTemplate {
  const template = new FrameTemplate();
  const { content, thinkingContent } = (JSON.parse(data) as { message: Record<string, unknown> }).message;
  template.learn(data, content, thinkingContent);
  return template;
}

describe('what was learned from a frame', () => {
  it('knows the token of every frame that is the same but for text and figures', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('가', 'a', '\n', '"', '\\', '\t', '\u0000', '😀', '/', 'n', '$', '}') }),
    );
    const figures = fc.record({ created: fc.nat(), seed: fc.nat(), inputLength: fc.nat() });
    fc.assert(
      fc.property(texts, texts, figures, figures, (first, next, someFigures, otherFigures) => {
        expect(learned(frame(first, someFigures)).textOf(frame(next, otherFigures))).toBe(next);
      }),
    );
  });

  it('knows thoughts as thoughts', () => {
    const thought = (thinkingContent: string) =>
      JSON.stringify({ message: { role: 'assistant', thinkingContent }, ...common });
    const template = learned(thought('먼저'));
    expect([template.textOf(thought('둘을')), template.type]).toEqual(['둘을', 'thinking']);
    expect(template.textOf(frame('답'))).toBeUndefined();
  });

  it('is known to the answers that follow, thoughts and text, and to none that is being read already', () => {
    const thought = (thinkingContent: string) =>
      JSON.stringify({ message: { role: 'assistant', thinkingContent }, ...common });
    const forms: FrameForms = {};
    const [first, beside] = [new FrameTemplate(forms), new FrameTemplate(forms)];
    first.learn(thought('먼저'), undefined, '먼저');
    first.learn(frame('가'), '가', undefined);
    const next = new FrameTemplate(forms);
    const read = [thought('음'), frame('답'), thought('흠')].map((data) => [next.textOf(data), next.type]);
    expect(read).toEqual([
      ['음', 'thinking'],
      ['답', 'text'],
      ['흠', 'thinking'],
    ]);
    expect(beside.textOf(frame('답'))).toBeUndefined();
  });

  it.each([
    ['a frame that ends the answer', frame('답', { finishReason: 'stop' })],
    ['other text in quotes', frame('답', { note: '1' })],
    ['a call of a tool', JSON.stringify({ message: { role: 'assistant', content: '', toolCalls: [{}] }, ...common })],
    ['what is no JSON', frame('답').replace('답', '답" ')],
    ['a control character', frame('답').replace('답', '\n')],
    ['half an escape', frame('답').replace('답', '\\u12')],
    ['a figure that is none', frame('답').replace('42', '042')],
    ['a frame that goes on', `${frame('답')}}`],
    ['another line in front', `\n${frame('답')}`],
  ])('leaves %s to the parser', (_name, data) => {
    expect(learned(frame('가')).textOf(data)).toBeUndefined();
  });

  it.each([
    ['before anything was', new FrameTemplate()],
    [
      'from a message that comes twice',
      learned(`${frame('가').slice(0, -1)},"message":{"role":"assistant","content":"나"}}`),
    ],
    ['from a text and a thought', learned(JSON.stringify({ message: { content: '가', thinkingContent: '음' } }))],
  ])('is nothing %s', (_name, template) => {
    expect(template.textOf(frame('가'))).toBeUndefined();
  });
});
