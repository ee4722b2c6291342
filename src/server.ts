/** What is started. */
import { onFittingNode } from './fitting-node.ts';

onFittingNode('npm start', () => {
  import('./process.ts').then(({ main }) => main());
});
