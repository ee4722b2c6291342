/** `npm run clova`, as a process. */
import { onFittingNode } from '../fitting-node.ts';

onFittingNode('npm run clova', () => {
  Promise.all([import('./run-program.ts'), import('./program.ts')]).then(([{ runProgram }, { runCommandLine }]) =>
    runProgram(runCommandLine),
  );
});
