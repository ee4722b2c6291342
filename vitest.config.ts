import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SlowFilesFirst } from './test/helpers/slow-files-first.ts';

/** They measure out how much a gateway can bear, so nothing else may lean on the machine meanwhile. */
const STORMS = 'test/e2e/*-storm.test.ts';

export default defineConfig({
  test: {
    setupFiles: ['test/helpers/setup.ts'],
    globalSetup: ['test/helpers/run-environment.ts', 'test/helpers/postgres-run.ts'],
    // Loading the same modules again for each file took a third of the processor time. So the files of a worker share them, and no test
    // may leave anything in a module, in the environment or on the clock; what vitest can put back itself, it does.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // Crash and browser tests start real processes; two cores make them slow, not wrong. A hook waits longer than the helper
    // that starts a gateway, which can say what went wrong.
    testTimeout: 90_000,
    hookTimeout: 150_000,
    // Among eight thousand tests with real sockets and processes one that a busy machine upsets must not hide what the others say. What
    // needed its second chance is named by `.ci/run`; at a desk nothing gets one.
    retry: process.env.CI ? 1 : 0,
    reporters: process.env.CI ? ['default'] : ['dot'],
    // A sequencer of our own would make vitest ignore the wish for another order.
    sequence: process.env.TEST_ORDER === 'random' ? { shuffle: { files: true } } : { sequencer: SlowFilesFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: [STORMS],
          // vitest would leave one core to itself, and of two that is half of the machine.
          maxWorkers: Math.max(2, availableParallelism() - 1),
        },
      },
      { extends: true, test: { name: 'storms', include: [STORMS], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
