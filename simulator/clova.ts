import { runClovaProgram } from './clova/program.ts';
import { createClovaSimulator } from './clova/server.ts';

export { createClovaSimulator };

if (import.meta.main) await runClovaProgram(createClovaSimulator, process.argv);
