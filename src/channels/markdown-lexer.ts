import { Lexer, type Token } from 'marked';

/** Without one of these nothing inside a line is Markdown but bare addresses, which stay as they are, and the blanks of a line break. */
const INLINE_MARK = /[\\<[*_`~&]| \n/;

/** Words without marks, which most of an answer is, skip the search for each kind of mark at every word. */
class WordsFirstLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (INLINE_MARK.test(source)) return super.inlineTokens(source, tokens);
    if (source !== '') tokens.push({ type: 'text', raw: source, text: source, escaped: false });
    return tokens;
  }
}

/** The tokens of `marked`, except that bare addresses among words without marks are words too. */
export function lexMarkdown(markdown: string): readonly Token[] {
  return new WordsFirstLexer().lex(markdown);
}
