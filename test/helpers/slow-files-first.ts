import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that wait for processes, databases and browsers, the longest first. */
const SLOW = ['test/e2e/crash.test.ts', 'test/e2e/', 'test/storage/', 'test/console/', 'test/cli/store/', 'test/http/'];

/** Begun last, a file of a minute would leave the other workers with nothing to do. vitest knows how long a file took the last time, but a
 *  fresh clone has no last time; and how long it took beside others says little. */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const index = SLOW.findIndex((part) => moduleId.includes(`/${part}`));
  return index === -1 ? SLOW.length : index;
}
