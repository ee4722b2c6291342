/** Where a text stops being JSON. The parser's own message has no place for some faults and quotes the text around others, which may
 *  hold a secret. */

type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'end';

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no string of JSON may hold them
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
const BLANKS = /[ \t\r\n]*/y;

/** @returns such as `line 3 column 14`, counted from 1; undefined for JSON */
export function jsonFault(text: string): string | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let at = 0; ; ) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
    if (at === text.length) return expected === 'end' ? undefined : placeOf(text, at);
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const next: Expected | undefined = token === undefined ? undefined : after(token, expected, open);
    if (token === undefined || next === undefined) return placeOf(text, at);
    expected = next;
    at += token.length;
  }
}

/** What may follow `token`; `undefined` where it must not stand. `open` holds the brackets around it. */
function after(token: string, expected: Expected, open: string[]): Expected | undefined {
  const closed = (): Expected => (open.length === 0 ? 'end' : 'comma');
  if (token === '}' || token === ']') {
    const isOwn = open.at(-1) === (token === '}' ? '{' : '[');
    if (!isOwn || !(expected === 'comma' || expected === (token === '}' ? 'first key' : 'first value')))
      return undefined;
    open.pop();
    return closed();
  }
  if (token === ':') return expected === 'colon' ? 'value' : undefined;
  if (token === ',') {
    if (expected !== 'comma') return undefined;
    return open.at(-1) === '{' ? 'key' : 'value';
  }
  if (expected === 'key' || expected === 'first key') return token.startsWith('"') ? 'colon' : undefined;
  if (expected !== 'value' && expected !== 'first value') return undefined;
  if (token !== '{' && token !== '[') return closed();
  open.push(token);
  return token === '{' ? 'first key' : 'first value';
}

function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `line ${lines.length} column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
