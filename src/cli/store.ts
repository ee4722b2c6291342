/** `npm run store`, as a process. */
import { onFittingNode } from '../fitting-node.ts';

onFittingNode('npm run store', () => {
  Promise.all([import('./run-program.ts'), import('./store/program.ts')]).then(
    ([{ runProgram }, { runStoreCommandLine }]) => runProgram(runStoreCommandLine),
  );
});
