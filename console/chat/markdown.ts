/** The Markdown that models write, read the way Korean text needs it. Only the lexer of `marked` is used: no HTML is ever made. */
import { Marked, type Token, type Tokens } from 'marked';

const ASCII_WORD = /[0-9A-Za-z]/;

/** CommonMark closes `**` only where punctuation and letters stand right, and so never in `**"환불 규정"**은` or `**배송비(3,000원)**는`. */
const STRONG = /^\*\*(?=[^\s*])((?:[^*\n]|\*(?!\*)|\n(?!\n))*?[^\s*])\*\*(?!\*)/;

const reader = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: {
    emStrong(src, maskedSrc) {
      if (!src.startsWith('*')) return false;
      // Code spans and link targets are blanked out in the masked text, at the same positions.
      const start = maskedSrc.length - src.length;
      const masked = maskedSrc.slice(start);
      let before = start - 1;
      while (maskedSrc[before] === '*') before -= 1;
      const isInsideWord = ASCII_WORD.test(maskedSrc[before] ?? '');
      const strong = STRONG.exec(masked);
      const inner = strong?.[1];
      if (strong !== null && inner !== undefined && !(isInsideWord && ASCII_WORD.test(inner.charAt(0)))) {
        const raw = src.slice(0, strong[0].length);
        const text = raw.slice(2, -2);
        return { type: 'strong', raw, text, tokens: this.lexer.inlineTokens(text) };
      }
      // 2*3*4 is arithmetic.
      return isInsideWord && ASCII_WORD.test(src.replace(/^\*+/, '').charAt(0)) ? undefined : false;
    },
    // "1~3일, 5~7일" is two spans of days and "네~~ 그럼요~~" is friendly; neither is struck out.
    del: () => undefined,
    // Addresses are found in what remains of the text: this rule takes "에서" into "https://a.kr에서".
    url: () => undefined,
    // Four spaces are a habit of indentation here, not code.
    code: () => undefined,
  },
});

/** Closes what a half-arrived answer has open, so that its marks do not flash up and vanish again. */
function closeOpenMarks(text: string): string {
  const blockStart = text.lastIndexOf('\n\n') + 1;
  const block = text.slice(blockStart);
  if ((block.match(/^```/gm) ?? []).length % 2 === 1) return text;
  const bare = block.replace(/\*{1,2}$/, '');
  const isOpen = (bare.match(/\*\*/g) ?? []).length % 2 === 1;
  if (!isOpen) return text.slice(0, blockStart) + bare;
  const trimmed = bare.trimEnd();
  return text.slice(0, blockStart) + (trimmed.endsWith('**') ? trimmed.slice(0, -2) : `${trimmed}**`);
}

export function readMarkdown(text: string, options: { readonly stillArriving?: boolean } = {}): readonly Token[] {
  return reader.lexer(options.stillArriving ? closeOpenMarks(text) : text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  nbsp: '\u00a0',
};

/** marked leaves character references to the HTML that we do not write. */
export function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (reference, name: string) => ENTITIES[name] ?? reference);
}

export const isLineBreakTag = (html: string): boolean => /^<br\s*\/?>\s*$/i.test(html);

function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'br' || (token.type === 'html' && isLineBreakTag(token.raw))) return '\n';
      if (token.type === 'link') {
        const link = token as Tokens.Link;
        const label = inlineText(link.tokens);
        return label === link.href ? label : `${label} (${link.href})`;
      }
      if ('tokens' in token && token.tokens !== undefined) return inlineText(token.tokens);
      return decodeEntities('text' in token && typeof token.text === 'string' ? token.text : token.raw);
    })
    .join('');
}

function listText(list: Tokens.List, indent: string): string {
  return list.items
    .map((item, index) => {
      const mark = list.ordered ? `${Number(list.start || 1) + index}.` : '-';
      const body = item.tokens.map((token) => blockText(token, `${indent}  `)).filter((text) => text !== '');
      return `${indent}${mark} ${body.join('\n').trimStart()}`;
    })
    .join('\n');
}

function blockText(token: Token, indent: string): string {
  switch (token.type) {
    case 'space':
    case 'hr':
    case 'def':
      return '';
    case 'code':
      return (token as Tokens.Code).text;
    case 'list':
      return listText(token as Tokens.List, indent);
    case 'blockquote':
      return ((token as Tokens.Blockquote).tokens ?? []).map((inner) => blockText(inner, indent)).join('\n');
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      return [header, ...rows].map((row) => row.map((cell) => inlineText(cell.tokens)).join(' | ')).join('\n');
    }
    default:
      return inlineText([token]);
  }
}

/** The same words without any marks: for the clipboard and for screen readers. */
export function plainTextOf(markdown: string): string {
  return readMarkdown(markdown)
    .map((token) => blockText(token, ''))
    .filter((text) => text !== '')
    .join('\n\n');
}
