import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config.ts';
import { readTools } from '../../src/tools/declaration.ts';
import { engineProblems } from '../../src/wiring/engine-problems.ts';
import { startProgram } from './program-process.ts';

/** What a shell makes of the printed command for the program that it starts. */
function settingsIn(output: string): Readonly<Record<string, string>> {
  const command = /^.*(?= npm start$)/m.exec(output)?.[0] ?? '';
  const shown = execFileSync('sh', ['-c', `${command} "${process.execPath}" -p 'JSON.stringify(process.env)'`], {
    encoding: 'utf8',
    env: {},
  });
  return JSON.parse(shown) as Record<string, string>;
}

describe('the program of the order tool', () => {
  it.each([
    [[], 'simulator-order-key'],
    [['--api-key', "it's another"], "it's another"],
  ] as const)('prints settings that a gateway takes, for its own port and key: %j', async (args, key) => {
    const program = startProgram('order-tool', ['--port', '0', ...args]);
    const origin = await program.url;
    await program.close();
    const env = { ...settingsIn((await program.finished).output), CLOVA_API_KEY: 'nv-test' };
    const { bots } = loadSettings(env, () => '', engineProblems);
    expect(readTools(bots[0]?.tools ?? [])).toEqual([
      expect.objectContaining({
        origin,
        pathTemplate: '/orders/{orderNumber}',
        secretHeader: { name: 'X-Api-Key', value: key },
      }),
    ]);
  });
});
