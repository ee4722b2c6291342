import fc from 'fast-check';
import { lexer, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { lexMarkdown } from '../../src/channels/markdown-lexer.ts';

const PIECES = [
  ...[
    '배송은 ',
    '이틀 ',
    '9시~18시',
    'https://a.kr/x~y',
    'www.a.kr',
    'a@b.kr',
    '(',
    ')',
    '!',
    '.',
    '\n',
    '\n\n',
    '  \n',
    ' \n',
  ],
  ...[
    '**',
    '*',
    '_',
    '~~',
    '~',
    '`',
    '[',
    ']',
    '](',
    '[x](',
    '[x]: https://a.kr\n',
    '<',
    '>',
    '<a>',
    '</a>',
    '<pre>',
    '\\',
  ],
  ...[
    '&amp;',
    '&#39;',
    '- ',
    '1. ',
    '# ',
    '> ',
    '| a | b |\n|---|---|\n| c | d |\n',
    '```\n',
    '    ',
    '\t',
    '=',
    '---',
  ],
];
const markdown = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(''));

/** The tree without what is meant to differ: bare addresses are words, and neighbouring words are one. */
function outline(tokens: readonly Token[]): readonly unknown[] {
  const nodes: unknown[] = [];
  for (const token of tokens) {
    const isAddress = token.type === 'link' && token.autolink === true && !token.raw.startsWith('<');
    const isWords = isAddress || (token.type === 'text' && token.tokens === undefined);
    const last = nodes.at(-1);
    if (isWords && typeof last === 'string') nodes[nodes.length - 1] = last + token.text;
    else if (isWords) nodes.push(token.text);
    else nodes.push({ type: token.type, raw: token.raw, children: childrenOf(token).map(outline) });
  }
  return nodes;
}

function childrenOf(token: Token): readonly (readonly Token[])[] {
  if (token.type === 'list') return [token.items];
  if (token.type === 'table')
    return [...token.header, ...token.rows.flat()].map((cell: { readonly tokens: Token[] }) => cell.tokens);
  return 'tokens' in token && token.tokens !== undefined ? [token.tokens] : [];
}

describe('lexMarkdown', () => {
  it('sees what marked sees, but for bare addresses', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        let whole: readonly Token[];
        try {
          whole = lexer(text);
        } catch {
          return; // marked loses track of a few texts; plain text is made without it then
        }
        expect(outline(lexMarkdown(text))).toEqual(outline(whole));
      }),
      { numRuns: 5_000 },
    );
  });
});
