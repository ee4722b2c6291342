import type { Command } from 'commander';

/** Examples stand at the end of the help, as one types them. */
export function withExamples(command: Command, ...examples: readonly (readonly [string, string])[]): Command {
  const lines = examples.map(([line, meaning]) => `  npm run ${programOf(command)} -- ${line}\n      ${meaning}`);
  return command.addHelpText('after', `\n예\n${lines.join('\n')}`);
}

function programOf(command: Command): string {
  return command.parent === null ? command.name() : programOf(command.parent);
}
