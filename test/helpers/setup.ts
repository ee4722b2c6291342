import { configureGlobal } from 'fast-check';
import nock from 'nock';
import { afterAll, vi } from 'vitest';

// A forgotten mock must fail loudly instead of leaving the machine; simulators and stubs live on loopback.
nock.disableNetConnect();
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);

// The verdict on a commit must not depend on the throw of a die: the cases are the same on each run, and `PROPERTY_SEED=random`
// (or a number that a report printed) goes looking for others.
const seed = process.env.PROPERTY_SEED ?? '20261122';
if (seed !== 'random') configureGlobal({ seed: Number(seed) });

// The files of a worker share its process and their modules: what one leaves behind would be a riddle in the next.
afterAll(() => {
  vi.useRealTimers();
  nock.cleanAll();
});
