import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

it.each(['kakao', 'talktalk', 'clova', 'socket'])(
  'the %s simulator is started by npm, which brings Node 24',
  (name) => {
    expect(scripts[`simulator:${name}`]).toBe(`node simulator/${name}.ts`);
    expect(scripts[`presimulator:${name}`]).toBe('node scripts/bootstrap.mjs');
    expect(read('README.md')).toContain(`simulator:${name}`);
    if (name !== 'socket') expect(read(`simulator/${name}/program.ts`)).not.toContain('node simulator/');
  },
);
