import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Every file that is a program, and the name that it is started by. */
const PROGRAMS = readdirSync(new URL('../../simulator/', import.meta.url))
  .filter((file) => file.endsWith('.ts') && read(`simulator/${file}`).includes('import.meta.main'))
  .map((file) => [file === 'clova-chatbot.ts' ? 'chatbot' : file.replace(/\.ts$/, ''), file] as const);

it('there are simulators', () => {
  expect(PROGRAMS.map(([name]) => name)).toEqual(expect.arrayContaining(['a2a', 'chatbot', 'gov', 'kakao', 'socket']));
});

it.each(PROGRAMS)('the %s simulator is started by npm, which brings Node 24', (name, file) => {
  expect(scripts[`simulator:${name}`]).toBe(`node simulator/${file}`);
  expect(scripts[`presimulator:${name}`]).toBe('node scripts/bootstrap.mjs');
  for (const readme of ['README.md', 'README.en.md']) expect(read(readme)).toContain(`simulator:${name}`);
  expect(read('simulator/main.ts')).toContain(`simulator:${name}`);
});

it('nobody is told to start one by a Node of their own', () => {
  const pages = ['README.md', 'README.en.md', 'simulator/main.ts', 'src/cli/program.ts'];
  for (const channel of ['kakao', 'talktalk', 'clova']) pages.push(`simulator/${channel}/program.ts`);
  for (const page of pages) expect(read(page), page).not.toMatch(/node simulator\/(?!main)/);
});
