import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownToPlainText } from '../../../src/channels/plain-text.ts';
import { restOfMarkdown } from '../../../src/conversation/pages/shown-early.ts';
import { undividedBlocks } from '../../../src/conversation/pages/undivided-blocks.ts';

const spans = (markdown: string) =>
  undividedBlocks(markdown).map(({ start, end }) => markdown.slice(start, Math.min(end, markdown.length)));

describe('blocks that mean something else in parts', () => {
  it.each([
    ['가요.\n나요.\n', []],
    ['가요.\n\n```bash\n# 주석.\nls\n```\n나요.', ['```bash\n# 주석.\nls\n```']],
    ['````\n```\n````\n나요.', ['````\n```\n````']],
    ['1. 먼저\n   ```\n   ls\n   ```\n2. 다음', ['   ```\n   ls\n   ```']],
    ['가요.\n```\nls\n', ['```\nls\n']],
    ['| 가 | 나 |\n|---|---|\n| 1 | 2 |\n\n나요.', ['| 가 | 나 |\n|---|---|\n| 1 | 2 |']],
    ['가 | 나\n--- | ---\n1 | 2\n나요.', ['가 | 나\n--- | ---\n1 | 2']],
    ['가요.\n> 인용.\n> 둘.\n나요.', ['> 인용.\n> 둘.']],
  ])('of %j are %j', (markdown, expected) => {
    expect(spans(markdown)).toEqual(expected);
  });

  it('may go on while the next line is not known', () => {
    const ends = (markdown: string) => undividedBlocks(markdown).map(({ end }) => end);
    expect(ends('| 가 |\n|---|\n| 1 |\n')).toEqual([Number.POSITIVE_INFINITY]);
    expect(ends('> 가요.\n')).toEqual([Number.POSITIVE_INFINITY]);
    expect(ends('```\nls\n```')).toEqual([10]);
  });
});

describe('the rest of a block that was cut in two', () => {
  it.each([
    ['```py\nif a:\n    b()\n```\n끝.', '```py\nif a:', '```py\nb()\n```\n끝.'],
    ['```\nls\n```\n**끝.**', '```\nls', '**끝.**'],
    [
      '| 가 | 나 |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |',
      '| 가 | 나 |\n|---|---|\n| 1 | 2 |',
      '| 가 | 나 |\n|---|---|\n| 3 | 4 |',
    ],
  ])('of %j after %j is %j', (markdown, shown, rest) => {
    const { opening, text } = restOfMarkdown(markdown, shown);
    expect(opening + text).toBe(rest);
  });

  it('reads as it does in one piece, wherever a line of code ends', () => {
    const line = fc.constantFrom(
      '# 주석이에요.',
      '- 항목',
      '**굵게**',
      '| 가 | 나 |',
      '> 인용',
      '  들여쓰기',
      'ls -al',
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), fc.nat(7), (lines, cut) => {
        const markdown = `먼저예요.\n\n\`\`\`bash\n${lines.join('\n')}\n\`\`\`\n\n**끝**이에요.`;
        const shown = `먼저예요.\n\n\`\`\`bash\n${lines.slice(0, cut + 1).join('\n')}`;
        const { opening, text } = restOfMarkdown(markdown, shown);
        const words = (said: string) => said.split(/\n\s*/).filter(Boolean);
        expect([...words(markdownToPlainText(shown)), ...words(markdownToPlainText(opening + text))]).toEqual(
          words(markdownToPlainText(markdown)),
        );
      }),
    );
  });
});
