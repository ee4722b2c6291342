/** A line of a script: words of the customer, or a command after a slash. Two slashes say a word that begins with one. */
export type ScriptedLine =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'command'; readonly name: string; readonly rest: string };

export function readScriptedLine(line: string): ScriptedLine {
  const typed = line.trim();
  if (typed.startsWith('//')) return { kind: 'words', text: typed.slice(1) };
  if (!typed.startsWith('/')) return { kind: 'words', text: typed };
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(typed) ?? [];
  return { kind: 'command', name, rest };
}

/** A choice as it was typed: a number from 1, or a label. */
export function choiceOf(typed: string): number | string {
  return /^\d+$/.test(typed) ? Number(typed) : typed;
}
