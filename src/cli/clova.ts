/** `npm run clova`, as a process. */
import { runCommandLine } from './program.ts';
import { runProgram } from './run-program.ts';

await runProgram(runCommandLine);
