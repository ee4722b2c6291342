/** `npm run store`, as a process. */
import { runProgram } from './run-program.ts';
import { runStoreCommandLine } from './store/program.ts';

await runProgram(runStoreCommandLine);
