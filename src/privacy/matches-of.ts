/** Every match of a global expression that never matches nothing. `matchAll` makes a new expression for each call, which costs more
 *  than searching a sentence. */
export function matchesOf(expression: RegExp, text: string): readonly RegExpExecArray[] {
  const matches: RegExpExecArray[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) matches.push(match);
  return matches;
}
